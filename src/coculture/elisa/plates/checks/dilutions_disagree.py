"""Dilutions of a culture that disagree: which were outvoted, or that there is no number."""

from collections.abc import Iterator

import numpy as np

from coculture.elisa.plates.combination import Combination
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.dilution_groups import DilutionGroup
from coculture.elisa.plates.dilution_vote import Verdict, weighted_mean
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed

CODE = "dilutions_disagree"

_CAUSES = "a hook, a matrix effect, a wrong dilution or exchanged wells"


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution for each plate on which dilutions were left out, or leave no number."""
    for verdict in combined.verdicts:
        if verdict.left_out:
            yield _outvoted(combined, verdict)
        elif verdict.rivals:
            yield _without_number(combined, verdict)


def _outvoted(combined: Combination, verdict: Verdict) -> Flag:
    used, _, _ = weighted_mean(verdict.used)
    each = listed(_against(group, used) for group in verdict.left_out)
    agreed = listed(f"{group.dilution:g}" for group in verdict.used)
    several = len(verdict.used) > 1
    return Flag(
        combined.concerns,
        CODE,
        "caution",
        f"{each}; dilution{'s' if several else ''} {agreed} "
        f"{'agree on' if several else 'gives'} {pg_ml(float(np.exp(used)))}, which is used. Look "
        f"for {_CAUSES}.",
        max(float(np.exp(abs(group.ln - used))) for group in verdict.left_out),
        unit="fold",
    )


def _against(group: DilutionGroup, used: float) -> str:
    """What a dilution reads, and on which side of the value it lies."""
    if group.state != "in_range":
        side = "less than" if group.state == "below" else "more than"
        return f"Dilution {group.dilution:g} reads {side} {pg_ml(group.value)}"
    percent = abs(float(100 * np.expm1(group.ln - used)))
    side = "lower" if group.ln < used else "higher"
    return f"Dilution {group.dilution:g} reads {pg_ml(group.value)}, {percent:.0f} % {side}"


def _without_number(combined: Combination, verdict: Verdict) -> Flag:
    plate = verdict.rivals[0].plate
    each = listed(_value(group) for group in verdict.rivals)
    lns = [group.ln for group in verdict.rivals]
    result = "" if combined.state == "ok" else " No value is given."
    return Flag(
        combined.concerns,
        CODE,
        "caution",
        f"The dilutions on plate {plate} disagree, and no two of them confirm one value: {each}."
        f"{result} Look for {_CAUSES}, and measure the culture again at three dilutions or more.",
        float(np.exp(max(lns) - min(lns))),
        unit="fold",
    )


def _value(group: DilutionGroup) -> str:
    relation = {"below": "less than ", "above": "more than "}.get(group.state, "")
    return f"{relation}{pg_ml(group.value)} by dilution {group.dilution:g}"
