"""Power by simulation."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.planning import (
    assumptions_of,
    power,
)
from coculture.comparison.planning.power_table import after_correction
from coculture.comparison.settings import Family
from coculture.comparison.statistics.multiplicity import holm

JoinedStudy = Callable[..., pd.DataFrame]


def test_power_grows_with_experiments_and_is_the_same_again(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    given = assumptions_of(cultures, settings)
    heard: list[str] = []
    table = power(given, design, settings, (3, 6), (3,), 400, 5, heard.append)
    again = power(given, design, settings, (3, 6), (3,), 400, 5, heard.append)
    pd.testing.assert_frame_equal(table, again)
    assert heard[0] == "1 of 2: 3 experiments of 3 wells per arm"
    few, many = (
        table[table["experiments"] == n].set_index("id")["power"].astype(float) for n in (3, 6)
    )
    assert (many >= few).all()
    assert (table["power_corrected"] <= table["power"]).all()
    together = table[table["id"] == "all"]
    # All seven are shown after Holm only if each is, so no more often than by their own tests.
    assert (together["power_corrected"] < together["power"]).any()
    assert many["all"] > few["all"]
    for row in table.to_dict("records"):
        exact = stats.binomtest(round(row["power"] * 400), 400).proportion_ci(0.95, "exact")
        assert (row["lower"], row["upper"]) == pytest.approx((exact.low, exact.high))


def test_power_of_an_arm_of_which_nothing_is_assumed_is_unknown(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    given = assumptions_of(cultures, settings)
    il6 = {arm: place for arm, place in given["IL-6"].location.items() if arm != "il1b DEX"}
    given["IL-6"] = replace(given["IL-6"], location=il6)
    design = Design.of(cultures, settings)
    table = power(given, design, settings, (4,), (3,), 100, 1, lambda _: None).set_index("id")
    assert table["power"].isna().to_dict() == {
        "1a": True, "1b": False, "2a": False, "2b": False, "2c": False, "3a": True, "3b": False,
        "all": True,
    }  # fmt: skip


@pytest.fixture
def three(settings: ComparisonSettings) -> ComparisonSettings:
    """Findings a, b and c."""
    named = zip("abc", settings.findings, strict=False)
    return replace(settings, findings=tuple(replace(one, id=name) for name, one in named))


def test_power_corrected_is_holm_s(three: ComparisonSettings) -> None:
    found = {"a": np.array([0.4, 0.2]), "b": np.array([0.3, 0.9]), "c": np.array([7.0, 0.6])}
    corrected = np.array(list(after_correction(found, 2, three).values()), dtype=float)
    for run in (0, 1):
        expected = holm([each[run] for each in found.values()])
        assert corrected[:, run] == pytest.approx(expected)


def test_families_are_corrected_by_themselves_and_in_their_order(
    three: ComparisonSettings,
) -> None:
    """a and b in a family with a stated order, c alone."""
    findings = tuple(
        replace(one, family="first" if one.id in "ab" else "second") for one in three.findings
    )
    stated = replace(three, findings=findings, families=(Family("first", is_in_order=True),))
    found = {"a": np.array([0.4]), "b": np.array([0.3]), "c": np.array([0.9])}
    corrected = after_correction(found, 1, stated)
    assert {name: each.item() for name, each in corrected.items() if each is not None} == {
        "a": 0.4, "b": 0.4, "c": 0.9,
    }  # fmt: skip


def test_a_finding_of_which_nothing_is_known_counts_in_the_correction(
    three: ComparisonSettings,
) -> None:
    corrected = after_correction({"a": np.array([0.4]), "b": None, "c": np.array([0.3])}, 1, three)
    assert corrected["b"] is None
    assert corrected["c"] == pytest.approx([0.9])
    assert corrected["a"] == pytest.approx([0.9])
