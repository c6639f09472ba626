"""Contrasts of arms that share no experiment, compared with scipy and a published example."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from coculture.comparison.statistics.between_experiments import arm_groups, contrast_of, entering
from coculture.comparison.statistics.contrasts import (
    MIN_EXPERIMENTS_BETWEEN,
    PooledError,
    per_experiment_contrast,
)

SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
"""Extra hours of sleep with two drugs (Student, Biometrika 6 (1908) 1), as in R's `sleep`."""


def _means(**arms: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame({arm: pd.Series(values, dtype=float) for arm, values in arms.items()})


def _apart(**arms: Sequence[float]) -> pd.DataFrame:
    """Each arm in experiments of its own: a1, a2 ... of arm a."""
    return _means(
        **{
            arm: {f"{arm}{number}": value for number, value in enumerate(values, start=1)}
            for arm, values in arms.items()
        }
    )


def test_the_published_example_of_welch() -> None:
    """R, help page of t.test: t.test(extra ~ group, data = sleep)."""
    means = _apart(a=SLEEP[0], b=SLEEP[1])
    weights = {"a": 1.0, "b": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    assert found.t == pytest.approx(-1.8608, abs=5e-5)
    assert found.df == pytest.approx(17.776, abs=5e-4)
    assert found.p == pytest.approx(0.07939, abs=5e-6)
    assert found.ci95 == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)
    assert (found.n, found.n_each, found.compared) == (
        20, (10, 10), "between experiments (Welch)",
    )  # fmt: skip


@pytest.mark.parametrize("sizes", [(4, 4), (4, 9), (7, 5)])
def test_two_arms_are_tested_as_scipy_does(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(sizes[0])
    one, other = rng.normal(1, 1, sizes[0]), rng.normal(0, 3, sizes[1])
    means = _apart(one=one.tolist(), other=other.tolist())
    weights = {"one": 1.0, "other": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    expected = scipy.stats.ttest_ind(one, other, equal_var=False)
    less = scipy.stats.ttest_ind(one, other, equal_var=False, alternative="less")
    greater = scipy.stats.ttest_ind(one, other, equal_var=False, alternative="greater")
    assert (found.p, found.p_less, found.p_greater) == pytest.approx(
        (expected.pvalue, less.pvalue, greater.pvalue), rel=1e-12
    )
    assert found.df == pytest.approx(expected.df, rel=1e-12)
    assert found.left_out == {}


def test_a_difference_of_differences_is_welch_of_the_differences_inside_experiments() -> None:
    rng = np.random.default_rng(3)
    day, effect = rng.normal(0, 5, 9), rng.normal(2, 1, 9)
    names = [f"P{number}" for number in range(4)] + [f"H{number}" for number in range(5)]
    patients, healthy = names[:4], names[4:]
    means = _means(
        p_treated=dict(zip(patients, day[:4] + effect[:4], strict=True)),
        p_none=dict(zip(patients, day[:4], strict=True)),
        h_treated=dict(zip(healthy, day[4:] + effect[4:], strict=True)),
        h_none=dict(zip(healthy, day[4:], strict=True)),
    )
    weights = {"p_treated": 1.0, "p_none": -1.0, "h_treated": -1.0, "h_none": 1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    expected = scipy.stats.ttest_ind(effect[:4], effect[4:], equal_var=False)
    assert (found.t, found.df, found.p) == pytest.approx(
        (expected.statistic, expected.df, expected.pvalue), rel=1e-9
    )
    assert [(part.sign, part.text) for part in found.parts] == [
        (1, "p_treated minus p_none"),
        (-1, "h_treated minus h_none"),
    ]
    # Days cancel inside experiments, so the block analysis can estimate it too.
    pooled = PooledError.fit(means).contrast(weights)
    assert pooled is not None
    assert pooled.estimate == pytest.approx(found.estimate)


def test_three_groups_have_satterthwaites_degrees_of_freedom() -> None:
    arms = {"a": [1.0, 2.0, 4.0, 4.0], "b": [0.0, 1.0, 0.5, 0.7], "c": [5.0, 9.0, 2.0, 1.0, 3.0]}
    means = _apart(**arms)
    weights = {"a": 1.0, "b": -0.5, "c": -0.5}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    parts = [weights[arm] ** 2 * np.var(v, ddof=1) / len(v) for arm, v in arms.items()]
    dfs = [len(values) - 1 for values in arms.values()]
    assert found.se == pytest.approx(np.sqrt(sum(parts)))
    assert found.df == pytest.approx(
        sum(parts) ** 2 / sum(part**2 / df for part, df in zip(parts, dfs, strict=True))
    )
    assert found.n_each_as_text == "4, 4 and 5"
    assert found.parts[1].signed_text == "minus 0.5 x b"


def test_arms_that_share_an_experiment_are_paired() -> None:
    """One shared experiment makes them paired by design, and one experiment is too few."""
    means = _apart(a=[1.0, 2.0, 3.0, 2.5], b=[1.5, 2.5, 2.0, 1.0])
    means.loc["both"] = [2.0, 1.0]
    weights = {"a": 1.0, "b": -1.0}
    groups = arm_groups(means.notna(), weights)
    assert [group.arms for group in groups] == [("a", "b")]
    found = contrast_of(means, weights, groups)
    assert (found.n, found.is_between, found.has_enough) == (1, False, False)
    assert found.left_out["a1"] == ("b",)


def test_arms_linked_only_through_another_arm_are_one_group_with_it_alone() -> None:
    means = _means(
        a={"E1": 1.0, "E2": 2.0}, c={"E1": 0.0, "E2": 1.0, "E3": 1.0}, b={"E3": 2.0, "E4": 1.0}
    )
    assert len(arm_groups(means.notna(), ["a", "b", "c"])) == 1
    assert len(arm_groups(means.notna(), ["a", "b"])) == 2


def test_a_lost_value_does_not_make_arms_unpaired() -> None:
    cultured = pd.DataFrame(True, index=["E1", "E2"], columns=["a", "b"])
    assert len(arm_groups(cultured, ["a", "b"])) == 1


def test_an_experiment_enters_with_every_arm_of_its_group() -> None:
    means = _means(
        a={"E1": 1.0, "E2": 2.0, "E3": 3.0}, none={"E1": 0.0, "E2": 1.0}, b={"E4": 1.0, "E5": 2.0}
    )
    weights = {"a": 1.0, "none": -1.0, "b": 1.0}
    groups = arm_groups(means.notna(), weights)
    assert entering(means, groups).to_dict() == {
        "E1": True, "E2": True, "E3": False, "E4": True, "E5": True,
    }  # fmt: skip
    found = contrast_of(means, weights, groups)
    # E4 lacks neither a nor none: they are in other experiments by design.
    assert found.left_out == {"E3": ("none",)}


def test_an_experiment_lacks_arms_that_those_beside_it_have() -> None:
    """E3 has another arm of the experiments of a; E6 and E7 were made for something else."""
    cultured = pd.DataFrame(
        {
            "a": [1, 1, 0, 0, 0, 0, 0],
            "with a": [1, 1, 1, 0, 0, 0, 0],
            "b": [0, 0, 0, 1, 1, 0, 0],
            "with both": [1, 0, 0, 1, 0, 1, 0],
            "other": [0, 0, 0, 0, 0, 0, 1],
        },
        index=["E1", "E2", "E3", "E4", "E5", "E6", "E7"],
    ).astype(bool)
    assert [group.experiments for group in arm_groups(cultured, ["a", "b"])] == [
        ("E1", "E2", "E3"),
        ("E4", "E5"),
    ]
    means = cultured.astype(float).where(cultured)
    weights = {"a": 1.0, "b": -1.0}
    assert contrast_of(means, weights, arm_groups(cultured, weights)).left_out == {"E3": ("a",)}


@pytest.mark.parametrize(("number", "enough"), [(3, False), (MIN_EXPERIMENTS_BETWEEN, True)])
def test_each_group_needs_four_experiments(number: int, enough: bool) -> None:
    means = _apart(a=[1.0, 2.0, 4.0, 4.0, 5.0], b=[0.0, 1.0, 0.5, 0.7][:number])
    weights = {"a": 1.0, "b": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    assert found.has_enough == enough


def test_a_group_of_one_experiment_has_an_estimate_without_error() -> None:
    means = _apart(a=[1.0, 3.0], b=[0.5])
    weights = {"a": 1.0, "b": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    assert found.estimate == pytest.approx(1.5)
    assert np.isnan([found.se, found.df, found.p, *found.ci95]).all()


def test_nothing_varies_in_equal_values() -> None:
    means = _apart(a=[1.1] * 4, b=[0.3] * 4)
    weights = {"a": 1.0, "b": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    assert not found.varies
    assert np.isnan(found.p)


def test_one_group_is_compared_inside_experiments() -> None:
    means = _means(a={"E1": 1.0, "E2": 2.0, "E3": 4.0}, b={"E1": 0.0, "E2": 0.5, "E3": 3.5})
    weights = {"a": 1.0, "b": -1.0}
    found = contrast_of(means, weights, arm_groups(means.notna(), weights))
    inside = per_experiment_contrast(means, weights)
    assert (found.estimate, found.se, found.df) == (inside.estimate, inside.se, inside.df)
    assert found.compared == ""


def test_the_block_analysis_cannot_estimate_arms_without_a_common_experiment() -> None:
    means = _apart(a=[1.0, 2.0, 4.0, 4.0], b=[0.0, 1.0, 0.5, 0.7])
    assert PooledError.fit(means).contrast({"a": 1.0, "b": -1.0}) is None
