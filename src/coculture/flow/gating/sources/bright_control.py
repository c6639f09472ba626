"""Threshold of a marker that the population lacks, from cells that have it, such as stroma alone.

The 99.5th percentile of such a control is above all its cells, and would keep 99 % of them. The
threshold lies between the lowest peak of the samples, which is the population, and the median of
the control, nearer to the one that is narrower: as many of its SDs above the one as below the
other. In simulation the percents were then within 1.2 points where the two are 3 SDs apart, and
within 4 at 2 SDs (95 % of experiments).
"""

import numpy as np

from coculture.flow.gating.asinh_scale import decades, linear
from coculture.flow.gating.densities import Distribution, lower_half_sd
from coculture.flow.gating.sources.live_peak import negative_peak
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust, is_sample

CODE = "bright_control"
NAME = "the cells that have the marker"
RULE = (
    "between the lowest peak of all samples and the median of the cells that have the marker, in "
    "proportion to their SDs"
)
TRUST: Trust = "full"

_BRIGHT_SDS = 3.0
_BRIGHT_SHARE = 0.5
"""The control has the marker if more than this share of it is 3 SDs above the samples' lowest peak;
95 to 100 % were measured."""


def find(request: Request) -> Threshold | None:
    """The threshold; None for a marker that the population has, or without such a control."""
    controls = request.controls_of_marker()
    samples = request.tubes(is_sample)
    if not request.keeps_below or not controls or not samples:
        return None
    peak = negative_peak(Distribution(decades(request.values(samples))))
    control = decades(request.values(controls))
    if np.mean(control > peak.mode + _BRIGHT_SDS * peak.sd) <= _BRIGHT_SHARE:
        return None
    median = float(np.median(control))
    sd = lower_half_sd(Distribution(control), median)
    between = (peak.mode * sd + median * peak.sd) / (peak.sd + sd)
    apart = (median - peak.mode) / np.hypot(peak.sd, sd)
    note = f"the two are {apart:.2g} SDs apart"
    return Threshold(linear(between), RULE, samples, controls, note)
