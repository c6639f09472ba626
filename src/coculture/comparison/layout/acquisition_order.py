"""An arm whose files were acquired before those of the arm that it is compared with, every time.

Cells go on dying in the tube. Whether they did is seen in the wells of one arm in one experiment,
which were acquired one after the other: their drift with time, times the time between both arms.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.findings.kind import Pair
from coculture.comparison.layout.layout import Layout
from coculture.comparison.settings import Finding
from coculture.distributions import t_below
from coculture.exchange.flags import Concerns

CODE = "arms_acquired_in_the_same_order"
FEWEST_EXPERIMENTS = 2
"""In one experiment alone some arm is always first."""
LARGEST_P = 0.001
LIMIT = 0.2
"""Smallest change between the arms that matters, in logits: 20 % apoptotic instead of 17 %."""
SECONDS_AN_HOUR = 3600


def layouts(
    pairs: Iterable[tuple[Finding, Pair]], readings: pd.DataFrame, design: Design
) -> Iterator[Layout]:
    """One for each pair of arms of a finding that was acquired in one order every time."""
    timed = readings.dropna(subset="acquired")
    if timed.empty:
        return
    start = timed.groupby("experiment")["acquired"].transform("min")
    hours = (timed["acquired"] - start).dt.total_seconds() / SECONDS_AN_HOUR
    timed = timed.assign(hours=hours)
    for finding, pair in pairs:
        of_endpoint = timed[timed["endpoint"] == finding.endpoint]
        arms = design.label(pair.arm), design.label(pair.compared_with)
        for first, last in (arms, arms[::-1]):
            apart = _always_first(of_endpoint, first, last)
            if apart is not None:
                yield _layout(finding, first, last, apart, drift(of_endpoint), design)


def drift(readings: pd.DataFrame) -> tuple[float, float]:
    """The change of the value in an hour inside arms and experiments, and its two-sided p."""
    known = readings.dropna(subset="value").astype({"hours": float, "value": float})
    groups = known.groupby("material")
    time, value = (
        (known[name] - groups[name].transform("mean")).to_numpy(float)
        for name in ("hours", "value")
    )
    freedom = len(known) - groups.ngroups - 1
    spread = float((time**2).sum())
    if freedom < 1 or spread <= 0:
        return np.nan, np.nan
    slope = float((time * value).sum()) / spread
    rest = value - slope * time
    error = float(np.sqrt((rest**2).sum() / freedom / spread))
    if error == 0:
        return np.nan, np.nan
    return slope, 2 * t_below(-abs(slope) / error, freedom)


def _always_first(readings: pd.DataFrame, first: str, last: str) -> float | None:
    """Mean hours between the arms, if all files of `first` came earlier in every experiment."""
    of_arms = readings.groupby("arm")
    if not {first, last} <= set(of_arms.groups):
        return None
    earlier, later = (
        of_arms.get_group(arm).groupby("experiment")["hours"] for arm in (first, last)
    )
    gaps = (later.min() - earlier.max()).dropna()
    if len(gaps) < FEWEST_EXPERIMENTS or (gaps <= 0).any():
        return None
    return float((later.mean() - earlier.mean()).mean())


def _layout(
    finding: Finding,
    first: str,
    last: str,
    apart: float,
    found: tuple[float, float],
    design: Design,
) -> Layout:
    slope, p = found
    shift = slope * apart
    is_seen = p < LARGEST_P and abs(shift) > LIMIT
    where = design.with_display_labels(
        f"Finding {finding.id}: in every experiment {first} was acquired before {last}"
    )
    if is_seen:
        moved = "rose" if shift > 0 else "fell"
        why = (
            f", and {finding.endpoint} {moved} during the acquisition: by "
            f"{abs(shift):.2f} logits between these arms, inside the wells of the same arms"
        )
    elif np.isnan(p):
        why = "; no arm has wells at two times, so whether cells changed meanwhile is not known"
    else:
        why = "; the wells of the same arms show no change that matters meanwhile"
    return Layout(
        Concerns("comparison/findings.csv", "finding", finding=finding.id, arm=first),
        CODE,
        where,
        why,
        is_seen,
        shift,
        LIMIT,
        "logit",
    )
