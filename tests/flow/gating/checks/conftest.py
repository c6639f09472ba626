"""An experiment of made-up wells."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from coculture.flow import FlowSettings
from coculture.flow.gating import gates
from coculture.flow.gating.cell_density import amounts
from coculture.flow.gating.measurement import Counts, Experiment, Measurement
from coculture.flow.tubes import Tube
from tests.flow.gating.checks.made_up_wells import MadeUp, Well


@pytest.fixture
def made_up(open_tube: Callable[..., Tube], flow_settings: Callable[..., FlowSettings]) -> MadeUp:
    """The experiment E1 of some wells, named 1.fcs, 2.fcs ... in their order.

    `markers` says whether the population `cells` has a marker.
    """

    def of(wells: Sequence[Well], markers: bool = True, **section: object) -> Experiment:
        marked = [{"channel": "FL3-A", "positive": True}] if markers else []
        settings = flow_settings(
            channels={"annexin": "FL1-A", "viability_dye": "FL2-A"},
            populations=[{"name": "cells", "markers": marked}],
            **section,
        )
        opened: dict[float | None, Tube] = {}
        measured = {}
        for row, well in enumerate(wells, start=1):
            channels = {"FSC-A": [1.0], "FL1-A": [1.0], "FL2-A": [1.0], "FL3-A": [1.0]}
            if well.empty is not None:
                channels["FL9-A"] = [well.empty]
            if well.empty not in opened:
                opened[well.empty] = open_tube(channels, fcs=f"empty-{well.empty}.fcs")
            tube = opened[well.empty]
            tube = replace(
                tube,
                row=row,
                fcs=well.name or f"{row}.fcs",
                experiment="E1",
                culture=f"c{row}",
                role=well.role,
                arm=well.arm,
                untreated=well.untreated,
                setting=well.setting,
                cells=well.cells,
                header=replace(tube.header, keywords={**tube.header.keywords, **well.keywords}),
            )
            quadrants = {"viable": 500, "early": 500, "late": 0, "necrotic": 0}
            after = dict.fromkeys(("scatter", "time", "cells", "singlets"), 2000)
            counts = Counts(
                2000,
                0,
                {**after, "population": well.count},
                quadrants if well.has_quadrants else {},
                0.0,
            )
            peaks = {stain: well.peak() for stain in well.stains}
            (population,) = settings.populations
            one = Measurement(tube, population, counts, 0.0, 0.0, 0.0, seconds=60.0, peaks=peaks)
            measured[row] = [one]
        blocks = {
            gates.ANNEXIN: {"channels": ["FL1-A"], "threshold": 100.0, "source": "live_peak"},
            gates.VIABILITY_DYE: {"channels": ["FL2-A"], "threshold": 100.0, "source": "live_peak"},
        }
        samples = [one.tube for (one,) in measured.values() if one.tube.role == "sample"]
        counted_per = amounts(samples, {}, {tube.row: 60.0 for tube in samples})
        return Experiment(
            "E1", settings, {"cells": blocks}, None, None, measured, amounts=counted_per
        )

    return of
