"""Figures of the gating of one experiment: one module for each.

A figure is a module with `draw(results)`. To add one, write such a module, and name it in NAMES
(the report shows figures in this order) and in `drawings`; declare its columns in columns.csv.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coculture.flow.settings import FlowSettings

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


def names(settings: FlowSettings) -> list[str]:
    """The figures that have something to show in a study, in the order of NAMES."""
    has_stains = bool(settings.stain_gates)
    has_markers = any(one.markers for one in settings.populations)
    is_compensated = settings.compensation.source != "none"
    shown = {
        "contact_sheet": has_stains,
        "control_histograms": has_stains or has_markers,
        "threshold_sensitivity": has_stains,
        # The stain of a single channel is seen nowhere else.
        "spillover": is_compensated and len(settings.stained_channels) > 1,
    }
    return [name for name in NAMES if shown.get(name, True)]


def drawings(results: "ExperimentResults") -> Iterator[tuple[str, "Drawing"]]:
    """Each figure of an experiment with its name (`names`)."""
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
    drawn = dict(zip(NAMES, figures, strict=True))
    for name in names(results.settings):
        yield name, drawn[name].draw(results)
