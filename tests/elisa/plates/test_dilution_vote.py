"""Which dilutions are believed where they disagree."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.elisa.plates.dilution_groups import DilutionGroup, dilution_group, groups_agree
from coculture.elisa.plates.dilution_vote import vote, weighted_mean

LLOQ, ULOQ = 9.375, 600.0


def group(
    *values: float,
    dilution: float,
    error: float = 0.02,
    elsewhere: float | None = None,
    allowed: float = 3.0,
) -> DilutionGroup:
    """Wells of one dilution that read these undiluted concentrations, in range or not."""
    wells = pd.DataFrame(
        {
            "plate": "P1",
            "well": [f"A{i}" for i in range(len(values))],
            "dilution": dilution,
            "in_well_pg_ml": np.array(values) / dilution,
            "lloq_pg_ml": LLOQ * dilution,
            "uloq_pg_ml": ULOQ * dilution,
            "ln_se_curve": 0.01,
            "ln_se_well": error,
            "state": "ok",
        }
    )
    return dilution_group(
        wells, lambda _: error if elsewhere is None else elsewhere, errors=allowed
    )


def believed(*groups: DilutionGroup) -> list[float]:
    """The dilutions that make the value; none without a number."""
    return [one.dilution for one in vote(groups).used]


def test_one_strong_dilution_does_not_beat_a_weak_one() -> None:
    assert believed(group(1000, dilution=10), group(600, dilution=50)) == []


def test_sets_that_share_a_dilution_and_are_as_large_leave_no_number() -> None:
    graded = group(1000, dilution=2), group(1500, dilution=5), group(2200, dilution=20)
    assert believed(*graded) == []
    assert len(vote(graded).rivals) == 3
    assert believed(*graded[:2]) == [2, 5]


@pytest.mark.parametrize(
    ("error", "top", "used"), [(0.1, 805, [1, 5, 25]), (0.05, 805, []), (0.1, 900, [])]
)
def test_outer_dilutions_that_hardly_disagree_are_used(
    error: float, top: float, used: list[float]
) -> None:
    """1.56-fold apart, 3.1 or 6.2 standard errors of their difference; or 1.74-fold."""
    low, high = group(516, dilution=1, error=error), group(top, dilution=25, error=error)
    chain = low, group(680, dilution=5), high
    assert believed(*chain) == []
    verdict = vote(chain, by_chance_in_study=3.5)
    assert [one.dilution for one in verdict.used] == used
    assert not verdict.left_out


def test_dilutions_near_the_lloq_have_half_a_vote() -> None:
    strong = group(300, dilution=1)
    assert believed(strong, group(700, dilution=50), group(750, dilution=70)) == []
    assert believed(strong, group(700, dilution=20), group(750, dilution=30)) == [20, 30]


def test_as_many_bounds_as_votes_against_the_winner_leave_no_number() -> None:
    inside = group(2000, dilution=10), group(2100, dilution=20)
    below = group(5, dilution=1), group(10, dilution=2)
    assert {one.state for one in below} == {"below"}
    assert believed(below[0], *inside) == [10, 20]
    assert believed(*below, *inside) == []


def test_a_bound_that_fits_one_rival_and_not_the_other_decides() -> None:
    low = group(300, dilution=1), group(310, dilution=1.5)
    above = group(1500, dilution=2)
    assert above.state == "above"
    assert believed(*low, above, group(2000, dilution=10)) == [10]


@pytest.mark.parametrize(("elsewhere", "agree"), [(0.3, True), (0.02, False)])
def test_the_error_where_the_other_value_would_lie_counts(elsewhere: float, agree: bool) -> None:
    one = group(1000, dilution=10, elsewhere=elsewhere)
    other = group(1800, dilution=50, elsewhere=elsewhere)
    assert groups_agree(one, other, 2.0) == agree


@pytest.mark.parametrize(("low", "agree"), [(100.0, True), (400.0, False)])
def test_imprecise_replicates_agree_near_the_lloq_only(low: float, agree: bool) -> None:
    """2.6-fold apart, and 3 standard errors of their difference allow 5.5-fold."""
    found = group(low, 2.6 * low, dilution=10, error=0.4)
    assert (found.state == "in_range") == agree
    assert bool(found.stands.all())


def test_of_three_replicates_the_two_that_agree_stand() -> None:
    found = group(1000, 210, 1100, dilution=10)
    assert found.stands.tolist() == [True, False, True]
    assert found.ln == pytest.approx(np.log([1000, 1100]).mean())
    assert found.error == pytest.approx(0.02 / 2**0.5)
    assert group(1000, 210, 1100, 200, dilution=10).state == "discordant"


def test_a_well_near_the_lloq_does_not_agree_with_all_others() -> None:
    """Its own error is large, but the others say that it should not be there."""
    found = group(1000, 150, 1100, dilution=10, error=0.5)
    assert found.stands.tolist() == [True, False, True]
    found = group(130, 40, 140, dilution=10, error=0.5)
    assert found.stands.tolist() == [True, False, True]


def saturated(value: float, dilution: float, off: float) -> DilutionGroup:
    """A dilution in range whose response is `off` SD from that expected where it would be above."""
    found = group(value, dilution=dilution)
    return replace(
        found,
        measured=found.measured.assign(response=1.0),
        deviations_at=lambda *_: off,
    )


@pytest.mark.parametrize(("off", "left_out"), [(1.0, []), (9.0, [1.0])])
def test_a_saturated_well_may_be_in_range_by_chance(off: float, left_out: list[float]) -> None:
    """Two dilutions agree on 2000, of which an undiluted well cannot be told from a plateau."""
    others = group(2000, dilution=10), group(2050, dilution=50)
    verdict = vote([saturated(400, 1, off), *others])
    assert [one.dilution for one in verdict.used] == [10, 50]
    assert [one.dilution for one in verdict.left_out] == left_out


@pytest.mark.parametrize(("off", "left_out", "by_chance"), [(1.0, [], [4.0]), (9.0, [4.0], [])])
def test_one_dilution_with_a_bound_says_so_too(
    off: float, left_out: list[float], by_chance: list[float]
) -> None:
    above = group(12000, dilution=16)
    assert above.state == "above"
    verdict = vote([saturated(2200, 4, off), above, group(12400, dilution=64)])
    assert [one.dilution for one in verdict.used] == [64]
    assert [one.dilution for one in verdict.left_out] == left_out
    assert [one.dilution for one in verdict.by_chance] == by_chance


def test_an_uncertain_plateau_explains_no_well_that_is_far_below_the_uloq() -> None:
    """Where the curve beyond the highest standard is unknown, a hook is no chance."""
    hooked = replace(
        saturated(28, 1, 0.0), deviations_at=lambda _, within, *__: 0.0 if within > ULOQ else 9.0
    )
    verdict = vote([hooked, group(12000, dilution=16), group(12400, dilution=64)])
    assert not verdict.by_chance
    assert next(one.dilution for one in verdict.left_out or verdict.rivals) == 1


def test_of_two_dilutions_far_apart_none_is_chance() -> None:
    pair = saturated(5900, 10, 1.0), group(16000, dilution=50)
    assert vote(pair, by_chance_in_study=3.6).used == ()


def test_of_two_dilutions_one_may_be_above_the_lloq_by_chance() -> None:
    """By the dilution of 10 the other holds less than the LLOQ, and it reads like the LLOQ."""
    pair = group(586, dilution=10), saturated(1034, 100, 1.0)
    verdict = vote(pair)
    assert [one.dilution for one in verdict.used] == [10]
    assert [one.dilution for one in verdict.by_chance] == [100]


@pytest.mark.parametrize(
    ("low", "high", "agree"), [(2600, 8000, True), (2600, 12000, False), (2300, 8000, False)]
)
def test_a_replicate_on_the_plateau_counts_as_the_limit(
    low: float, high: float, agree: bool
) -> None:
    """Of 6000: 2.3-fold and 2.6-fold away. Three standard errors allow 3.6-fold."""
    found = group(low, high, dilution=10, error=0.3)
    assert (found.state == "in_range") is agree


def test_wells_near_a_plateau_weigh_what_they_do_at_the_mean() -> None:
    """By its own reading the lower one would be known twice as well as the higher one."""

    def error_at(within: float) -> float:
        return 0.1 if within < 29 else 0.3

    low, high = (
        replace(group(value, dilution=10, error=error), error_at=error_at)
        for value, error in ((280, 0.1), (420, 0.3))
    )
    mean, _, _ = weighted_mean([low, high])
    assert np.exp(mean) == pytest.approx(np.sqrt(280 * 420), rel=0.01)


def test_student_s_t_widens_the_limits_once() -> None:
    """With 5 degrees of freedom 2.4 known standard errors are 3.7 estimated ones, not 8."""
    verdict = vote(
        [saturated(2200, 4, 5.0), group(12000, dilution=16), group(12400, dilution=64)], 5.0
    )
    assert [one.dilution for one in verdict.left_out] == [4]


def test_two_that_explain_each_other_remain_rivals() -> None:
    low = saturated(300, 1, 1.0), saturated(310, 0.5, 1.0)
    assert vote([*low, group(3000, dilution=10), group(3100, dilution=50)]).used[0].dilution == 10


@pytest.mark.parametrize(("freedom", "used"), [(np.inf, []), (5.0, [10, 50])])
def test_few_degrees_of_freedom_allow_two_dilutions_more(freedom: float, used: list[float]) -> None:
    """1.7-fold apart: 2.9 standard errors of their difference."""
    pair = group(1000, dilution=10, error=0.13), group(1700, dilution=50, error=0.13)
    assert [one.dilution for one in vote(pair, freedom).used] == used


@pytest.mark.parametrize(("off", "used"), [(3.5, [50]), (3.7, [])])
def test_of_two_dilutions_one_may_be_in_range_by_chance(off: float, used: list[float]) -> None:
    """The dilution of 10 would be above the range, and its response is that of the plateau."""
    pair = saturated(5900, 10, off), group(14000, dilution=50)
    verdict = vote(pair, by_chance_in_study=3.6)
    assert [one.dilution for one in verdict.used] == used
    assert [one.dilution for one in verdict.by_chance] == ([10] if used else [])


@pytest.mark.parametrize(("allowed", "agree"), [(3.0, False), (3.6, True)])
def test_a_study_of_many_replicates_allows_a_pair_more(allowed: float, agree: bool) -> None:
    """1.75-fold apart: 3.3 standard errors of their difference."""
    pair = group(1000, 1750, dilution=10, error=0.12, allowed=allowed)
    assert (pair.state == "in_range") is agree


@pytest.mark.parametrize(
    ("value", "off", "is_note"),
    [(215, 3.5, True), (215, 3.7, False), (150, 2.3, True), (150, 2.5, False)],
)
def test_an_outvoted_dilution_whose_response_may_be_chance_is_a_note(
    value: float, off: float, is_note: bool
) -> None:
    """Inside the range, near the plateau: much in concentration, little in response.

    The less, the more it is off: 1.9-fold may be chance of a whole study, 2.7-fold is not.
    """
    others = group(400, dilution=10), group(420, dilution=40)
    verdict = vote([saturated(value, 1, off), *others], by_chance_in_study=3.6)
    assert [one.dilution for one in verdict.used] == [10, 40]
    assert bool(verdict.by_chance) is is_note
    assert bool(verdict.left_out) is not is_note
