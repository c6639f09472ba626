"""The scatter between experiments, of a pilot whose numbers are known."""

from types import SimpleNamespace
from typing import Any

import pytest

from coculture.comparison.planning.experiments_needed import _spread


def _pilot(units: int, varies: bool = True) -> Any:
    replication = [SimpleNamespace(units=units)]
    return SimpleNamespace(parts=(), se=0.5, varies=varies, replication=replication)


def test_the_variance_is_that_of_one_experiment() -> None:
    """An SE of 0.5 of four experiments is an SD of 1."""
    spread = _spread(_pilot(4))
    assert spread is not None
    assert spread.variances == pytest.approx((1.0,))
    assert spread.numbers == (4,)


def test_one_experiment_and_equal_ones_say_nothing() -> None:
    assert _spread(_pilot(1)) is None
    assert _spread(_pilot(4, varies=False)) is None
