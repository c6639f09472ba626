"""The same flag of many files or arms of an experiment, as one flag with their number.

A setting that differs in half a plate, or a stain that is weak in every arm, would otherwise fill
the page with the same sentence. The column `flags` of flow/wells.csv still marks each file.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many, number

MOST_ONE_BY_ONE = 6
"""So many wells are two arms of three. Each of more would be found by no reader."""
_KINDS = {"tube": "file", "arm": "arm"}
"""Kind of what a flag concerns -> its noun."""


def grouped(flags: Iterable[Flag]) -> list[Flag]:
    """The flags of one experiment, each once; of many that are alike one, in the first's place.

    Alike are those of files, or of arms, with the same code, severity and population.
    """
    groups: dict[object, list[Flag]] = {}
    for place, flag in enumerate(dict.fromkeys(flags)):
        of = flag.concerns
        alike = (flag.code, flag.severity, of.kind, of.population)
        groups.setdefault(alike if of.kind in _KINDS else place, []).append(flag)
    return [
        one
        for group in groups.values()
        for one in ([_together(group)] if len(group) > MOST_ONE_BY_ONE else group)
    ]


def _together(group: Sequence[Flag]) -> Flag:
    first = group[0]
    of = first.concerns
    items = list(dict.fromkeys(_item(flag.concerns) for flag in group))
    channels = list(dict.fromkeys(flag.concerns.channel for flag in group))
    # The sentences of arms name them.
    named = f", {items[0]}" if of.kind == "tube" else ""
    where = f" in the channels {listed(channels)}" if len(channels) > 1 else ""
    return replace(
        first,
        concerns=Concerns(
            of.table,
            "experiment",
            experiment=of.experiment,
            population=of.population,
            channel=channels[0] if len(channels) == 1 else "",
        ),
        sentence=(
            f"{of.experiment}: the same in {many(len(items), _KINDS[of.kind])}{where}"
            f"{_values(group)}. The first{named}: {first.sentence}"
        ),
        value=max((flag.value for flag in group), key=lambda value: _distance(value, first.limit)),
    )


def _item(of: Concerns) -> str:
    return of.arm or of.fcs


def _values(group: Sequence[Flag]) -> str:
    """The smallest and the largest value, if they differ and have the same meaning."""
    known = [flag.value for flag in group if not math.isnan(flag.value)]
    if not known or min(known) == max(known) or len({flag.limit for flag in group}) > 1:
        return ""
    return f" ({number(min(known))} to {number(max(known))} {group[0].unit}".rstrip() + ")"


def _distance(value: float, limit: float) -> float:
    """From the limit, or from 0 where there is none; 0 for an unknown value."""
    distance = abs(value - (0.0 if math.isnan(limit) else limit))
    return 0.0 if math.isnan(distance) else distance
