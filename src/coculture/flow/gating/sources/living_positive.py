"""Threshold of a stain that living cells have: SYTO9, calcein, a reporter that dying cells lose.

The peak of the living cells is above the threshold, and may be as wide as it likes. The threshold
is the end of a control that lacks the stain, raised to the valley below the living cells where the
samples have one: dying cells often keep some of the stain. The control is, in this order,

- the FMO control: role fmo, with the channel of the stain, where spill is corrected;
- cells that lack the stain: population_negative with its channel, such as cells without reporter;
- the unstained control. Where unstained cells are as bright as living ones (they have a reporter),
  it is no control.

Without a control the valley alone is used, which is exploratory. With controls and without,
percents of simulated wells were within 2 points (`tests/flow/gating/test_other_stains.py`).
"""

from collections.abc import Sequence

import numpy as np

from coculture.flow.gating.densities import density
from coculture.flow.gating.pool import PooledTube
from coculture.flow.gating.sources import fmo, pooled, population_negative, unstained
from coculture.flow.gating.sources.threshold import Request, Threshold, is_sample

_NAMES = {
    fmo.CODE: "the FMO control",
    population_negative.CODE: "the cells without the stain",
    unstained.CODE: "the unstained control",
}
CODES = (*_NAMES, pooled.CODE)
"""The sources, in the order in which they are tried."""
RULE = "median + 3 robust SD of {control} on the logicle scale"
RAISED = ", raised to the valley below the living cells of all samples"
RULE_OF_VALLEY = (
    "valley below the living cells of all samples together (exploratory), because there is no "
    "control without the stain"
)

_DEEPEST_VALLEY = 0.5
"""A valley must be below this share of the lower peak beside it; otherwise the two may be one."""
_LEAST_PEAK = 0.02
"""Share of the highest peak by which a peak of dying cells must stand out: they may be few."""


def find(request: Request, code: str) -> Threshold | None:
    """The threshold from the source with this code; None if the experiment lacks what it needs.

    `code` is one of CODES.
    """
    if code == pooled.CODE:
        samples = request.tubes(is_sample)
        split = _valley(request, samples) if samples else None
        return None if split is None else Threshold(split, RULE_OF_VALLEY, samples)
    controls = _controls(request, code)
    return _from_control(request, controls, _NAMES[code]) if controls else None


def _controls(request: Request, code: str) -> list[PooledTube]:
    """The controls that serve a source; empty if there are none."""
    channel = request.channel
    if code == fmo.CODE:
        return (
            request.tubes(lambda tube: tube.lacked_channel == channel)
            if request.is_compensated
            else []
        )
    if code == population_negative.CODE:
        return request.tubes(
            lambda tube: tube.is_control_of(channel) and bool(tube.stained_channel)
        )
    return unstained.tubes(request)


def _from_control(request: Request, controls: Sequence[PooledTube], name: str) -> Threshold | None:
    """The threshold from one control; None if it is as bright as the living cells."""
    samples = request.tubes(is_sample)
    scale = request.scale([*controls, *samples])
    end = unstained.above_median(request.values(controls), scale)
    rule = RULE.format(control=name)
    if not samples:
        return Threshold(end, rule, controls)
    if end >= _living(request, samples):
        return None
    split = _valley(request, samples)
    if split is not None and split > end:
        return Threshold(split, rule + RAISED, controls, samples, f"the control ends at {end:.4g}")
    return Threshold(end, rule, controls)


def _living(request: Request, samples: Sequence[PooledTube]) -> float:
    """The peak of the living cells: the highest one of the untreated samples, linear."""
    untreated = [one for one in samples if one.tube.untreated and len(one)] or samples
    scale = request.scale(samples)
    curve = density(scale.transform(request.values(untreated)))
    return float(scale.inverse(curve.position[int(np.argmax(curve.height))]))


def _valley(request: Request, samples: Sequence[PooledTube]) -> float | None:
    """The lowest point between the living cells and the next peak below them; None without one."""
    scale = request.scale(samples)
    curve = density(scale.transform(request.values(samples)))
    peaks = [int(peak) for peak in curve.peaks(_LEAST_PEAK)]
    if not peaks:
        return None
    living = float(scale.transform([_living(request, samples)])[0])
    own = min(peaks, key=lambda peak: abs(curve.position[peak] - living))
    for peak in reversed([one for one in peaks if one < own]):
        lowest = curve.valley(peak, own)
        lower = float(min(curve.height[peak], curve.height[own]))
        if curve.height[lowest] <= _DEEPEST_VALLEY * lower:
            return float(scale.inverse(curve.position[lowest]))
    return None
