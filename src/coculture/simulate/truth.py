"""The cultures and what is true of each: its IL-6 and its apoptotic fraction.

With h = IL6^3 / (1500^3 + IL6^3), IL-6 the realised value of the culture, the model is

    IL-6 = 400 (x 0.55 with DEX)
           + in il1b cells 11,600 (x 0.5 with DEX, x 0.015 with IL-1Ra)
           + 10,000 if added,                             times exp(noise of ln IL-6)
    logit apoptotic = logit .08 - 0.15 h
           + [DEX] ((logit .36 - logit .08) (1 - h) + the experiment's DEX slope) + noise

and the noise of both is one normal number an experiment, one an experiment x arm, one a well.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from coculture.simulate.parameters import Apoptosis, Design, Parameters, Secretion

Values = NDArray[np.float64]


def cultures(design: Design) -> pd.DataFrame:
    """Every culture of the design, lost ones too: the columns of cultures.csv, and `arm`."""
    rows = [
        {
            "culture": f"E{experiment}-{arm.name}-{well}",
            "experiment": f"E{experiment}",
            "cells": arm.cells,
            "stroma": design.stroma,
            "dex_nM": design.dex_nM if arm.dex else 0.0,
            "il1ra_ng_ml": design.il1ra_ng_ml if arm.il1ra else 0.0,
            "il6_ng_ml": design.il6_ng_ml if arm.il6 else 0.0,
            "hours": design.hours,
            "replicate": well,
            "arm": arm.name,
        }
        for experiment in range(1, design.experiments + 1)
        for arm in design.arms
        for well in range(1, design.wells + 1)
    ]
    return pd.DataFrame(rows)


def marked(designed: pd.DataFrame) -> pd.DataFrame:
    """The cultures with `treated`, and `much_il6`: whether so much IL-6 is expected of the arm."""
    drugs = designed[["dex_nM", "il1ra_ng_ml", "il6_ng_ml"]]
    much = (designed["il6_ng_ml"] > 0) | (
        (designed["cells"] != "control") & (designed["il1ra_ng_ml"] == 0)
    )
    return designed.assign(treated=(drugs > 0).any(axis="columns"), much_il6=much)


def survivors(designed: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The cultures that reached the bench's end: those not lost, alone or with their arm."""
    arm = designed["experiment"] + "-" + designed["arm"]
    lost = designed["culture"].isin(design.mishaps.lost_cultures) | arm.isin(
        design.mishaps.lost_arms
    )
    return designed[~lost].reset_index(drop=True)


def realise(
    designed: pd.DataFrame, parameters: Parameters, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw each culture's truth: culture, percent_apoptotic, il6_pg_ml.

    The values are rounded, so that whatever is drawn from them is the same on every machine,
    although machines differ in the last digit of an exponential.
    """
    secretion, apoptosis = parameters.secretion, parameters.apoptosis
    il6 = np.round(
        expected_il6(designed, secretion)
        * np.exp(
            _noise(designed, secretion.sd_experiment, secretion.sd_arm, secretion.sd_well, rng)
        ),
        4,
    )
    noise = _noise(designed, apoptosis.sd_experiment, apoptosis.sd_arm, apoptosis.sd_well, rng)
    slope = _per_level(designed["experiment"], apoptosis.sd_dex_slope, rng)
    with_dex = (designed["dex_nM"] > 0).to_numpy()
    apoptotic = expit(expected_logit(with_dex, il6, apoptosis) + with_dex * slope + noise)
    return pd.DataFrame(
        {
            "culture": designed["culture"],
            "percent_apoptotic": np.round(100 * apoptotic, 6),
            "il6_pg_ml": il6,
        }
    )


def expected_il6(designed: pd.DataFrame, secretion: Secretion) -> Values:
    """IL-6 without noise (pg/mL) of each row; cells other than `control` make their own IL-1."""
    dex = (designed["dex_nM"] > 0).to_numpy()
    il1ra = (designed["il1ra_ng_ml"] > 0).to_numpy()
    added = (designed["il6_ng_ml"] > 0).to_numpy()
    transduced = (designed["cells"] != "control").to_numpy()
    stroma = secretion.stroma * np.where(dex, secretion.stroma_with_dex, 1.0)
    induced = (
        secretion.transduced
        * np.where(dex, secretion.transduced_with_dex, 1.0)
        * np.where(il1ra, secretion.transduced_with_il1ra, 1.0)
    )
    return stroma + transduced * induced + added * secretion.added


def expected_logit(with_dex: NDArray[np.bool_], il6: Values, apoptosis: Apoptosis) -> Values:
    """Logit of the apoptotic fraction, without noise, at a realised IL-6 (pg/mL)."""
    protection = 1 / (1 + (apoptosis.half_protection / il6) ** apoptosis.hill)
    dex_effect = logit(apoptosis.with_dex) - logit(apoptosis.untreated)
    return np.asarray(
        logit(apoptosis.untreated)
        - apoptosis.protection_untreated * protection
        + with_dex * dex_effect * (1 - protection)
    )


def _noise(
    designed: pd.DataFrame,
    sd_experiment: float,
    sd_arm: float,
    sd_well: float,
    rng: np.random.Generator,
) -> Values:
    experiment = _per_level(designed["experiment"], sd_experiment, rng)
    arm = _per_level(designed["experiment"] + "-" + designed["arm"], sd_arm, rng)
    return experiment + arm + rng.normal(0, sd_well, len(designed))


def _per_level(levels: "pd.Series[str]", sd: float, rng: np.random.Generator) -> Values:
    """One normal number a level, repeated over the level's rows."""
    codes, names = pd.factorize(levels)
    return rng.normal(0, sd, len(names))[codes]
