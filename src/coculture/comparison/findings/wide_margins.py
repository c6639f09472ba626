"""Margins in the unit of an endpoint without limits that are larger than anything measured.

Where an endpoint has limits, `make check` refuses a margin beyond them. Elsewhere only the values
of the study say that a change by the margin could hardly have occurred.
"""

from collections.abc import Iterable, Iterator

import pandas as pd

from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.number_formats import significant
from coculture.exchange.flags import Concerns, Flag

CODE = "margin_beyond_values"


def wide_margins(results: Iterable[FindingResult], arms: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each finding whose margin is beyond all values of its endpoint.

    A rise by more than the highest mean of any arm, a fall by more than the level it starts from.
    Endpoints with negative values have no level, and are left alone.

    Parameters
    ----------
    arms
        comparison/arms.csv.
    """
    for result in results:
        endpoint = result.endpoint
        if endpoint.is_ratio or endpoint.bounds is not None:
            continue
        means = arms[arms["endpoint"] == endpoint.name].groupby("arm")["mean"].mean().dropna()
        if means.empty or means.min() < 0:
            continue
        for test in result.tests:
            margin = test.claim.margin
            level = float(means.get(test.claim.compared_with, float("nan")))
            room = float(means.max()) if margin > 0 else level
            if margin and abs(margin) >= room:
                yield _flag(result, abs(margin), room, is_rise=margin > 0)
                break


def _flag(result: FindingResult, margin: float, room: float, *, is_rise: bool) -> Flag:
    unit = result.endpoint.unit
    what = (
        f"the highest mean of any arm is {significant(room)}"
        if is_rise
        else f"the level that it would fall from is {significant(room)}"
    )
    return Flag(
        Concerns("comparison/findings.csv", "finding", finding=result.finding.id),
        CODE,
        "caution",
        f"Finding {result.finding.id} is tested against a margin of {margin:g} {unit}".rstrip()
        + f", but {what}: a change as large could hardly occur, so the finding could hardly fail. "
        "State the smallest change that matters.",
        margin,
        room,
        unit,
    )
