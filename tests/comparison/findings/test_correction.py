"""Findings of one family correct one another; families do not."""

import math

import pytest

from coculture.comparison.findings.correction import Correction, corrections
from coculture.comparison.settings import Family

ONE_FAMILY = {"1": "", "2": "", "3": ""}
STATED = (Family("main", is_in_order=True),)
IN_MAIN = dict.fromkeys(ONE_FAMILY, "main")


def found(
    ratios: list[float],
    family_of: dict[str, str],
    families: tuple[Family, ...] = (),
    pinned: bool | None = None,
) -> dict[str, Correction]:
    return corrections(dict(zip(family_of, ratios, strict=True)), family_of, families, pinned)


def test_the_study_is_one_family_by_default() -> None:
    """0.4 x 3 is above 1, so nothing after it is shown."""
    corrected = found([0.4, 0.45, 0.9], ONE_FAMILY)
    assert [one.ratio for one in corrected.values()] == pytest.approx([1.2, 1.2, 1.2])
    assert not corrected["1"].holds
    assert corrected["1"].not_after == "not after correction for the 3 findings"


def test_a_finding_that_is_not_testable_stays_in_the_count() -> None:
    assert not found([0.4, 0.4, math.inf], ONE_FAMILY)["1"].holds
    assert found([0.4, 0.4], {"1": "", "2": ""})["1"].holds


def test_named_families_are_corrected_each_by_itself() -> None:
    corrected = found([0.5, 0.5, 0.9], {"1": "IL-6", "2": "IL-6", "3": "apoptosis"})
    assert corrected["1"].holds
    assert (corrected["3"].ratio, corrected["3"].method) == (0.9, "alone in its family")
    late = found([0.6, 0.6, 0.9], {"1": "IL-6", "2": "IL-6", "3": ""})["1"]
    assert late.not_after == "not after correction for the 2 findings of the family IL-6"


def test_a_stated_order_that_was_pinned_tests_each_at_its_full_level() -> None:
    corrected = found([0.9, 1.1, 0.1], IN_MAIN, STATED, pinned=True)
    assert [one.holds for one in corrected.values()] == [True, False, False]
    assert corrected["2"].failed_before == ""
    assert corrected["3"].not_after == (
        "not in the stated order of the family main, after finding 2"
    )


@pytest.mark.parametrize("pinned", [False, None])
def test_an_order_that_was_not_pinned_before_acquisition_is_not_used(pinned: bool | None) -> None:
    corrected = found([0.9, 0.9, 0.9], IN_MAIN, STATED, pinned)
    assert not any(one.holds for one in corrected.values())
    assert corrected["1"].method == "Holm; the stated order was not pinned before acquisition"
