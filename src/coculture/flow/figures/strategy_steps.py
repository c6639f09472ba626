"""The rows of the gating strategy: their gates, axes and tubes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.flow.figures.experiment_results import GatedPopulation, percents_by_file
from coculture.flow.files import MARKER_FMO
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.tubes import Tube

QUADRANTS_STEP = "Quadrants"
"""Title of the row of two stains; that of one stain is its name."""


@dataclass(frozen=True)
class Step:
    """One row of the gating strategy."""

    title: str
    stage: str | None
    """The events that are drawn: those left after this stage."""
    axes: tuple[str, ...]
    """Two channels; one, if a histogram is drawn."""
    names: tuple[str, ...]
    blocks: tuple[Mapping[str, Any], ...]
    control_roles: tuple[str, ...] = ("unstained",)
    is_of_stains: bool = False

    def of_tube(self, tube: Tube) -> "Step":
        """The row with the thresholds of one file."""
        blocks = gate_blocks.of_tube(dict(zip(self.names, self.blocks, strict=True)), tube)
        return replace(self, blocks=tuple(blocks.values()))


def steps_of(gated: GatedPopulation) -> list[Step]:
    """The rows of the figure, in the order in which the gates apply."""
    panel, blocks = gated.tubes[0].panel, gated.blocks
    forward = panel.forward_scatter_area
    second_axis = panel.side_scatter_area or panel.forward_scatter_height or forward
    steps = [
        Step(
            "Cells",
            None,
            (forward, second_axis),
            (gate_blocks.CELLS,),
            (blocks[gate_blocks.CELLS],),
        )
    ]
    if gate_blocks.SINGLETS in blocks:
        second = panel.forward_scatter_height or panel.forward_scatter_width or forward
        if panel.singlet_ratio is None:
            second = panel.forward_scatter_width or forward
        name = gate_blocks.SINGLETS
        steps.append(Step("Single cells", "cells", (forward, second), (name,), (blocks[name],)))
    for marker in gated.population.markers:
        block = blocks[marker.gate]
        sign = "+" if marker.positive else "−"
        steps.append(
            Step(
                f"{gated.population.name}: {marker.gate}{sign}",
                "singlets",
                (str(block["channels"][0]), second_axis),
                (marker.gate,),
                (block,),
                ("population_negative", MARKER_FMO, "unstained"),
            )
        )
    if gated.has_quadrants:
        of_stains = gated.of_stains
        names, used = tuple(of_stains), tuple(of_stains.values())
        shine = gated.settings.stains[0].living_are_positive
        steps.append(
            Step(
                QUADRANTS_STEP if len(names) > 1 else gated.settings.stains[0].name,
                "population",
                tuple(str(block["channels"][0]) for block in used),
                names,
                used,
                _SHINING_CONTROLS if shine else _STAIN_CONTROLS,
                is_of_stains=True,
            )
        )
    return steps


_STAIN_CONTROLS = ("fmo_annexin", "dye_only", MARKER_FMO, "unstained")
_SHINING_CONTROLS = (MARKER_FMO, "population_negative", "unstained")
"""Where living cells have the stain, unstained ones may have a reporter."""


def samples_of(gated: GatedPopulation, wells: pd.DataFrame) -> dict[str, Tube | None]:
    """Kind of sample -> an example of it; each tube is used once.

    Of several untreated samples the one with the median percent (apoptotic) is used. Without
    stains, which one is most affected is not known.
    """
    outcomes = gated.settings.outcomes
    first = outcomes.first.name if outcomes.first else ""
    percents = percents_by_file(wells, gated.population.name, outcomes)
    samples = gated.samples
    known = [
        tube
        for tube in samples
        if tube.fcs in percents and not math.isnan(percents[tube.fcs].get(first, math.nan))
    ]
    ranked = sorted(known, key=lambda tube: (percents[tube.fcs][first], tube.fcs)) or samples
    if not ranked:
        return {}
    untreated = [tube for tube in ranked if tube.untreated]
    if untreated:
        chosen = {"untreated": untreated[len(untreated) // 2]}
    else:
        chosen = {"sample": ranked[len(ranked) // 2]}
    if known and ranked[-1] not in chosen.values():
        chosen[f"most {first}"] = ranked[-1]
    return dict(chosen)


def control_of(gated: GatedPopulation, step: Step) -> Tube | None:
    """The control that shows a step best, or any; None if there is no control."""
    controls = [
        tube
        for tube in gated.tubes
        if tube.role not in ("sample", "beads")
        and not tube.is_on_beads
        and not _is_of_other_marker(tube, step)
    ]
    for role in step.control_roles:
        for tube in controls:
            if tube.role == role:
                return tube
    return controls[0] if controls else None


def _is_of_other_marker(tube: Tube, step: Step) -> bool:
    """Whether it is a control for a marker that the step does not show."""
    of_marker = tube.role in ("population_negative", MARKER_FMO) and tube.stained_channel != ""
    return of_marker and tube.stained_channel not in step.axes
