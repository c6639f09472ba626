"""Figures of the gating of one experiment: one module for each.

A figure is a module with `draw(results)`. To add one, write such a module, and name it in NAMES
(the report shows figures in this order) and in `drawings`; declare its columns in columns.csv.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coculture.drawing import Drawing
    from coculture.flow.figures.experiment_results import ExperimentResults

NAMES = (
    "gating_strategy",
    "contact_sheet",
    "control_histograms",
    "threshold_sensitivity",
    "spillover",
)
"""Names of the figures' files."""


def drawings(results: "ExperimentResults") -> Iterator[tuple[str, "Drawing"]]:
    """Each figure of an experiment with its name, in the order of NAMES."""
    # Imported here, so that the workflow can read NAMES without Matplotlib.
    from coculture.flow.figures import (
        contact_sheet,
        control_histograms,
        gating_strategy,
        spillover,
        threshold_sensitivity,
    )

    figures = (
        gating_strategy,
        contact_sheet,
        control_histograms,
        threshold_sensitivity,
        spillover,
    )
    for name, figure in zip(NAMES, figures, strict=True):
        yield name, figure.draw(results)
