"""Which events set a threshold: the ladder of controls, best rung first.

For Annexin V and the viability dye (`benchmarks/flow_thresholds.py` measures the order):

1. manual      a block in the config
2. live_peak   the live cells' own peak in the stained wells, one threshold for all treatments;
               where no well has positive cells, the end of the peak's tail
3. fmo         99.5th percentile of the tube with every stain but this one, else of a tube with
               another stain alone
4. unstained   median + 3 robust SD of the unstained control
5. pooled      valley of all samples together; exploratory, refused where there is one peak

`untreated` is live_peak of the untreated wells alone. FMO and unstained tubes stand below the
live peak because they lack the little Annexin V that live cells bind. They check it instead: the
rule says how many percent of them lie above the threshold, and from 3 % on it is raised to their
99.5th percentile.

For a population's marker: manual > population_negative, 99.5th percentile, raised to the samples'
valley > pooled valley (exploratory) > unstained. Unstained transduced cells carry their reporter,
so they come last.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coculture.flow.gating import gates, thresholds
from coculture.flow.gating.pool import PooledTube, scale_of, threshold_block, values
from coculture.flow.gating.thresholds import FEWEST_EVENTS, ThresholdError
from coculture.flow.settings import Marker, ThresholdSource
from coculture.flow.tubes import Panel, Tube

_MOST_BACKGROUND = 5.0
"""Live cells lie below this multiple of the negative control's 99.5th percentile."""
_MOST_CONTROL_ABOVE = 0.03
"""Share of the negative control above the threshold from which on the control is followed."""
_AUTO = ("live_peak", "fmo", "unstained", "pooled")


@dataclass(frozen=True)
class _Found:
    """A threshold, in words how, the tubes that set it and those that checked it."""

    threshold: float
    rule: str
    tubes: Sequence[PooledTube]
    checked_by: Sequence[PooledTube] = ()

    def block(self, channel: str, keep: str) -> dict[str, Any]:
        return threshold_block(
            channel, self.threshold, keep, self.rule, self.tubes, self.checked_by
        )


# Population markers ----------------------------------------------------------------------------


def marker_block(
    population: str, marker: Marker, channel: str, singlets: Sequence[PooledTube]
) -> gates.Block:
    """The gate of one marker, from the single cells of the pooled tubes.

    Raises
    ------
    ThresholdError
        If there is neither a control nor a valley.
    """
    found = (
        _population_negative(channel, singlets)
        or _marker_valley(channel, singlets)
        or _marker_unstained(channel, singlets)
    )
    if found is None:
        raise ThresholdError(
            f"The population {population!r} needs a threshold for {marker.channel}, but the "
            "experiment has no population_negative or unstained control, and the samples together "
            "show no valley. Add a control or write a gate into flow.gates."
        )
    return found.block(channel, "above" if marker.positive else "below")


def _population_negative(channel: str, singlets: Sequence[PooledTube]) -> _Found | None:
    negative = [
        pooled
        for pooled in singlets
        if pooled.tube.role == "population_negative" and pooled.tube.channel in ("", channel)
    ]
    if len(values(negative, channel)) < FEWEST_EVENTS:
        return None
    threshold = thresholds.above_percentile(values(negative, channel))
    rule = "population_negative: 99.5th percentile"
    samples = _with_role(singlets, "sample")
    if len(values(samples, channel)) >= FEWEST_EVENTS:
        scale = scale_of(channel, samples)
        raised = thresholds.raised_to_valley(threshold, values(samples, channel), scale)
        if raised > threshold:
            rule += f" ({threshold:.4g}), raised to the valley of all samples"
            return _Found(raised, rule, negative, samples)
    return _Found(threshold, rule, negative)


def _marker_valley(channel: str, singlets: Sequence[PooledTube]) -> _Found | None:
    samples = _with_role(singlets, "sample")
    if len(values(samples, channel)) < FEWEST_EVENTS:
        return None
    split = thresholds.valley(values(samples, channel), scale_of(channel, samples))
    if split is None:
        return None
    return _Found(split, "pooled: valley between negative and positive (exploratory)", samples)


def _marker_unstained(channel: str, singlets: Sequence[PooledTube]) -> _Found | None:
    unstained = _with_role(singlets, "unstained")
    if len(values(unstained, channel)) < FEWEST_EVENTS:
        return None
    threshold = thresholds.above_percentile(values(unstained, channel))
    return _Found(threshold, "unstained: 99.5th percentile", unstained)


def _with_role(tubes: Sequence[PooledTube], role: str) -> list[PooledTube]:
    return [pooled for pooled in tubes if pooled.tube.role == role]


def _is_unstained(tube: Tube) -> bool:
    return tube.role == "unstained"


# Annexin V and viability dye -------------------------------------------------------------------


def stain_block(
    stain: str,
    source: ThresholdSource,
    population: str,
    panel: Panel,
    inside: Sequence[PooledTube],
    singlets: Sequence[PooledTube],
) -> gates.Block:
    """The threshold of Annexin V or the viability dye, from the population's own events.

    Parameters
    ----------
    stain
        gates.ANNEXIN or gates.VIABILITY_DYE.
    source
        The rung to use; auto takes the best that the experiment has.
    inside, singlets
        The pooled tubes' events of the population, and of all single cells for controls that hold
        too few of the population.

    Raises
    ------
    ThresholdError
        If the experiment has no such control.
    """
    rungs = _AUTO if source == "auto" else (source,)
    controls = _Controls(stain, panel, inside, singlets)
    set_by: Mapping[str, Callable[[], _Found | None]] = {
        "live_peak": controls.live_peak,
        "untreated": controls.untreated,
        "fmo": controls.fmo,
        "unstained": controls.unstained,
        "pooled": controls.pooled,
    }
    for rung in rungs:
        found = set_by[rung]()
        if found is not None:
            return found.block(controls.channel, "above")
    asked = "anything" if source == "auto" else f"what {source!r}, asked for in the config, needs"
    raise ThresholdError(
        f"The population {population!r} needs a threshold for {stain}, but the experiment lacks "
        f"{asked} to set it from, with at least {FEWEST_EVENTS} events (pooled samples need two "
        "clear peaks). Add a control or write a gate into flow.gates."
    )


@dataclass(frozen=True)
class _Controls:
    """The events that may set one stain's threshold; each rung of the ladder is a method."""

    stain: str
    panel: Panel
    inside: Sequence[PooledTube]
    singlets: Sequence[PooledTube]

    @property
    def channel(self) -> str:
        channels = {
            gates.ANNEXIN: self.panel.annexin,
            gates.VIABILITY_DYE: self.panel.viability_dye,
        }
        return str(channels[self.stain])

    def live_peak(self) -> _Found | None:
        return self._live_peak(lambda tube: tube.role == "sample", "live_peak")

    def untreated(self) -> _Found | None:
        return self._live_peak(lambda tube: tube.untreated, "untreated")

    def fmo(self) -> _Found | None:
        tubes = self._fmo_tubes()
        if not tubes:
            return None
        threshold = thresholds.above_percentile(values(tubes, self.channel))
        return _Found(threshold, "fmo: 99.5th percentile", tubes)

    def unstained(self) -> _Found | None:
        tubes = self._of(_is_unstained)
        if not tubes:
            return None
        events = values(tubes, self.channel)
        threshold = thresholds.above_median(events, scale_of(self.channel, tubes))
        return _Found(threshold, "unstained: median + 3 robust SD on the logicle scale", tubes)

    def pooled(self) -> _Found | None:
        tubes = self._of(lambda tube: tube.role == "sample")
        if not tubes:
            return None
        split = thresholds.valley(values(tubes, self.channel), scale_of(self.channel, tubes))
        if split is None:
            return None
        return _Found(split, "pooled: valley between negative and positive (exploratory)", tubes)

    def _live_peak(self, wanted: Callable[[Tube], bool], rung: str) -> _Found | None:
        wells = [tube for tube in self.inside if wanted(tube.tube)]
        reference = [tube for tube in wells if tube.tube.untreated] or wells
        if len(values(reference, self.channel)) < FEWEST_EVENTS:
            return None
        scale = scale_of(self.channel, wells)
        control, without = self._negative()
        negative = values(without, self.channel)
        highest = thresholds.above_percentile(negative) if len(negative) else np.inf
        threshold = thresholds.live_peak(
            [values([well], self.channel) for well in wells],
            values(reference, self.channel),
            scale,
            _MOST_BACKGROUND * highest,
        )
        if threshold is None:
            return None
        rule = f"{rung}: mode + {thresholds.LIVE_SDS} SD, median of the wells"
        if not thresholds.has_positive_peak(values(wells, self.channel), threshold, scale):
            threshold = max(threshold, thresholds.tail_end(values(wells, self.channel), scale))
            rule = f"{rung}: end of its tail, no well has a positive peak"
        above = float(np.mean(negative >= threshold)) if len(negative) else 0.0
        if above > _MOST_CONTROL_ABOVE:
            threshold = highest
            rule += f", raised to the 99.5th percentile of the {control} control"
        elif len(negative):
            rule += f"; {100 * above:.2g} % of the {control} control above it"
        return _Found(threshold, rule, wells, checked_by=without)

    def _negative(self) -> tuple[str, list[PooledTube]]:
        """Name and tubes of the best control without the stain; no tubes if there is none."""
        fmo = self._fmo_tubes()
        return ("FMO", fmo) if fmo else ("unstained", self._of(_is_unstained))

    def _fmo_tubes(self) -> list[PooledTube]:
        full, alone, other = {
            gates.ANNEXIN: ("fmo_annexin", "dye_only", self.panel.viability_dye),
            gates.VIABILITY_DYE: ("fmo_dye", "annexin_only", self.panel.annexin),
        }[self.stain]
        return (
            self._of(lambda tube: tube.role == full)
            or self._of(lambda tube: tube.role == alone)
            or self._of(lambda tube: tube.role == "single_stain" and tube.channel == other)
        )

    def _of(self, wanted: Callable[[Tube], bool]) -> list[PooledTube]:
        """Tubes of the samples' own cells where there are any, else all; their events of the
        population where there are enough, else of all single cells."""
        for tubes in (self.inside, self.singlets):
            chosen = [tube for tube in tubes if wanted(tube.tube)]
            background = {t.tube.cells for t in _with_role(tubes, "sample")} - {""}
            same = [tube for tube in chosen if tube.tube.cells in background]
            for candidates in (same, chosen):
                if len(values(candidates, self.channel)) >= FEWEST_EVENTS:
                    return candidates
        return []
