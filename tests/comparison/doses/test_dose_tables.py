"""What is a dose, and the tables of curves and their summary."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import Comparison, compare
from coculture.comparison.doses.series import dose_factors, dose_series
from tests.comparison.doses.dose_studies import (
    BTZ,
    EC50,
    SHIFT,
    SIX,
    TCZ,
    DoseStudy,
    dose_arms,
    dose_study,
    true_il6,
    true_percent,
)
from tests.comparison.small_studies import SIRNA, joined


@cache
def six_doses() -> Comparison:
    """The whole comparison of a study of six doses, on stroma and without."""
    cultures, settings = joined(dose_arms(), [BTZ, TCZ], percent=true_percent, il6=true_il6)
    return compare(cultures, settings)


def series_names(study: DoseStudy) -> dict[str, str]:
    """The name of the series on each stroma."""
    return {one.control.stroma: one.name(study.design) for one in dose_series(study.design)}


def _measure(table: pd.DataFrame, endpoint: str, series: str, measure: str) -> pd.Series:
    rows = table[
        (table["endpoint"] == endpoint)
        & (table["series"] == series)
        & (table["measure"] == measure)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_numeric_factor_with_three_levels_is_a_dose_and_a_category_is_none() -> None:
    arms = [
        {"btz_nM": dose, "sirna": name} for dose in (0, 2, 5) for name in ("scrambled", "siIL6")
    ]
    inputs = DoseStudy(*joined(arms, [BTZ, SIRNA]))
    assert [factor.name for factor in dose_factors(inputs.design)] == ["BTZ"]
    every = dose_series(inputs.design)
    assert [series.doses for series in every] == [(2.0, 5.0), (2.0, 5.0)]
    curves, summary = DoseStudy(*joined([{"btz_nM": dose} for dose in (0, 5)], [BTZ])).tables
    assert curves.empty
    assert summary.empty


def test_a_level_of_zero_beside_another_control_is_no_dose() -> None:
    """Cells without glucose are no lower dose of it: zero has no logarithm."""
    glucose = {"name": "glucose", "column": "glucose_mM", "unit": "mM", "untreated": 5}
    above, below = (
        DoseStudy(*joined([{"glucose_mM": level} for level in levels], [glucose])).design
        for levels in ((1, 5, 25), (0, 5, 25))
    )
    assert [series.doses for series in dose_series(above)] == [(1.0, 25.0)]
    assert dose_series(below) == []


def test_six_doses_give_ec50_ic50_slope_and_plateaus() -> None:
    tables = six_doses()
    name_of = series_names(dose_study())
    for series, truth in ((name_of[""], EC50), (name_of["HS-5"], EC50 * SHIFT)):
        ec50 = _measure(tables.dose_summary, "percent_apoptotic", series, "EC50")
        assert ec50["lower"] < truth < ec50["upper"]
        assert ec50["value"] == pytest.approx(truth, rel=0.15)
        assert (ec50["unit"], ec50["n"], ec50["bounds"]) == ("nM", 4, 0)
        assert _measure(
            tables.dose_summary, "percent_apoptotic", series, "Hill slope"
        ).value == pytest.approx(1.5, rel=0.3)
    il6 = tables.dose_summary[tables.dose_summary["endpoint"] == "ln_il6"]
    assert set(il6["direction"]) == {"falls"}
    ic50 = _measure(tables.dose_summary, "ln_il6", name_of[""], "IC50")
    # Half of untreated is a third of the way from 400 to 50 on the log scale.
    assert ic50["value"] == pytest.approx(EC50 * (1 / 2) ** (1 / 1.5), rel=0.15)
    rising = tables.dose_summary[tables.dose_summary["endpoint"] == "percent_apoptotic"]
    assert "IC50" not in set(rising["measure"])


def test_two_doses_give_the_trend_only() -> None:
    curves, summary = dose_study((2.0, 5.0), ("HS-5",)).tables
    assert set(summary["measure"]) == {"trend per dose step"}
    trend = _measure(summary, "percent_apoptotic", "MM", "trend per dose step")
    assert trend["lower"] < trend["value"] < trend["upper"]
    assert trend["p"] < 0.01
    assert set(curves["state"]) == {"too_few_doses"}


def test_without_an_effect_there_is_no_ec50() -> None:
    _, summary = dose_study(flat=True).tables
    ec50 = summary[summary["measure"] == "EC50"]
    assert len(ec50) == 4
    assert ec50["value"].isna().all()
    assert ec50["note"].str.contains("no dose effect is shown").all()


def test_doses_below_the_half_effect_give_a_bound() -> None:
    curves, summary = dose_study((0.5, 1.0, 2.0, 5.0), ("HS-5",)).tables
    ec50 = _measure(summary, "percent_apoptotic", "MM", "EC50")
    assert (ec50["value"], ec50["relation"], ec50["bounds"]) == (
        pytest.approx(2.9, rel=0.2), ">=", 4,
    )  # fmt: skip
    assert np.isnan(ec50["lower"])
    assert set(curves["ec50_relation"][curves["endpoint"] == "percent_apoptotic"])


def test_series_differ_in_stroma_and_second_drug() -> None:
    study = dose_study(SIX[:4], second=(0.0, 10.0))
    every = dose_series(study.design)
    curves, _ = study.tables
    assert list(dict.fromkeys(curves["series"])) == [one.name(study.design) for one in every]
    given = [(one.control.stroma, one.control.levels) for one in every]
    assert given == [
        ("", (0.0, 0.0)), ("", (0.0, 10.0)), ("HS-5", (0.0, 0.0)), ("HS-5", (0.0, 10.0)),
    ]  # fmt: skip


def test_contrasts_of_doses_and_stroma_are_made_once_each() -> None:
    table = six_doses().contrasts
    rows = table[
        (table["endpoint"] == "percent_apoptotic") & (table["analysis"] == "per_experiment")
    ]
    counts = rows["family"].value_counts().to_dict()
    assert counts == {
        "treatment against untreated": 12,
        "dose against the next lower dose": 10,
        "trend over the doses": 2,
        "on stroma against without": 7,
        "protection by stroma": 6,
    }
    assert not rows.duplicated(["family", "contrast"]).any()
    values = rows.set_index(["family", "contrast"])["estimate"]
    of_five = {
        family: values[family].filter(regex=pattern).to_list()
        for family, pattern in (
            (
                "protection by stroma",
                r"BTZ 5 nM against untreated, on HS-5 against without stroma$",
            ),
            ("dose against the next lower dose", r"BTZ 5 nM against BTZ 2\.5 nM$"),
            ("on stroma against without", r"BTZ 5 nM: on HS-5 against without stroma$"),
        )
    }
    on, off, lower_on, lower_off = (
        true_percent({"btz_nM": dose, "stroma": stroma})
        for dose in (5.0, 2.5)
        for stroma in ("HS-5", "")
    )
    assert of_five == {
        "protection by stroma": [pytest.approx(on - off, abs=2)],
        "dose against the next lower dose": [
            pytest.approx(off - lower_off, abs=2),
            pytest.approx(on - lower_on, abs=2),
        ],
        "on stroma against without": [pytest.approx(on - off, abs=2)],
    }
