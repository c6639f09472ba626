"""Several files of one culture: one tube in parts, or replicates."""

from collections.abc import Iterator, Sequence

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import number
from coculture.flow.files import WELLS
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.tubes import Tube

CODE = "several_files"

_ABORTED_SHARE = 0.1
"""A file with fewer than this share of the events of the largest is a part that was aborted:
replicates are recorded to about the same number of events."""
_SAME_TUBE = ("$SMNO", "$WELLID", "WELL ID", "TUBE NAME", "$FIL")
"""Keywords that name a tube or well."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note on each culture with several files: which they are, and how they were combined."""
    if one.tube.role != "sample" or not one.tube.culture:
        return
    key = (CODE, one.population.name)
    parts = experiment.once(key, lambda: _of_cultures(one, experiment))[one.tube.culture]
    if len(parts) < 2:
        return
    listed = "; ".join(
        f"{part.tube.fcs}, {number(part.counts.total)} events, "
        f"{number(experiment.percent(part))} % {experiment.first.name}"
        for part in parts
    )
    why = _one_tube([part.tube for part in parts])
    how = (
        f"They are parts of one tube ({why}), so their events were added."
        if why
        else "They count as replicates, each weighted by its events."
    )
    yield Flag(
        Concerns(
            WELLS,
            "culture",
            experiment=experiment.name,
            population=one.population.name,
            culture=one.tube.culture,
        ),
        CODE,
        "note",
        f"{one.tube.culture} has {len(parts)} files ({listed}). {how} To use one of them only, "
        "exclude the others with a reason.",
        len(parts),
        unit="files",
    )


def _of_cultures(one: Measurement, experiment: Experiment) -> dict[str, list[Measurement]]:
    """Culture -> its samples, as the population of `one` was counted in them."""
    found: dict[str, list[Measurement]] = {}
    for sample in wells_compared.samples(experiment, one.population.name):
        found.setdefault(sample.tube.culture, []).append(sample)
    return found


def _one_tube(tubes: Sequence[Tube]) -> str:
    """Why the files are of one tube; empty if nothing says so."""
    if tubes[0].well and len({(tube.plate, tube.well.upper()) for tube in tubes}) == 1:
        return f"the same well, {tubes[0].well}"
    for keyword in _SAME_TUBE:
        named = {tube.header.keywords.get(keyword, "") for tube in tubes}
        if len(named) == 1 and "" not in named:
            return f"the same {keyword}, {named.pop()}"
    events = sorted(tube.header.events for tube in tubes)
    if events[-2] < _ABORTED_SHARE * events[-1]:
        return "all but one were aborted"
    return ""
