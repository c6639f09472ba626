"""Finished numbers of two experiments that are the same."""

import pandas as pd
import pytest

from coculture.comparison.independence.copied_values import copied_values


def _values(second: float) -> pd.DataFrame:
    """Two experiments of four cultures with two numbers each; `second` is added to one of E2's."""
    rows = [
        (experiment, arm, replicate, what, base + 10 * place + replicate + 0.37 + more)
        for experiment, more in (("E1", 0.0), ("E2", second))
        for place, arm in enumerate(("untreated", "LEN"))
        for replicate in (1, 2)
        for what, base in (("viability", 40.0), ("IL-10", 300.0))
    ]
    return pd.DataFrame(rows, columns=["experiment", "arm", "replicate", "what", "value"])


@pytest.mark.parametrize(("second", "count"), [(0.0, 1), (0.01, 0)])
def test_an_experiment_that_was_entered_twice_is_a_caution(second: float, count: int) -> None:
    found = list(copied_values(_values(second)))
    assert len(found) == count
    assert all("E1 and E2 have the same 8 numbers" in flag.sentence for flag in found)


def test_a_few_equal_numbers_are_chance() -> None:
    assert list(copied_values(_values(0.0).query("what == 'viability'"))) == []
