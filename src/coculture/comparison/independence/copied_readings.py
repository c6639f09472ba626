"""Experiments whose numbers are those of another experiment: plate readings or finished values.

Independent cultures differ between experiments, in each arm and in each well. Readings that were
copied, scaled or changed in a late digit do not. Wells are paired in three ways: at the same place
of the plate, of the same arm and replicate, and, in whatever order, with the nearest reading of the
other experiment. Only wells of cultures are compared: standards, controls and blanks repeat too
well. The limits, the error rates and what cannot be found are measured in
`benchmarks/copied_data.py`.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.flags import Concerns, Flag

CODE = "readings_alike"
Pairing = Literal["place", "culture", "nearest"]
"""At the same place of the plate; the same arm and replicate; in whatever order."""

READING_COLUMNS = (
    "experiment", "culture", "arm", "replicate", "plate", "well", "analyte", "dilution", "value",
)  # fmt: skip
"""Of a table of readings: a row for each well of a culture."""
LOWEST_OD = 0.15
"""Nearer to the blank, readings repeat too well."""
FEWEST_READINGS = 24
SCATTER = 0.005
"""Scatter of the log ratios below which experiments are too much alike. True repeats whose arms
differ are below it in 1 of 40,000 pairs. Those with exactly equal means and wells that repeat to
1 % can be below it in a quarter, so that it alone is only a caution."""
SURE_SCATTER = 0.0015
"""Scatter of certain copies: true repeats reach it only where wells repeat to better than 1 % and
arms have equal means."""
CORRELATED, CORRELATED_SCATTER, SAME_LEVEL, FEWEST_DF = 0.95, 0.015, 0.01, 12
"""Copies with more noise: the residuals from the means of the arms agree as those of repeats do not
(`certain_correlation`). Within `SCATTER` their ratio may be any, above it must be near 1."""
BY_PLACE, STANDARD_ERRORS = 0.8, 3.7
"""Largest true correlation of repeats, whose wells scatter by their place on the plate, and how far
beyond it the residuals of copies are: repeats are so in 1 of 10,000 pairs."""
ALIKE, ALIKE_SCATTER = 0.90, 0.02
"""For a caution: with 24 readings 2.5 of 1,000 pairs of true repeats fit, with 48 8 of 100,000."""
NEAREST = 0.1
"""Largest median distance to the nearest reading of the other experiment, over that inside it."""
NEAREST_MULTIPLIED = 0.05
"""The same for certain copies, where one experiment may be a multiple of the other: repeats whose
arms have equal means and whose wells repeat to 1 %, most of it by their place, are nearer by
chance."""
STEPS_APART = 4.0
"""Readings in whatever order are compared if they are usually this many last digits apart."""
COARSEST_STEP = 0.01
"""Readings are not compared if their last digit is more than this of their median: rounding alone
makes them equal."""

Floats = NDArray[np.float64]
_Wells = Mapping[Hashable, tuple[float, Hashable]]
"""Key of a well -> its log reading, and its arm with the dilution."""


@dataclass(frozen=True)
class CopiedReadings:
    """Two experiments with the same numbers.

    Attributes
    ----------
    experiment, other
        In alphabetical order.
    what
        The analyte, or the finished number.
    plates
        Those of the first, then of the other; empty for finished numbers.
    readings
        The number of pairs.
    scatter
        1.4826 times the median distance of the log ratios from their median; of `nearest` the
        median distance to the nearest reading, over that inside the experiment.
    correlation
        Of the log residuals from the means of the arms; NaN for `nearest`.
    is_certain
        Whether true repeats are practically never like this; else it is only suspicious.
    """

    experiment: str
    other: str
    what: str
    plates: tuple[str, ...]
    pairing: Pairing
    readings: int
    scatter: float
    correlation: float
    is_certain: bool

    @property
    def where(self) -> str:
        """The experiments, with their plates."""
        named = f"{self.experiment} and {self.other}"
        on = " and ".join(dict.fromkeys(self.plates))
        return f"{named} (plate{'s' if len(set(self.plates)) > 1 else ''} {on})" if on else named

    @property
    def flag(self) -> Flag:
        """A caution about the study."""
        return Flag(
            Concerns("comparison/findings.csv", "study", analyte=self.what),
            CODE,
            "caution",
            self.sentence,
            100 * self.scatter,
            100 * (NEAREST if self.pairing == "nearest" else ALIKE_SCATTER),
            "%",
        )

    @property
    def sentence(self) -> str:
        """What was found, with its size."""
        if self.pairing == "nearest":
            found = (
                f"each of the {self.readings} readings has nearly the same one in the other "
                f"experiment: the nearest differs by {100 * self.scatter:.2g} % of the usual "
                "distance"
            )
        else:
            how = (
                "at the same place" if self.pairing == "place" else "of the same arm and replicate"
            )
            found = (
                f"{self.readings} wells {how} scatter by only {100 * self.scatter:.2g} % around "
                "one ratio"
            )
            if self.scatter > SURE_SCATTER and np.isfinite(self.correlation):
                found += f", and their residuals correlate with r = {self.correlation:.2f}"
        return f"{self.where} have nearly the same {self.what} readings: {found}."


def readings_of_cultures(wells: pd.DataFrame, cultures: pd.DataFrame) -> pd.DataFrame:
    """The readings of the wells of cultures, with `READING_COLUMNS`.

    Parameters
    ----------
    wells
        elisa/wells.csv, or the wells of plates as they were read: od is the reading at the main
        wavelength, and NaN where the file gives concentrations only.
    cultures
        culture, experiment, arm and replicate.
    """
    columns = ["plate", "well", "analyte", "culture", "dilution", "od", "role", "excluded"]
    read = wells.reindex(columns=columns)
    used = read[(read["role"] == "sample") & (read["excluded"].isna() | (read["excluded"] == ""))]
    used = used.assign(value=used["od"].astype(float))
    names = cultures[["culture", "experiment", "arm", "replicate"]]
    return used.merge(names, on="culture")[list(READING_COLUMNS)]


def copied_readings(readings: pd.DataFrame) -> list[CopiedReadings]:
    """Every pair of experiments with the same or suspiciously similar readings, once.

    `readings` has `READING_COLUMNS`; `value` is the OD, or another signal. Excluded wells and those
    outside the reader's range are not in it.
    """
    found: list[CopiedReadings] = []
    for analyte, rows in readings.groupby("analyte", sort=True):
        used = rows[rows["value"] > LOWEST_OD]
        used = used[~_is_at_the_top(used)]
        if last_digit(used["value"]) > COARSEST_STEP * float(used["value"].median()):
            continue
        step = last_digit(used["value"]) / float(used["value"].quantile(0.25))
        experiments = [
            _Experiment.of(str(name), of, step)
            for name, of in used.groupby("experiment", sort=True)
        ]
        for one, other in combinations(experiments, 2):
            found += _compared(one, other, str(analyte))
    return found


@dataclass(frozen=True)
class _Experiment:
    """The log readings of one analyte in one experiment, by the keys of both pairings."""

    name: str
    plates: tuple[str, ...]
    by_place: _Wells
    """By number of the plate, and well."""
    by_culture: _Wells
    step: float
    """The last digit, as a part of a low reading."""

    @classmethod
    def of(cls, name: str, rows: pd.DataFrame, step: float) -> "_Experiment":
        plates = sorted(rows["plate"].unique())
        by_place: dict[Hashable, tuple[float, Hashable]] = {}
        by_culture: dict[Hashable, tuple[float, Hashable]] = {}
        columns = ["arm", "replicate", "dilution", "plate", "well", "value"]
        for arm, replicate, dilution, plate, well, value in rows.sort_values(
            ["plate", "well"], kind="stable"
        )[columns].itertuples(index=False):
            entry = (float(np.log(value)), (arm, dilution))
            by_place[plates.index(plate), well] = entry
            key, number = (arm, replicate, dilution), 0
            while (*key, number) in by_culture:
                number += 1
            by_culture[(*key, number)] = entry
        return cls(name, tuple(map(str, plates)), by_place, by_culture, step)

    @property
    def logs(self) -> Floats:
        """All log readings, sorted."""
        return np.sort([value for value, _ in self.by_place.values()])


def _compared(one: _Experiment, other: _Experiment, what: str) -> Iterator[CopiedReadings]:
    """The first pairing in which they are copies, else the first in which they are alike."""
    found = [*_paired(one, other, what)]
    nearest = _nearest(one, other, what)
    if nearest is not None:
        found.append(nearest)
    found.sort(key=lambda each: not each.is_certain)
    yield from found[:1]


def _paired(one: _Experiment, other: _Experiment, what: str) -> Iterator[CopiedReadings]:
    pairings: tuple[
        tuple[
            Pairing,
            _Wells,
            _Wells,
        ],
        ...,
    ] = (
        ("place", one.by_place, other.by_place),
        ("culture", one.by_culture, other.by_culture),
    )
    for pairing, first, second in pairings:
        keys = [key for key in first if key in second]
        if len(keys) < FEWEST_READINGS:
            continue
        logs = np.array([[first[key][0], second[key][0]] for key in keys])
        arms = [[first[key][1] for key in keys], [second[key][1] for key in keys]]
        scatter, level = scatter_of(logs[:, 1] - logs[:, 0])
        r, df = _residual_correlation(logs, arms)
        is_same = scatter <= SCATTER
        is_near = df >= FEWEST_DF and abs(level) <= SAME_LEVEL and scatter <= ALIKE_SCATTER
        is_correlated = df >= FEWEST_DF and r >= certain_correlation(df)
        is_copy = is_correlated and (is_same or (is_near and scatter <= CORRELATED_SCATTER))
        if is_same or (is_near and r >= ALIKE):
            plates = (*one.plates, *other.plates)
            yield CopiedReadings(
                *(one.name, other.name, what, plates, pairing, len(keys), scatter, r),
                is_certain=scatter <= SURE_SCATTER or is_copy,
            )


def scatter_of(differences: Floats) -> tuple[float, float]:
    """The scatter of log ratios, and their median."""
    level = float(np.median(differences))
    return 1.4826 * float(np.median(np.abs(differences - level))), level


def certain_correlation(df: int) -> float:
    """The correlation of residuals with `df` degrees of freedom that only copies have.

    >>> round(certain_correlation(16), 3), certain_correlation(40)
    (0.97, 0.95)
    """
    limit = np.tanh(np.arctanh(BY_PLACE) + STANDARD_ERRORS / np.sqrt(df - 2))
    return max(CORRELATED, float(limit))


def _residual_correlation(logs: Floats, arms: Sequence[Sequence[Hashable]]) -> tuple[float, int]:
    """Correlation of the residuals from the means of the arms, and their degrees of freedom.

    `logs` has shape (pairs, 2); `arms` the arms of both sides.
    """
    residuals, df = np.empty_like(logs), len(logs)
    for side in (0, 1):
        codes, names = pd.factorize(pd.Series(list(arms[side]), dtype=object))
        sums = np.bincount(codes, weights=logs[:, side])
        residuals[:, side] = logs[:, side] - (sums / np.bincount(codes))[codes]
        df = min(df, len(logs) - len(names))
    one, other = residuals.T
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return (float((one * other).sum()) / size if size > 0 else float("nan")), df


def _nearest(one: _Experiment, other: _Experiment, what: str) -> CopiedReadings | None:
    """The same readings in whatever order, at their level or all multiplied by one number."""
    first, second = one.logs, other.logs
    if min(len(first), len(second)) < FEWEST_READINGS:
        return None
    inside = min(_gap(first), _gap(second))
    if inside < STEPS_APART * one.step:
        return None
    as_read = float(np.median(_distances(first, second))) / inside
    across = _distances(first - np.median(first), second - np.median(second))
    multiplied = float(np.median(across)) / inside
    if min(as_read, multiplied) > NEAREST:
        return None
    plates = (*one.plates, *other.plates)
    ratio = min(as_read, multiplied)
    return CopiedReadings(
        *(one.name, other.name, what, plates, "nearest", len(first), ratio, float("nan")),
        is_certain=as_read <= NEAREST or multiplied <= NEAREST_MULTIPLIED,
    )


def _distances(values: Floats, others: Floats) -> Floats:
    """From each value to the nearest of the others; both sorted."""
    right = np.searchsorted(others, values)
    above = np.abs(others[np.minimum(right, len(others) - 1)] - values)
    below = np.abs(others[np.maximum(right - 1, 0)] - values)
    return np.asarray(np.minimum(above, below))


def _gap(values: Floats) -> float:
    """Median distance of a value to its nearest neighbour; sorted."""
    gaps = np.diff(values)
    return float(np.median(np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))))


def _is_at_the_top(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Readings that are the highest of their plate more than once: the reader's limit."""
    by_plate = rows.groupby("plate")["value"]
    is_highest = rows["value"] == by_plate.transform("max")
    return is_highest & (is_highest.groupby(rows["plate"]).transform("sum") > 1)


def last_digit(values: "pd.Series[float]") -> float:
    """The unit of the last decimal place that some value has; at least 1e-6."""
    numbers = values.to_numpy(float)
    for decimals in range(6):
        if np.allclose(numbers, np.round(numbers, decimals), rtol=0, atol=1e-9):
            return float(10.0**-decimals)
    return 1e-6
