"""Whole small studies that claim more than they show, and what the page must say of each.

The attacks on single claims (rescues, margins, families, contradictions, limits) are in
`findings/test_attacks.py`, on the config in `findings/test_protocol.py`, on raw files in
`independence/`, on planning in `planning/`; here are those that need the data of a study.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import Comparison, ComparisonSettings, compare, join_cultures
from coculture.exchange.flags import Flag
from coculture.study.schema import schema, with_defaults
from tests.comparison.conftest import elisa_cultures, flow_wells
from tests.comparison.small_studies import DEX

NONE, ON_DEX = {"cells": "MM"}, {"cells": "MM", "dex_nM": 1000}
LOWER = {
    "id": "1",
    "kind": "lower",
    "endpoint": "IL-6",
    "statement": "DEX lowers IL-6",
    "arm": ON_DEX,
    "compared_with": NONE,
}
Percents = Sequence[float]


def study(
    ratios: Sequence[float],
    findings: Sequence[Mapping[str, Any]] = (LOWER,),
    *,
    lloq: float = 0.0,
    **more: Any,
) -> Comparison:
    """The cultures of `cultures_of`, compared; below the LLOQ only that is known."""
    return compared(cultures_of(ratios, **more), findings, lloq=lloq)


def cultures_of(
    ratios: Sequence[float],
    *,
    dates: Sequence[str] = (),
    donors: Sequence[str] = (),
    apoptosis: tuple[Percents, Percents] | None = None,
    low_wells: Sequence[str] = (),
    wells: int = 1,
    scatter: float = 0.02,
) -> pd.DataFrame:
    """Experiments in which DEX leaves these parts of IL-6, with wells that scatter a little.

    Parameters
    ----------
    dates, donors
        Of each experiment.
    apoptosis
        The percents of untreated and of treated wells in each experiment.
    low_wells
        Cultures, as "E1-0-1", that are far below the LLOQ.
    """
    chance = np.random.default_rng(17)
    rows = []
    for place, ratio in enumerate(ratios):
        for dex in (0, 1000):
            for well in range(1, wells + 1):
                name = f"E{place + 1}-{dex}-{well}"
                percents = apoptosis[bool(dex)] if apoptosis else (20.0,) * len(ratios)
                level = 1.0 if name in low_wells else 200.0 * (ratio if dex else 1.0)
                rows.append(
                    {
                        "culture": name,
                        "experiment": f"E{place + 1}",
                        "donor": donors[place] if donors else "",
                        "date": dates[place] if dates else "",
                        "cells": "MM",
                        "stroma": "",
                        "hours": 48.0,
                        "replicate": well,
                        "dex_nM": dex,
                        "percent_apoptotic": percents[place],
                        "il6_pg_ml": level * np.exp(scatter * chance.normal()),
                    }
                )
    return pd.DataFrame(rows)


def compared(
    table: pd.DataFrame,
    findings: Sequence[Mapping[str, Any]] = (LOWER,),
    values: pd.DataFrame | None = None,
    *,
    lloq: float = 0.0,
    **section: Any,
) -> Comparison:
    """Cultures of which percent apoptotic and IL-6 are known, and what values.csv gives."""
    measured = {
        "flow": {"channels": {"annexin": "AV", "viability_dye": "PI"}},
        "populations": ["myeloma"],
        "analytes": ["IL-6"],
        "values": {"score": "a.u."},
    }
    settings = ComparisonSettings.from_config(
        with_defaults(
            {"analytes": ["IL-6"], "findings": list(findings), **section}, schema("comparison")
        ),
        [DEX],
        {"reference": "MM"},
        measured if section else None,
    )
    joined = join_cultures(
        cultures=table.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
        flow_wells=flow_wells(table),
        elisa_cultures=elisa_cultures(table, lloq),
        population="myeloma",
        analytes=["IL-6"],
        settings=settings,
        values=values,
    )
    return compare(joined, settings)


def first(found: Comparison) -> dict[str, Any]:
    """The row of the first finding."""
    return {str(name): value for name, value in found.findings.iloc[0].items()}


def of_code(found: Comparison, code: str) -> list[Flag]:
    return [flag for flag in found.flags if flag.code == code]


HALF = (0.5, 0.55, 0.45, 0.52)


def test_wells_of_one_day_as_three_experiments() -> None:
    found = study(HALF, dates=["2024-03-05"] * 4)
    row = first(found)
    assert (row["verdict"], row["condition"]) == ("shown", "if these are independent experiments")
    assert row["sentence"].endswith("which share a day, are independent experiments.")
    (flag,) = of_code(found, "experiments_of_one_day")
    assert "the study has 1 experiment, not 4" in flag.sentence


def test_the_donor_that_is_left_out_of_one_experiment() -> None:
    """Three donors by their means show nothing; without one name experiments would be tested."""
    ratios = (0.5, 0.52, 0.48, 0.9, 1.1)
    donors = ["D1", "D1", "D1", "D2", "D3"]
    by_donor = first(study(ratios, donors=donors))
    assert (by_donor["verdict"], by_donor["tested"]) == ("not shown", "donors")
    found = study(ratios, donors=[*donors[:4], ""])
    assert first(found)["tested"] == "experiments"
    (flag,) = of_code(found, "donors_not_tested")
    assert "E5 has no donor, and other experiments have." in flag.sentence
    shown = first(study(HALF, donors=["D1", "D1", "D2", ""]))
    assert (shown["verdict"], shown["condition"]) == (
        "shown",
        "for the donors of these experiments",
    )


def test_one_comparator_well_below_the_limit_is_said_and_costs_nothing() -> None:
    found = study((0.5, 0.55, 0.45, 0.52), wells=6, low_wells=["E2-0-3"], lloq=20.0)
    row = first(found)
    assert row["verdict"] == "shown"
    (flag,) = of_code(found, "comparator_outside_range")
    assert "MM untreated below the range of the assay, where they argue against it" in flag.sentence
    assert "Measure these cultures again at a lower dilution" in flag.sentence


def test_beside_a_bound_there_is_no_two_sided_interval() -> None:
    low = [f"E{number}-1000-{well}" for number in (1, 2, 3, 4) for well in (1, 2)]
    row = first(study((0.5, 0.55, 0.45, 0.52), wells=2, low_wells=low, lloq=20.0))
    assert (row["verdict"], row["relation"]) == ("shown", "<=")
    assert np.isnan(row["lower"])
    assert row["confidence_percent"] == 97.5
    # Bound and limit are both rounded outwards: the limit is never below the bound.
    assert (
        "to at most 11 % of the untreated level (one-sided 97.5 % upper limit 11 %"
        in (row["sentence"])
    )
    assert " CI " not in row["sentence"]


@pytest.mark.parametrize("experiments", [1, 2])
def test_one_or_two_experiments_are_descriptive(experiments: int) -> None:
    row = first(study(HALF[:experiments], wells=8))
    assert row["verdict"] == "not testable"
    assert "Descriptive" in row["sentence"]


def test_an_experiment_far_off_is_named() -> None:
    found = study((0.9, 0.92, 0.91, 0.9, 0.93, 0.91, 0.92, 0.02))
    (flag,) = of_code(found, "skewed_differences")
    assert (flag.severity, flag.concerns.experiment) == ("caution", "E8")
    assert "leaving out an experiment because of its result is no remedy" in flag.sentence


def test_a_sign_flip_that_cannot_succeed_does_not_count() -> None:
    """With four experiments its smallest p is .0625: grey, with the reason; with six it counts."""
    few, enough = (
        study(ratios).robustness.set_index("alternative").loc["the sign-flip test"]
        for ratios in (HALF, (*HALF, 0.5, 0.48))
    )
    assert not few["counted"]
    assert "0.0625" in few["reason"]
    assert enough["counted"]


def test_three_equal_differences_are_no_evidence() -> None:
    """Rounded numbers that happen to be the same give t = infinity, which is not shown."""
    row = first(study((0.5,) * 4, scatter=0.0))
    assert row["verdict"] == "not testable"
    assert "no variation" in row["sentence"]


def test_wells_named_as_donors_add_nothing() -> None:
    """Three wells of each day as three donors: what the days do remains in the test."""
    days = (0.6, 0.8, 0.95)
    table = cultures_of([ratio for ratio in days for _ in range(3)])
    names = {f"E{3 * day + well + 1}": (f"E{day + 1}", f"D{well + 1}") for day in range(3)
             for well in range(3)}  # fmt: skip
    fakes = table.assign(
        experiment=[names[one][0] for one in table["experiment"]],
        donor=[names[one][1] for one in table["experiment"]],
    )
    row = first(compared(fakes))
    assert (row["tested"], row["n"], row["donors"], row["verdict"]) == (
        "donors",
        3,
        3,
        "not shown",
    )
    # As an experiment each, they would have been shown.
    assert first(compared(table))["verdict"] == "shown"


SCORE = [{"name": "score", "measure": "values"}, {"name": "IL-6", "measure": "analyte",
          "analyte": "IL-6"}]  # fmt: skip


@pytest.mark.parametrize(("kind", "verdict"), [("higher", "not testable"), ("lower", "shown")])
def test_zeros_of_a_ratio_are_not_left_out(kind: str, verdict: str) -> None:
    """Two of three treated wells are 0. Without them the arm would be at 150 %."""
    chance = np.random.default_rng(1)
    table = cultures_of((1.0,) * 4, wells=3)
    is_dex = table["dex_nM"] > 0
    is_zero = is_dex & (table["replicate"] > 1)
    rest = 1.5 if kind == "higher" else 0.6
    score = 100 * np.where(is_dex, rest, 1.0) * np.exp(0.02 * chance.normal(size=len(table)))
    values = pd.DataFrame(
        {"culture": table["culture"], "endpoint": "score", "value": np.where(is_zero, 0.0, score)}
    ).assign(unit="a.u.", count=np.nan, relation="", exclude="", note="")
    finding = LOWER | {"kind": kind, "endpoint": "score", "statement": f"The score is {kind}"}
    found = compared(table, [finding], values, endpoints=SCORE)
    row = first(found)
    assert row["verdict"] == verdict
    (flag,) = of_code(found, "zero_has_no_ratio")
    assert flag.severity == "caution"
    assert "8 cultures of MM DEX have a value of 0 or less" in flag.sentence
    if kind == "lower":
        # At most as low as the lowest value above 0, and only a bound.
        assert row["relation"] == "<="
        assert row["estimate"] > 0.5


def test_a_margin_above_every_effect_of_the_study_is_said() -> None:
    """DEX is shown to kill 22 points more, and "does not raise" by 40."""
    percents = ((10.0, 11.0, 9.0, 10.0), (32.0, 33.5, 31.0, 31.5))
    claims: list[dict[str, Any]] = [
        {"id": "1", "kind": "higher", "endpoint": "apoptosis", "statement": "It rises"},
        {"id": "2", "kind": "not_raised", "endpoint": "apoptosis", "statement": "It is safe",
         "margin_points": 40},
    ]  # fmt: skip
    both = [one | {"arm": ON_DEX, "compared_with": NONE} for one in claims]
    found = study((1.0,) * 4, both, apoptosis=percents)
    assert list(found.findings["verdict"]) == ["shown", "shown"]
    (flag,) = of_code(found, "margin_beyond_effects")
    assert flag.concerns.finding == "2"
    assert "largest difference that this study shows of apoptosis is 22 percentage points" in (
        flag.sentence
    )
    usual = study((1.0,) * 4, [both[0], both[1] | {"margin_points": 5}], apoptosis=percents)
    assert not of_code(usual, "margin_beyond_effects")
