"""Beads or a control whose signal differs between experiments: the cytometer has drifted.

Without such controls it is an untreated sample, and its stain or cells may be the cause, too.

A note: each experiment has thresholds of its own. It compares experiments, so the step flow_drift
makes it, and not the gating of an experiment.
"""

from collections.abc import Iterator

import pandas as pd

from coculture.exchange.flags import Concerns, Flag

CODE = "drift"
TABLE = "flow/drift.csv"
SAMPLE = "sample"
_OF_SAMPLE = (
    " This is an untreated sample, compared because no two experiments have beads or an unstained "
    "control of the same cells: the cytometer, the stain, the cells or their share may differ. "
    "Beads recorded with each experiment would show which."
)


def flags(drift: pd.DataFrame, limit: float) -> Iterator[Flag]:
    """A note for each row of flow/drift.csv beyond limits.drift_decades, in its order.

    Parameters
    ----------
    drift
        Has the columns experiment, fcs, role, channel and decades.
    limit
        Largest distance from the other experiments, in decades.
    """
    for row in drift.to_dict("records"):
        decades = float(row["decades"])
        if abs(decades) > limit:
            yield Flag(
                Concerns(
                    TABLE,
                    "tube",
                    experiment=str(row["experiment"]),
                    fcs=str(row["fcs"]),
                    channel=str(row["channel"]),
                ),
                CODE,
                "note",
                f"The median in {row['channel']} is {abs(decades):.2f} decades "
                f"{'higher' if decades > 0 else 'lower'} than the median over all experiments "
                f"(limit {limit:g}).{_OF_SAMPLE if row['role'] == SAMPLE else ''}",
                decades,
                limit,
                "decades",
            )
