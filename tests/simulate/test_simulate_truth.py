"""The cultures' truth has the means and the standard deviations that the example study states."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from coculture.simulate import Apoptosis, Arm, Design, Mishaps, Parameters
from coculture.simulate.truth import (
    cultures,
    expected_il6,
    expected_logit,
    realise,
    survivors,
)

EXPERIMENTS = 4_000
FOUR_STANDARD_ERRORS = 4.0


@pytest.fixture(scope="module")
def many() -> pd.DataFrame:
    """Two arms that differ by DEX, two wells each, in thousands of experiments."""
    arms = (Arm("control"), Arm("control", dex=True))
    parameters = Parameters(
        design=Design(experiments=EXPERIMENTS, wells=2, arms=arms, mishaps=Mishaps())
    )
    designed = cultures(parameters.design)
    drawn = designed.merge(
        realise(designed, parameters, np.random.default_rng(7)), on="culture", validate="1:1"
    )
    with_dex = (drawn["dex_nM"] > 0).to_numpy()
    il6 = drawn["il6_pg_ml"].to_numpy()
    drawn["noise_ln_il6"] = np.log(il6) - np.log(np.where(with_dex, 220.0, 400.0))
    drawn["noise_logit"] = logit(drawn["percent_apoptotic"] / 100) - expected_logit(
        with_dex, il6, Apoptosis()
    )
    return drawn


def variance_is(values: "pd.Series[float]", expected: float) -> bool:
    """Whether a normal sample's variance agrees with `expected` within four standard errors."""
    standard_error = expected * np.sqrt(2 / (len(values) - 1))
    return bool(abs(values.var(ddof=1) - expected) < FOUR_STANDARD_ERRORS * standard_error)


def differences(drawn: pd.DataFrame, noise: str) -> tuple["pd.Series[float]", ...]:
    """Between the two wells of an arm, between the arms of an experiment, and the sum of both."""
    wells = drawn.pivot_table(index=["experiment", "arm"], columns="replicate", values=noise)
    arms = drawn.pivot_table(index="experiment", columns="arm", values=noise)
    untreated, dex = arms["control-untreated"], arms["control-DEX"]
    return wells[1] - wells[2], dex - untreated, untreated + dex


def test_noise_of_il6_has_the_stated_components(many: pd.DataFrame) -> None:
    wells, arms, sums = differences(many, "noise_ln_il6")
    assert variance_is(wells, 2 * 0.12**2)
    assert variance_is(arms, 2 * (0.15**2 + 0.12**2 / 2))
    assert variance_is(sums, 4 * 0.35**2 + 2 * (0.15**2 + 0.12**2 / 2))


def test_noise_of_apoptosis_has_the_stated_components(many: pd.DataFrame) -> None:
    wells, arms, sums = differences(many, "noise_logit")
    assert variance_is(wells, 2 * 0.10**2)
    assert variance_is(arms, 0.15**2 + 2 * (0.10**2 + 0.10**2 / 2))
    assert variance_is(sums, 4 * 0.25**2 + 0.15**2 + 2 * (0.10**2 + 0.10**2 / 2))


@pytest.mark.parametrize("noise", ["noise_ln_il6", "noise_logit"])
def test_noise_has_mean_zero(many: pd.DataFrame, noise: str) -> None:
    by_experiment = many.groupby("experiment")[noise].mean()
    standard_error = by_experiment.std() / np.sqrt(EXPERIMENTS)
    assert abs(by_experiment.mean()) < FOUR_STANDARD_ERRORS * standard_error


def test_il6_without_noise_is_the_stated_sum() -> None:
    designed = cultures(Design(experiments=1, wells=1))
    il6 = pd.Series(expected_il6(designed, Parameters().secretion), index=designed["arm"])
    assert il6.to_dict() == pytest.approx(
        {
            "control-untreated": 400,
            "control-DEX": 220,
            "control-IL1Ra": 400,
            "control-DEX+IL1Ra": 220,
            "control-IL6": 10_400,
            "control-DEX+IL6": 10_220,
            "il1b-untreated": 12_000,
            "il1b-DEX": 220 + 5_800,
            "il1b-IL1Ra": 400 + 174,
            "il1b-DEX+IL1Ra": 220 + 87,
            "il1b-IL1Ra+IL6": 10_574,
            "il1b-DEX+IL1Ra+IL6": 10_307,
        }
    )


@pytest.mark.parametrize(
    ("with_dex", "il6", "expected"),
    [
        (False, 1e-3, logit(0.08)),
        (True, 1e-3, logit(0.36)),
        (False, 1_500.0, logit(0.08) - 0.075),
        (True, 1_500.0, (logit(0.08) + logit(0.36)) / 2 - 0.075),
        (True, 1e9, logit(0.08) - 0.15),
    ],
)
def test_il6_protects_as_stated(with_dex: bool, il6: float, expected: float) -> None:
    value = expected_logit(np.array([with_dex]), np.array([il6]), Apoptosis())
    assert value == pytest.approx(expected, abs=1e-9)


def test_apoptosis_follows_the_il6_that_the_culture_realised() -> None:
    parameters = replace(
        Parameters(),
        apoptosis=Apoptosis(sd_experiment=0, sd_dex_slope=0, sd_arm=0, sd_well=0),
    )
    designed = cultures(parameters.design)
    drawn = realise(designed, parameters, np.random.default_rng(1))
    hill = drawn["il6_pg_ml"] ** 3 / (1_500**3 + drawn["il6_pg_ml"] ** 3)
    dex = (designed["dex_nM"] > 0).astype(float)
    expected = logit(0.08) - 0.15 * hill + dex * (logit(0.36) - logit(0.08)) * (1 - hill)
    np.testing.assert_allclose(logit(drawn["percent_apoptotic"] / 100), expected, atol=1e-6)


def test_no_effect_of_dex_is_one_number() -> None:
    no_effect = Apoptosis(with_dex=0.08, sd_dex_slope=0.0)
    il6 = np.array([10.0, 1_000.0, 100_000.0])
    treated = expected_logit(np.array([True] * 3), il6, no_effect)
    untreated = expected_logit(np.array([False] * 3), il6, no_effect)
    np.testing.assert_array_equal(treated, untreated)


def test_example_loses_one_culture_and_one_arm() -> None:
    design = Design()
    designed = cultures(design)
    lost = set(designed["culture"]) - set(survivors(designed, design)["culture"])
    assert len(designed) == 4 * 12 * 3
    assert designed["culture"].is_unique
    assert lost == {"E2-il1b-DEX-2", *(f"E3-control-IL1Ra-{well}" for well in (1, 2))}
