"""Which dilutions are believed where they disagree."""

import numpy as np
import pandas as pd
import pytest

from coculture.elisa.plates.dilution_groups import DilutionGroup, dilution_group, groups_agree
from coculture.elisa.plates.dilution_vote import vote

LLOQ, ULOQ = 9.375, 600.0


def group(
    *values: float, dilution: float, error: float = 0.02, elsewhere: float | None = None
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
    return dilution_group(wells, lambda _: error if elsewhere is None else elsewhere)


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
