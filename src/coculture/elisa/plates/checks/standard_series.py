"""Whether the standards of a plate are the series that is written, by the study's other plates.

Each plate's standards are read from the curves of the other plates. If a series was pipetted with
another step than is written, what is read rises faster or more slowly than what is written; if the
stock was another, or the unit is wrong, all is shifted by a factor. With two plates the curves say
only that they differ. Limits: ../shared/measured/elisa_wells.md, section 4 (false in 0.1 to 1.3 %
of studies). A series that is wrong on all plates, or by less than these factors, cannot be seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks import subjects
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed, number

CODE = "standard_series"

STEP = 1.35
"""Factor between the slopes of ln(read) on ln(written)."""
SHIFT = 2.5
"""Factor between what is read and what is written: mid-points vary by up to 20 % between plates."""
_FEWEST_LEVELS = 3
_USUAL_STEPS = (2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
_USUAL_SHIFTS = (2.0, 5.0, 10.0, 100.0, 1000.0)
_NEAR = float(np.log(1.25))
"""A factor this near to a usual one is named as that."""


@dataclass(frozen=True)
class Series:
    """The standards of one plate and analyte: levels above zero, and the curve through them."""

    plate: str
    analyte: str
    written: pd.Series
    """pg/mL, ascending."""
    response: pd.Series
    """Mean response of each level."""
    curve: FittedCurve


@dataclass(frozen=True)
class Comparison:
    """A plate's standards, read from the other plates' curves.

    Attributes
    ----------
    step
        Slope of ln(read) on ln(written), the median over the other plates.
    shift
        Mean of ln(read) minus ln(written), likewise.
    """

    series: Series
    step: float
    shift: float


def flags(series: Sequence[Series]) -> Iterator[Flag]:
    """A caution for each plate whose series contradicts those of the others of its analyte."""
    analytes: dict[str, list[Series]] = {}
    for one in series:
        analytes.setdefault(one.analyte, []).append(one)
    for of_analyte in analytes.values():
        found = [_compared(one, of_analyte) for one in of_analyte]
        compared = [one for one in found if one is not None]
        if len(compared) == 2:
            yield from _two(*compared)
            continue
        for of_plate in compared:
            yield from _of_plate(of_plate)


def _of_plate(one: Comparison) -> Iterator[Flag]:
    others = "the curves of the other plates"
    if abs(np.log(one.step)) > np.log(STEP):
        yield _flag(one.series, f"{_step(one)} by {others}. {_DO}", one.step, STEP)
    elif abs(one.shift) > np.log(SHIFT):
        yield _flag(one.series, f"{_shift(one)} by {others}. {_DO}", np.exp(one.shift), SHIFT)


def _two(first: Comparison, second: Comparison) -> Iterator[Flag]:
    """With two plates: that they differ, said of both in one flag of the first."""
    names = listed((first.series.plate, second.series.plate))
    unknown = (
        f"Which of {names} is wrong, the curves cannot say; a control with a target can. {_DO}"
    )
    if abs(np.log(first.step)) > np.log(STEP):
        text = f"{_step(first)} by the curve of {second.series.plate}. {unknown}"
        yield _flag(first.series, text, first.step, STEP)
    elif abs(first.shift) > np.log(SHIFT):
        text = f"{_shift(first)} by the curve of {second.series.plate}. {unknown}"
        yield _flag(first.series, text, np.exp(first.shift), SHIFT)


_DO = "Compare elisa.csv with the notes of the pipetting: its step, its stock and its unit."


def _step(one: Comparison) -> str:
    written = one.series.written.to_numpy(float)
    step = float(np.exp(np.median(np.diff(np.log(written)))))
    read = _usual(step**one.step, _USUAL_STEPS)
    return (
        f"Its standards are written in steps of 1:{step:.3g}, but read like steps of 1:{read:.3g}"
    )


def _shift(one: Comparison) -> str:
    factor = _usual(float(np.exp(abs(one.shift))), _USUAL_SHIFTS)
    side = "more" if one.shift > 0 else "less"
    return f"Its standards read like {number(factor)} times {side} than is written"


def _usual(factor: float, usual: Sequence[float]) -> float:
    """The usual factor that is near, else the factor itself."""
    nearest = min(usual, key=lambda one: abs(np.log(one / factor)))
    return nearest if abs(np.log(nearest / factor)) < _NEAR else factor


def _flag(series: Series, sentence: str, value: float, limit: float) -> Flag:
    concerns = subjects.curve(series.plate, series.analyte)
    return Flag(concerns, CODE, "caution", sentence, float(value), limit, "fold")


def _compared(one: Series, of_analyte: Sequence[Series]) -> Comparison | None:
    read = [_read(one, other) for other in of_analyte if other is not one]
    known = [pair for pair in read if pair is not None]
    if not known:
        return None
    steps, shifts = zip(*known, strict=True)
    return Comparison(one, float(np.median(steps)), float(np.median(shifts)))


def _read(one: Series, other: Series) -> tuple[float, float] | None:
    """Slope and mean shift of one plate's standards, read from another's curve."""
    read = other.curve.concentration(one.response.to_numpy(float))["concentration"].to_numpy(float)
    low, high = float(other.written.min()), float(other.written.max())
    inside = np.isfinite(read) & (read >= low / 2) & (read <= high * 2)
    if np.count_nonzero(inside) < _FEWEST_LEVELS:
        return None
    written, found = np.log(one.written.to_numpy(float)[inside]), np.log(read[inside])
    from_mean = written - written.mean()
    slope = float((from_mean * found).sum() / (from_mean**2).sum())
    return (slope, float(np.mean(found - written))) if slope > 0 else None


def series_of(curves: Mapping[tuple[str, str], FittedCurve]) -> list[Series]:
    """The standards of each (plate, analyte) -> curve with at least three levels above zero."""
    found = []
    for (plate, analyte), curve in curves.items():
        wells = pd.DataFrame({"written": curve.concentrations, "response": curve.responses})
        levels = wells[wells["written"] > 0].groupby("written")["response"].mean()
        if len(levels) >= _FEWEST_LEVELS:
            written = pd.Series(levels.index.to_numpy(float))
            found.append(Series(plate, analyte, written, levels.reset_index(drop=True), curve))
    return found
