"""Wells whose stained cells are dimmer than in a tube of the same day that is stained better.

A weak stain leaves dimly stained cells below the threshold. Brightness alone says little: at a
fifth of the usual stain percent apoptotic falls by 1 to 3 points. So the caution goes by the points
that are lost: the positive cells of the better tube that would lie below the threshold if they were
as much dimmer. The better tube is a single stain (or a tube that lacks only the other stain) of the
same cells, or the arm with the brightest stained cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import Stain
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.acquisition_date import MAX_DAYS, days_apart
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.checks.live_peak_moved import SAME_FORWARD_SCATTER
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.stained_cells import StainedCells

CODE = "weak_stain"

TIMES_DIMMER = 2.5
"""Tubes of one day that were stained alike differ by less (in simulation by 1.3 at most)."""
POINTS = 2.0
"""Percentage points that are lost against the better tube, at least. The estimate leaves out the
noise that spill of the other stain adds, and what the better tube loses: in simulation wells that
were 5 to 7 points too low were estimated at 2 to 4.5."""
_DIGITS = 2
"""Of the points after the decimal point: the tail of a normal curve gives numbers like 1e-149."""
_LEAST_POINTS = 0.1
"""Percentage points below which it is said that nearly nothing is lost."""
_MOST_LOST = 0.95
"""Of a larger share the number of cells that are left says nothing of those that were lost."""

_NOT_AFFECTED = {
    gates.ANNEXIN: "percent late + necrotic",
    gates.VIABILITY_DYE: "percent apoptotic (early + late)",
}
"""Of Annexin V with a dye: the stain that is weak -> what does not change."""


@dataclass(frozen=True)
class Loss:
    """What a well lost against a tube that is stained better.

    Attributes
    ----------
    than
        The better tube or wells, in words.
    times_dimmer
        Brightness of its stained cells divided by the well's.
    points
        Percentage points by which the percent of the stain is too low.
    of_all
        Whether the better tube is no well, so that all wells may be dim.
    """

    than: str
    times_dimmer: float
    points: float
    of_all: bool


_Other = tuple[StainedCells, str, bool]


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment or the well and stain; a note if fewer points are lost."""
    if one.tube.role != "sample" or not one.counts.has_quadrants:
        return
    for of in experiment.settings.outcomes.lacking:
        stain, loss = of.gate, _loss(one, experiment, of.gate)
        if loss is None:
            continue
        wells = [
            well
            for well in wells_compared.samples(experiment, one.population.name)
            if stain in well.stained and well.stained[stain].brightness > 0
        ]
        found = [(well, _loss(well, experiment, stain)) for well in wells]
        dim = [(well, its) for well, its in found if its is not None]
        if loss.of_all and 2 * len(dim) > len(wells):
            yield _of_experiment(one, experiment, of, dim)
        else:
            yield _of_well(one, experiment, of, loss)


def _loss(one: Measurement, experiment: Experiment, stain: str) -> Loss | None:
    """What a well lost; None if no tube is stained better, or it has no stained cells."""
    key = (CODE, "loss", one.tube.row, one.population.name, stain)
    return experiment.once(key, lambda: _computed_loss(one, experiment, stain))


def _computed_loss(one: Measurement, experiment: Experiment, stain: str) -> Loss | None:
    own = one.stained.get(stain)
    if own is None or not own.brightness > 0 or not _is_measurable(one, experiment, stain):
        return None
    percent = one.counts.percent(*experiment.settings.outcomes.of_dying(stain))
    key = (CODE, "others", one.population.name, one.tube.cells, stain)
    others = experiment.once(key, lambda: list(_other_tubes(one, experiment, stain)))
    better = [
        (tube, than, of_all)
        for tube, than, of_all in others
        if tube.brightness >= TIMES_DIMMER * own.brightness
    ]
    if not better:
        return None
    # The one with the most positive cells knows best how many of them are dim.
    tube, than, of_all = max(better, key=lambda one: one[0].positive)
    times = tube.brightness / own.brightness
    share = min(tube.share_lost(times), _MOST_LOST)
    points = min(percent * share / (1 - share), 100 - percent)
    return Loss(than, times, round(points, _DIGITS), of_all)


def _is_measurable(one: Measurement, experiment: Experiment, stain: str) -> bool:
    """Whether the cells above the threshold are stained ones, and no live ones that shine.

    Where the lowest peak is above the threshold, the cells are dying only if they have shrunk.
    """
    if one.stained[stain].has_live:
        return True
    if stain == gates.VIABILITY_DYE or stain not in one.peaks:
        return False
    well = Well(one, one.peaks[stain])
    references = wells_compared.reference(experiment, one, stain)
    ratio = wells_compared.forward_scatter_ratio(well, references)
    return abs(ratio - 1) > SAME_FORWARD_SCATTER


def _other_tubes(one: Measurement, experiment: Experiment, stain: str) -> Iterator[_Other]:
    """Stained cells to compare with, what they are in words, and whether they are no wells."""
    population = one.population.name
    for measured in experiment.measurements.values():
        if measured[0].tube.role == "sample":
            continue
        for other in measured:
            its = other.stained.get(stain)
            if other.population.name != population or its is None or not its.brightness > 0:
                continue
            if _is_comparable(other, one, experiment):
                yield its, other.tube.fcs, True
    arm = _brightest_arm(one, experiment, stain)
    if arm:
        usual = middle(well.stained[stain].brightness for well in arm)
        nearest = min(arm, key=lambda well: abs(well.stained[stain].brightness - usual))
        yield nearest.stained[stain], wells_compared.files([w.tube.fcs for w in arm]), False


def _is_comparable(control: Measurement, one: Measurement, experiment: Experiment) -> bool:
    """Whether a control is of the day and of the cells of the samples, as far as is known."""
    cells = control.tube.cells
    of_day = days_apart(control.tube.header, experiment.usual_day) <= MAX_DAYS
    return of_day and (not cells or not one.tube.cells or cells == one.tube.cells)


def _brightest_arm(one: Measurement, experiment: Experiment, stain: str) -> Sequence[Measurement]:
    """The wells of the arm of the same cells whose median stained cells are the brightest."""
    arms: dict[str, list[Measurement]] = {}
    for well in wells_compared.samples(experiment, one.population.name):
        its = well.stained.get(stain)
        if its is not None and its.brightness > 0 and well.tube.cells == one.tube.cells:
            arms.setdefault(well.tube.arm or well.tube.fcs, []).append(well)
    return max(
        arms.values(),
        key=lambda arm: middle(well.stained[stain].brightness for well in arm),
        default=(),
    )


def _of_experiment(
    one: Measurement,
    experiment: Experiment,
    stain: Stain,
    dim: Sequence[tuple[Measurement, Loss]],
) -> Flag:
    channel = subjects.channel_of(experiment, one.population.name, stain.gate)
    outcome = experiment.read_from(stain)
    well, loss = max(dim, key=lambda each: each[1].points)
    percent = well.counts.percent(*outcome.classes)
    times = middle(its.times_dimmer for _, its in dim)
    files = wells_compared.files([each.tube.fcs for each, _ in dim])
    return Flag(
        subjects.experiment(experiment, channel, one.population.name),
        CODE,
        "caution" if loss.points > POINTS else "note",
        f"{experiment.name}: {stain.name} ({channel}) is weak in the wells "
        f"({files}): their stained cells of {one.population.name} are {number(times)} times "
        f"dimmer than those of {loss.than} of the same experiment. Dimly stained cells "
        f"then lie below the threshold; percent {outcome.name} is too low by {_points(loss)} in "
        f"{well.tube.fcs} ({number(percent)} %), the well that loses most. "
        f"{_advice(stain, experiment)}",
        loss.points,
        POINTS,
        "percent points",
    )


def _of_well(one: Measurement, experiment: Experiment, stain: Stain, loss: Loss) -> Flag:
    channel = subjects.channel_of(experiment, one.population.name, stain.gate)
    outcome = experiment.read_from(stain)
    return Flag(
        subjects.population(one, channel),
        CODE,
        "caution" if loss.points > POINTS else "note",
        f"{stain.name} ({channel}) is weak in this well: its stained cells of "
        f"{one.population.name} are {number(loss.times_dimmer)} times dimmer than those of "
        f"{loss.than}. Dimly stained cells then lie below the threshold; percent "
        f"{outcome.name} ({number(one.counts.percent(*outcome.classes))} %) is too low by "
        f"{_points(loss)}. {_advice(stain, experiment)}",
        loss.points,
        POINTS,
        "percent points",
    )


def _points(loss: Loss) -> str:
    """How many percentage points are lost, in words; below a tenth without a number."""
    if loss.points < _LEAST_POINTS:
        return f"less than {_LEAST_POINTS:g} percentage points"
    return f"about {number(loss.points)} percentage points or more"


def _advice(stain: Stain, experiment: Experiment) -> str:
    reason = " or its calcium" if stain.gate == gates.ANNEXIN else ""
    is_standard = experiment.settings.is_standard
    other = f"; {_NOT_AFFECTED[stain.gate]} is not affected" if is_standard else ""
    return (
        f"The stain{reason} may be old or too little. Stain again, or exclude the files with this "
        f"reason{other}."
    )
