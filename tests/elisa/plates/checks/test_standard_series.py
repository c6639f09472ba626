"""Standards that are not the series that is written, by the study's other plates."""

from collections.abc import Callable

import numpy as np
import pytest

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa import fit_standard_curve
from coculture.elisa.plates.checks import standard_series
from coculture.exchange.flags import Flag

LEVELS = np.repeat([600, 300, 150, 75, 37.5, 18.75, 9.375, 0.0], 2)
Truth = Callable[[np.ndarray], np.ndarray]


def as_written(written: np.ndarray) -> np.ndarray:
    return written


def in_steps_of_three(written: np.ndarray) -> np.ndarray:
    return np.where(written > 0, 600 * (np.maximum(written, 1) / 600) ** np.log2(3), 0)


def ten_times(written: np.ndarray) -> np.ndarray:
    return 10 * written


def curve(truth: Truth, seed: int) -> FittedCurve:
    rng = np.random.default_rng(seed)
    shift = np.exp(rng.normal(0, 0.1))
    mean = 2.9 + (0.05 - 2.9) / (1 + (truth(LEVELS) / (300 * shift)) ** 1.1)
    response = mean + rng.normal(size=16) * np.hypot(0.008, 0.05 * mean)
    return fit_standard_curve(LEVELS, response, weighting="variance_function")


def flags(*truths: Truth) -> list[Flag]:
    curves = {(f"P{i}", "IL-6"): curve(truth, i) for i, truth in enumerate(truths)}
    return list(standard_series.flags(standard_series.series_of(curves)))


@pytest.mark.parametrize("plates", [1, 2, 3, 4])
def test_nothing_is_said_of_plates_that_agree(plates: int) -> None:
    assert flags(*[as_written] * plates) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (in_steps_of_three, "written in steps of 1:2, but read like steps of 1:3"),
        (ten_times, "read like 10 times more than is written"),
    ],
)
def test_the_plate_whose_series_differs_is_named(fault: Truth, words: str) -> None:
    (flag,) = flags(as_written, fault, as_written, as_written)
    assert (flag.code, flag.severity) == ("standard_series", "caution")
    assert (flag.concerns.kind, flag.concerns.plate) == ("curve", "P1")
    assert words in flag.sentence
    assert "by the curves of the other plates" in flag.sentence


def test_of_two_plates_neither_is_blamed() -> None:
    (flag,) = flags(as_written, in_steps_of_three)
    assert "Which of P0 and P1 is wrong, the curves cannot say" in flag.sentence


def test_curves_of_other_analytes_are_not_compared() -> None:
    curves = {
        ("P0", "IL-6"): curve(as_written, 0),
        ("P1", "TNF"): curve(in_steps_of_three, 1),
        ("P2", "TNF"): curve(in_steps_of_three, 2),
    }
    assert list(standard_series.flags(standard_series.series_of(curves))) == []
