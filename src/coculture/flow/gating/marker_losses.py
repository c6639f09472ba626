"""How well a marker separates the population, and which dying cells its gate loses.

Annexin V is the stain that dying cells are followed by; where a study has another, that one.

Dying cells are dimmer in most markers than live ones, and some markers are shed. Dying cells that
fall out of the population are in no percent. Three signs of it, with limits measured by simulation
(shared/measured/flow_controls.md, section 9; issue 14, case 9):

- excess: outside the gate, an arm has more Annexin-V-positive cells than the arm with the smallest
  share of them. Cells of other kinds that the drug kills do the same, but then there are fewer
  Annexin-V-negative cells outside.
- overlap: inside the gate, the peak of the dying cells is cut off by it.
- either: so many cells outside are positive in every arm, or nearly all positive cells are outside,
  that they may be of the population or dying other cells; the samples cannot tell which.

A cell counts as Annexin-V-positive here from halfway between live and dying cells on: at the
threshold itself many cells without the marker are positive by their autofluorescence.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gating.densities import Distribution, lower_half_sd
from coculture.flow.gating.marker_background import backgrounds
from coculture.flow.gating.marker_histograms import (
    DISTANCES,
    NOTHING,
    MarkerHistogram,
    together,
)
from coculture.flow.gating.marker_state import ArmLoss, Evidence, MarkerState
from coculture.flow.gating.measurement import Measurement
from coculture.flow.settings import Marker, Population

_FEWEST_LIVE = 50
"""Live cells inside the gate of which the peak is measured."""
_FEWEST_DYING = 30
"""Cells of one quadrant inside the gate from which those outside are estimated: one parameter."""
_FEWEST_OUTSIDE = 50
"""Annexin-V-positive cells outside the gate of which anything is said."""
_STAINED_SHARE = 0.01
"""A control without the marker is stained if a larger share of it is as bright in Annexin V as half
of the dying cells: ten times what is carried over from the tube before. Autofluorescence, which may
reach halfway, does not reach this."""
_FEWEST_STAINED = 10
"""Such cells of the control."""
_POSITIVE_SDS = 8.0
_SD_PER_MEDIAN = 1.4826
"""SD of a normal distribution divided by the median distance of one half from its mode."""
_FARTHEST_SDS = 8.0
"""Of a peak inside the gate: none of its cells is outside."""

LEAST_SDS = 2.05
"""From the gate to the peak of the live cells, in SDs of the peak: 2 % of a normal peak are then
outside. Of experiments that lose fewer than 0.5 %, 3 of 1,037 are below."""
LOST_SHARE = 0.15
LEAST_SES = 4.0
"""Of an excess: 1 of 217 sound experiments is beyond both."""
_OTHER_CELLS_ERROR = 0.05
"""Relative error of the expected number of dying cells of other kinds, beside that of counting."""
EXCESS_POINTS = 3.0
OVERLAP_POINTS = 5.0
"""Least change of percent apoptotic. Of sound studies the largest change by overlap was 3.3."""
_ALL_OUTSIDE = 0.95
"""Share of the Annexin-V-positive cells that are outside the gate. In sound studies with an inert
drug and 40 % stroma, a fifth of it dying, it is 0.8."""
_MOST_DYING = 1 / 3
"""Share of other cells that are dying, in the arm with fewest: more is unusual."""

_IS_INSIDE = DISTANCES > 0
Counts = NDArray[np.int64]


def marker_states(
    measured: Mapping[int, Sequence[Measurement]], outcomes: Outcomes
) -> tuple[MarkerState, ...]:
    """What the samples and controls of an experiment show of each marker and cell line.

    Parameters
    ----------
    measured
        Row of a file -> its measurements, one for each population.
    outcomes
        The classes of cells.
    """
    every = [one for of_file in measured.values() for one in of_file if one.markers]
    populations: dict[str, Population] = {one.population.name: one.population for one in every}
    return tuple(
        state
        for population in populations.values()
        for marker in population.markers
        for state in _states(
            [one for one in every if one.population.name == population.name],
            population,
            marker,
            outcomes,
        )
    )


def _states(
    every: Sequence[Measurement], population: Population, marker: Marker, outcomes: Outcomes
) -> Iterator[MarkerState]:
    seen = [one for one in every if marker.gate in one.markers]
    samples = [one for one in seen if one.tube.role == "sample"]
    controls = [
        one for one in seen if one.tube.is_control_of(one.tube.panel.markers[marker.channel])
    ]
    own = [one for one in controls if one.tube.stained_channel]
    control = together(one.markers[marker.gate] for one in own or controls)
    for cells in dict.fromkeys(one.tube.cells for one in samples):
        of_line = [one for one in samples if one.tube.cells == cells]
        untreated = [one for one in of_line if one.tube.untreated] or of_line
        usual = together(one.markers[marker.gate] for one in untreated)
        arms = _by_arm(of_line, marker.gate)
        live = _peak(sum((usual.counts[name] for name in outcomes.living), NOTHING))
        yield MarkerState(
            population=population.name,
            marker=marker.gate,
            channel=of_line[0].tube.panel.markers[marker.channel],
            cells=cells,
            is_positive=marker.positive,
            separation=live.position / live.sd if live.sd > 0 else math.nan,
            control_inside=_share_inside(control),
            losses=tuple(_losses(arms, live, control, outcomes.dying)),
            backgrounds=tuple(backgrounds(arms, usual, control)) if marker.positive else (),
            unstained_inside=_share_inside(
                together(
                    one.markers[marker.gate]
                    for one in seen
                    if one.tube.is_unstained and one.tube.cells == cells
                )
            ),
        )


def _by_arm(samples: Iterable[Measurement], marker: str) -> dict[str, MarkerHistogram]:
    """Arm, or file where the arm is not known, -> its wells together."""
    arms: dict[str, list[MarkerHistogram]] = {}
    for one in samples:
        arms.setdefault(one.tube.arm or one.tube.fcs, []).append(one.markers[marker])
    return {name: together(wells) for name, wells in arms.items()}


def _share_inside(control: MarkerHistogram) -> float:
    inside = control.cells(inside=True)
    outside = control.cells(inside=False)
    return inside / (inside + outside) if inside + outside else math.nan


# The peak of the live cells --------------------------------------------------------------------


@dataclass(frozen=True)
class _Peak:
    """Of the live cells inside the gate: decades above it, SD of the upper half; NaN if unknown."""

    position: float
    sd: float


def _peak(live: Counts) -> _Peak:
    inside = np.repeat(DISTANCES[_IS_INSIDE], live[_IS_INSIDE])
    if len(inside) < _FEWEST_LIVE:
        return _Peak(math.nan, math.nan)
    # Cells outside are in the curve too: an edge would look like a fall.
    curve = Distribution(np.repeat(DISTANCES, live)).density(Distribution(inside).bandwidth)
    seen = curve.position >= 0
    mode = float(curve.position[seen][np.argmax(curve.height[seen])])
    above = inside[inside > mode] - mode
    return _Peak(mode, _SD_PER_MEDIAN * float(np.median(above)) if len(above) else math.nan)


def _cut_off(counts: Counts, sd: float) -> float:
    """Share of a normal peak with this SD that is outside, from the mean of the cells inside.

    At most a half: a peak that lies outside cannot be measured. 0 if there are too few cells.
    """
    inside = counts[_IS_INSIDE]
    if inside.sum() < _FEWEST_DYING or not sd > 0:
        return 0.0
    mean = float(np.average(DISTANCES[_IS_INSIDE], weights=inside)) / sd

    def difference(peak: float) -> float:
        density = math.exp(-(peak**2) / 2) / math.sqrt(2 * math.pi)
        return peak + density / float(scipy.special.ndtr(peak)) - mean

    if difference(0.0) > 0:
        return 0.5
    if difference(_FARTHEST_SDS) < 0:
        return 0.0
    return float(scipy.special.ndtr(-scipy.optimize.brentq(difference, 0.0, _FARTHEST_SDS)))


# The cells that are lost -----------------------------------------------------------------------


def _losses(
    arms: Mapping[str, MarkerHistogram],
    live: _Peak,
    control: MarkerHistogram,
    dying_classes: Sequence[str],
) -> Iterator[ArmLoss]:
    every = together(arms.values())
    dying = _dying(every.stain_inside)
    cut = _stain_cut(every.stain_inside, dying)
    bright = _positive(control.stain_outside, dying)[0]
    is_stained = bright >= max(_STAINED_SHARE * control.stain_outside.sum(), _FEWEST_STAINED)
    shares = {name: _cut_off(counts, live.sd) for name, counts in every.counts.items()}
    seen = {name: _seen(arm, shares, cut, dying_classes) for name, arm in arms.items()}
    lowest = min(seen.values(), key=lambda one: one.share_outside)
    others = _Others(lowest.outside_positive, lowest.outside_negative)
    if is_stained:
        of_control = _Others(*_positive(control.stain_outside, cut), is_control=True)
        others = min(others, of_control, key=lambda one: one.share)
    for name, one in seen.items():
        loss = _loss(name, one, lowest, others)
        # Where live cells lie outside too, the drug that kills them takes negative cells away.
        is_separated = live.position >= LEAST_SDS * live.sd
        is_of_others = is_separated and _others_are_fewer(one, lowest)
        yield replace(loss, looks_like_other_cells=loss.evidence == "excess" and is_of_others)


@dataclass(frozen=True)
class _Others:
    """Annexin-V-positive and -negative cells of which none is of the population, as is assumed.

    Those outside the gate in the arm with the smallest share of positive ones, which is the most
    that the share can be, or those of a stained control without the marker if it is smaller.
    """

    positive: int
    negative: int
    is_control: bool = False

    @property
    def share(self) -> float:
        """Share of the positive ones; infinite without cells."""
        whole = self.positive + self.negative
        return self.positive / whole if whole else math.inf


@dataclass(frozen=True)
class _Seen:
    """What is counted of one arm.

    Attributes
    ----------
    inside, dying
        All cells of the population, and those that are as dying cells are in the stain.
    bright
        Those that are clearly Annexin-V-positive.
    outside_positive, outside_negative
        Single cells outside the gate that are and are not.
    cut_dying, cut_others
        Estimated cells of the population outside, by the peaks that the gate cuts.
    """

    inside: int
    dying: int
    bright: int
    outside_positive: int
    outside_negative: int
    cut_dying: float
    cut_others: float

    @property
    def outside(self) -> int:
        return self.outside_positive + self.outside_negative

    @property
    def share_outside(self) -> float:
        """Share of the cells outside that are Annexin-V-positive; infinite without cells."""
        return self.outside_positive / self.outside if self.outside else math.inf

    @property
    def part_negative(self) -> float:
        """Annexin-V-negative cells outside, less cut-off live ones, as a share of all cells."""
        return max(self.outside_negative - self.cut_others, 1.0) / (self.inside + self.outside)

    @property
    def percent(self) -> float:
        """Percent apoptotic as it is counted; NaN without cells."""
        return 100 * self.dying / self.inside if self.inside else math.nan

    def percent_with(self, lost: float) -> float:
        """Percent apoptotic with so many lost apoptotic cells, and the others that are cut off."""
        whole = self.inside + lost + self.cut_others
        return 100 * (self.dying + lost) / whole if whole else math.nan


def _seen(
    arm: MarkerHistogram, shares: Mapping[str, float], cut: float, dying: Sequence[str]
) -> _Seen:
    def lost(name: str) -> float:
        inside, outside = (arm.cells([name], inside=side) for side in (True, False))
        return min(outside, inside * shares[name] / (1 - shares[name]))

    outside = _positive(arm.stain_outside, cut)
    return _Seen(
        inside=arm.cells(inside=True),
        dying=arm.cells(dying, inside=True),
        bright=_positive(arm.stain_inside, cut)[0],
        outside_positive=outside[0],
        outside_negative=outside[1],
        cut_dying=sum(map(lost, dying)),
        cut_others=sum(lost(name) for name in arm.counts if name not in dying),
    )


def _loss(name: str, one: _Seen, lowest: _Seen, others: _Others) -> ArmLoss:
    excess, errors = _excess(one, others)
    share = excess / (excess + one.bright) if excess + one.bright else 0.0
    is_sure = share > LOST_SHARE and errors > LEAST_SES
    # The same share of the dimmer positive cells is lost as of the bright ones.
    dimmer = max(1.0, one.dying / one.bright) if one.bright else 1.0
    lost = excess * dimmer if is_sure else 0.0
    evidence: Evidence | None = None
    if is_sure and one.percent_with(lost) - one.percent >= EXCESS_POINTS:
        evidence = "excess"
    if one.percent_with(one.cut_dying) - one.percent >= OVERLAP_POINTS:
        evidence = "overlap"
    lost = max(lost, one.cut_dying)
    if evidence is None and _may_be_either(one, lowest):
        evidence, lost = "either", float(one.outside_positive)
    return ArmLoss(
        arm=name,
        evidence=evidence,
        lost=lost / (lost + one.dying) if lost else 0.0,
        outside_percent=100 * one.share_outside if one.outside else math.nan,
        expected_percent=100 * others.share if math.isfinite(others.share) else math.nan,
        expected_of_control=others.is_control,
        percent=one.percent,
        percent_with=one.percent_with(lost),
    )


def _excess(one: _Seen, others: _Others) -> tuple[float, float]:
    """Positive cells outside beyond those expected of other cells, and how many SEs that is."""
    total = others.positive + others.negative
    if not one.outside or not total:
        return 0.0, 0.0
    share = min(others.share, 1 - 1 / total)
    expected = one.outside_negative * share / (1 - share)
    of_share = math.sqrt(max(share, 1 / total) * (1 - share) / total) / (1 - share) ** 2
    error = math.sqrt(
        one.outside_positive
        + (one.outside_negative * of_share) ** 2
        + (_OTHER_CELLS_ERROR * expected) ** 2
    )
    excess = one.outside_positive - expected
    return max(excess, 0.0), excess / error if error else 0.0


def _others_are_fewer(one: _Seen, lowest: _Seen) -> bool:
    """Whether negative cells outside are fewer, as where other cells died, than if none did."""
    if not one.outside or lowest.share_outside >= 1:
        return False
    if_died = (1 - one.share_outside) / (1 - lowest.share_outside)
    return one.part_negative / lowest.part_negative < math.sqrt(if_died)


def _may_be_either(one: _Seen, lowest: _Seen) -> bool:
    positive = one.outside_positive
    is_unusual = (
        positive > _ALL_OUTSIDE * (positive + one.bright) or lowest.share_outside > _MOST_DYING
    )
    changed = one.percent_with(float(positive)) - one.percent
    return positive >= _FEWEST_OUTSIDE and is_unusual and changed >= OVERLAP_POINTS


def _dying(inside: Counts) -> float:
    """Median of the Annexin-V-positive cells, in decades above the threshold; infinite with few."""
    positive = np.repeat(DISTANCES[_IS_INSIDE], inside[_IS_INSIDE])
    return float(np.median(positive)) if len(positive) >= _FEWEST_OUTSIDE else math.inf


def _stain_cut(inside: Counts, dying: float) -> float:
    """Decades above the threshold from which a cell of the population is clearly positive.

    Halfway from the live peak to the dying cells, at most 8 SDs above the peak.
    """
    negative = Distribution(np.repeat(DISTANCES[~_IS_INSIDE], inside[~_IS_INSIDE]))
    if len(negative.values) < _FEWEST_LIVE:
        return 0.0
    curve = Distribution(np.repeat(DISTANCES, inside)).usual
    below = curve.position < 0
    mode = float(curve.position[below][np.argmax(curve.height[below])])
    sd = lower_half_sd(negative, mode)
    cut = mode + _POSITIVE_SDS * sd if sd > 0 else 0.0
    return max(min(cut, (mode + dying) / 2), 0.0)


def _positive(stain: Counts, cut: float) -> tuple[int, int]:
    """Number of cells above and below the cut."""
    above = int(stain[cut < DISTANCES].sum())
    return above, int(stain.sum()) - above
