"""Experiments with the readings of another experiment, and sound repeats."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.comparison.independence.copied_readings import CopiedReadings, copied_readings
from coculture.comparison.independence.copied_values import copied_values

Floats = NDArray[np.float64]
ARMS, WELLS = 8, 24


def _table(experiment: str, values: Floats, order: NDArray[np.int_] | None = None) -> pd.DataFrame:
    """Readings of 8 arms in triplicate on a plate of their own."""
    place = np.arange(WELLS) if order is None else order
    return pd.DataFrame(
        {
            "experiment": experiment,
            "culture": [f"{experiment}-{one}" for one in range(WELLS)],
            "arm": [f"arm {one % ARMS}" for one in place],
            "replicate": place // ARMS + 1,
            "plate": f"P{experiment}",
            "well": [f"{'ABCDEFGH'[one % 8]}{one // 8 + 1}" for one in range(WELLS)],
            "analyte": "IL-6",
            "dilution": 1.0,
            "value": values,
        }
    )


def _experiment(rng: np.random.Generator, arm_sd: float = 0.05, well_sd: float = 0.05) -> Floats:
    levels = np.linspace(np.log(0.2), np.log(2.4), ARMS) + rng.normal(0, arm_sd, ARMS)
    return np.exp(levels[np.arange(WELLS) % ARMS] + rng.normal(0, well_sd, WELLS))


def _found(values: Floats, changed: Floats, decimals: int = 4) -> list[CopiedReadings]:
    rounded = [np.round(each, decimals) for each in (values, changed)]
    return copied_readings(pd.concat([_table("E1", rounded[0]), _table("E2", rounded[1])]))


@pytest.mark.parametrize(
    "change",
    [
        lambda values, rng: values + rng.choice([-1e-4, 0, 1e-4], WELLS),
        lambda values, rng: values * np.exp(rng.normal(0, 1e-4, WELLS)),
        lambda values, rng: values * np.exp(rng.normal(0, 2e-3, WELLS)),
        lambda values, rng: 1.2 * values * np.exp(rng.normal(0, 1e-3, WELLS)),
    ],
    ids=["last digit", "noise of 1e-4", "noise of 2e-3", "scaled"],
)
def test_copies_are_certain(change: Callable[[Floats, np.random.Generator], Floats]) -> None:
    rng = np.random.default_rng(1)
    values = _experiment(rng)
    (found,) = _found(values, change(values, rng))
    assert found.is_certain
    assert (found.experiment, found.other, found.readings) == ("E1", "E2", WELLS)
    assert found.sentence.startswith("E1 and E2 (plates PE1 and PE2) have nearly the same IL-6")


def test_copies_in_another_order_are_certain() -> None:
    rng = np.random.default_rng(2)
    values = np.round(_experiment(rng), 4)
    order = rng.permutation(WELLS)
    copied = np.round(values[order] + rng.choice([-1e-4, 0, 1e-4], WELLS), 4)
    with_its_arms = pd.concat([_table("E1", values), _table("E2", copied, order)])
    (found,) = copied_readings(with_its_arms)
    assert (found.pairing, found.is_certain) == ("culture", True)
    other_arms = pd.concat([_table("E1", values), _table("E2", copied)])
    (found,) = copied_readings(other_arms)
    assert (found.pairing, found.is_certain) == ("nearest", True)


def test_a_copy_in_another_order_and_multiplied_is_certain() -> None:
    rng = np.random.default_rng(8)
    values = np.round(_experiment(rng), 4)
    copied = np.round(1.3 * values[rng.permutation(WELLS)], 4)
    (found,) = copied_readings(pd.concat([_table("E1", values), _table("E2", copied)]))
    assert (found.pairing, found.is_certain) == ("nearest", True)


@pytest.mark.parametrize(
    ("arm_sd", "well_sd", "decimals"),
    [(0.05, 0.05, 4), (0.05, 0.02, 3), (0.0, 0.05, 4), (0.0, 0.03, 3), (0.05, 0.05, 2)],
    ids=["repeats", "rounded", "same arm means", "same arm means, rounded", "two decimals"],
)
def test_sound_repeats_pass(arm_sd: float, well_sd: float, decimals: int) -> None:
    for seed in range(200):
        rng = np.random.default_rng([3, seed])
        one, other = (_experiment(rng, arm_sd, well_sd) for _ in range(2))
        assert not [each for each in _found(one, other, decimals) if each.is_certain]


def test_repeats_by_place_of_equal_arms_are_not_refused() -> None:
    """Wells that repeat to 1 %, most of it by their place on the plate, in arms of equal means."""
    refused, cautioned = 0, 0
    for seed in range(40):
        rng = np.random.default_rng([4, seed])
        of_place = rng.normal(0, np.sqrt(0.8) * 0.01, WELLS)
        both = [_experiment(rng, 0.0, np.sqrt(0.2) * 0.01) * np.exp(of_place) for _ in range(2)]
        found = _found(both[0], both[1])
        refused += any(one.is_certain for one in found)
        cautioned += bool(found)
    assert refused == 0
    assert cautioned > 4


def test_a_copy_with_one_changed_well_is_certain() -> None:
    rng = np.random.default_rng(7)
    values = _experiment(rng)
    changed = values + rng.choice([-1e-4, 0, 1e-4], WELLS)
    changed[5] *= 1.5
    assert _found(values, changed)[0].is_certain


def test_fewer_readings_than_24_say_nothing() -> None:
    values = np.round(_experiment(np.random.default_rng(4)), 4)
    both = pd.concat([_table("E1", values)[1:], _table("E2", values)[1:]])
    assert not copied_readings(both)


def test_readings_at_the_limit_of_the_reader_are_not_compared() -> None:
    """Two experiments in which nearly every well is saturated at 4.0."""
    rng = np.random.default_rng(5)
    one, other = (_experiment(rng) for _ in range(2))
    one[:20], other[:20] = 4.0, 4.0
    assert not _found(one, other)


def _values(one: Floats, other: Floats) -> pd.DataFrame:
    tables = [_table("E1", one), _table("E2", other)]
    return pd.concat(tables).rename(columns={"analyte": "what"})


def test_finished_values_get_a_caution_at_most() -> None:
    rng = np.random.default_rng(6)
    values = np.round(100 * _experiment(rng), 1)
    (equal,) = copied_values(_values(values, values))
    assert (equal.severity, equal.code) == ("caution", "values_alike")
    assert "E1 and E2 have nearly the same IL-6" in equal.sentence
    (changed,) = copied_values(_values(values, values + rng.choice([-0.1, 0.1], WELLS)))
    assert "scatter by only" in changed.sentence
    for _ in range(200):
        one, other = (np.round(100 * _experiment(rng, well_sd=0.02), 1) for _ in range(2))
        assert not list(copied_values(_values(one, other)))
