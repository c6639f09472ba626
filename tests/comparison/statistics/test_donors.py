"""Donors as the unit of replication."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from coculture.comparison.statistics.between_experiments import arm_groups, contrast_of
from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.comparison.statistics.donors import SEVERAL, by_unit, donor_of_each

DIFFERENCE = {"a": 1.0, "b": -1.0}


def _means(values: list[float]) -> pd.DataFrame:
    names = [f"E{number}" for number in range(1, len(values) + 1)]
    return pd.DataFrame({"a": values, "b": np.zeros(len(values))}, index=names)


def test_three_donors_are_tested_by_their_unweighted_means() -> None:
    values = [1.0, 3.0, 4.0, 2.0, 6.0, 7.0]
    donors = {"E1": "D1", "E2": "D2", "E3": "D2", "E4": "D3", "E5": "D3", "E6": "D3"}
    found = per_experiment_contrast(_means(values), DIFFERENCE, donors)
    expected = scipy.stats.ttest_1samp([1.0, 3.5, 5.0], 0.0)
    assert found.estimate == pytest.approx(9.5 / 3)
    assert found.df == 2
    assert found.t == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.n, found.n_donors, found.unit) == (6, 3, "donors")
    assert list(found.values) == values
    assert found.tested_values.to_dict() == {"D1": 1.0, "D2": 3.5, "D3": 5.0}


def test_one_experiment_of_each_donor_is_the_test_over_experiments() -> None:
    means = _means([1.0, 3.0, 4.0, 2.5])
    plain = per_experiment_contrast(means, DIFFERENCE)
    found = per_experiment_contrast(means, DIFFERENCE, {one: f"D{one}" for one in means.index})
    assert (found.estimate, found.se, found.df) == (plain.estimate, plain.se, plain.df)


@pytest.mark.parametrize(
    "donors",
    [
        {"E1": "D1", "E2": "D1", "E3": "D2", "E4": "D2"},
        {"E1": "D1", "E2": "D2", "E3": "D3"},
        {},
    ],
    ids=["two donors", "one experiment without a donor", "no donors"],
)
def test_otherwise_experiments_are_tested(donors: dict[str, str]) -> None:
    found = per_experiment_contrast(_means([1.0, 3.0, 4.0, 2.5]), DIFFERENCE, donors)
    assert (found.df, found.unit) == (3, "experiments")
    (units,) = found.replication
    assert units.holds_for_these == bool(donors)
    assert units.are_unclear == (len(donors) == 3)


def test_each_side_of_a_comparison_between_experiments_has_its_own_donors() -> None:
    one = [1.0, 2.0, 4.0, 3.0, 6.0]
    other = [0.0, 1.0, 0.5, 2.0]
    names = [f"E{number}" for number in range(1, 10)]
    means = pd.DataFrame({"a": [*one, *[np.nan] * 4], "b": [*[np.nan] * 5, *other]}, index=names)
    donors = dict(zip(names[:5], ["D1", "D1", "D2", "D3", "D4"], strict=True))
    groups = arm_groups(means.notna(), DIFFERENCE, donors)
    found = contrast_of(means, DIFFERENCE, groups)
    expected = scipy.stats.ttest_ind([1.5, 4.0, 3.0, 6.0], other, equal_var=False)
    assert found.t == pytest.approx(expected.statistic)
    assert found.df == pytest.approx(expected.df)
    assert [(each.experiments, each.donors) for each in found.replication] == [(5, 4), (4, 0)]
    assert found.unit == "donors and experiments"
    three = {**donors, "E5": "D3"}
    found = contrast_of(means, DIFFERENCE, arm_groups(means.notna(), DIFFERENCE, three))
    assert found.unit == "experiments"
    assert found.replication[0].holds_for_these


def test_an_experiment_with_several_donors_has_no_single_one() -> None:
    groups = pd.DataFrame(
        {
            "experiment": ["E1", "E1", "E2", "E2", "E3", "E4"],
            "donor": ["D1", "", "D1", "D2", SEVERAL, ""],
        }
    )
    found = donor_of_each(groups)
    assert found == {"E1": "D1", "E2": SEVERAL, "E3": SEVERAL}
    contrast = per_experiment_contrast(_means([1.0, 3.0, 4.0]), DIFFERENCE, found)
    assert (contrast.unit, contrast.n_donors) == ("experiments", 1)
    assert contrast.replication[0].are_unclear


def test_the_blocks_of_the_pooled_error_analysis_are_donors_where_these_are_tested() -> None:
    means = _means([1.0, 3.0, 4.0, 2.0])
    donors = {"E1": "D1", "E2": "D2", "E3": "D2", "E4": "D3"}
    assert by_unit(means, donors)["a"].to_dict() == {"D1": 1.0, "D2": 3.5, "D3": 2.0}
    assert by_unit(means, {**donors, "E4": "D1"}).equals(means)


def test_a_donor_of_three_experiments_has_their_mean() -> None:
    """2, 6 and 7 have the mean 5 and the median 6."""
    values = [1.0, 3.0, 4.0, 2.0, 6.0, 7.0]
    donors = {"E1": "D1", "E2": "D2", "E3": "D2", "E4": "D3", "E5": "D3", "E6": "D3"}
    assert by_unit(_means(values), donors)["a"].to_dict() == {"D1": 1.0, "D2": 3.5, "D3": 5.0}
