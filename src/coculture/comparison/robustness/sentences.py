"""How fragile a finding is, in one sentence each."""

from collections.abc import Sequence

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.robustness import experiments_left_out
from coculture.comparison.robustness.analyses import Analysis
from coculture.exchange.alternatives import AUTOMATIC_GATES
from coculture.exchange.vocabulary import (
    NOT_SHOWN,
    NOT_TESTABLE,
    SHOWN,
    Verdict,
    listed,
    number,
)

_MOST_NAMED = 3
"""Alternatives that a sentence names; the table has the others."""
_OTHERWISE = {
    SHOWN: {NOT_SHOWN: "not with", NOT_TESTABLE: "not testable with"},
    NOT_SHOWN: {SHOWN: "shown with", NOT_TESTABLE: "not testable with"},
    NOT_TESTABLE: {SHOWN: "shown with", NOT_SHOWN: "not shown with"},
}


def verdicts(analyses: Sequence[Analysis]) -> str:
    """In how many of the analyses of one finding the verdict is the same, and where it is not.

    The first is the finding as configured. The verdicts are those of its own tests.
    """
    own = analyses[0].verdict
    counted = [one for one in analyses if one.is_counted]
    same = [one for one in counted if one.verdict == own]
    words = "shown by its own test" if own == SHOWN else own
    begin = f"{words[:1].upper()}{words[1:]}"
    if len(counted) == 1:
        return f"{begin}; no other analysis could be tried, so its fragility is not known."
    text = f"{begin} in {_so_many(len(same), len(counted))} analyses"
    for verdict, how in _OTHERWISE[Verdict(own)].items():
        names = [one.alternative.name for one in counted if one.verdict == verdict]
        if names:
            text += f"; {how} {_some(names)}"
    return f"{text}."


def _so_many(same: int, counted: int) -> str:
    return f"all {counted}" if same == counted else f"{same} of {counted}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = list(names[:_MOST_NAMED])
    return listed([*shown, f"{more} more"] if more > 0 else shown)


def automatic_gates(analyses: Sequence[Analysis], *, any_moved: bool) -> str:
    """What a finding would be with the automatic gates; empty if no gate was set by hand.

    Parameters
    ----------
    any_moved
        Whether the gates that a person set change what any finding is tested on.
    """
    own = analyses[0]
    for one in analyses:
        if one.alternative.choice == AUTOMATIC_GATES:
            return f"Gates were set by hand{_otherwise_gated(own, one)}."
    return "Gates were set by hand, which changed nothing that this finding compares." * any_moved


def _otherwise_gated(own: Analysis, one: Analysis) -> str:
    """What the automatic gates (`one`) give in place of those that a person set."""
    if not one.verdict:
        return f"; what the automatic ones give is not known: {one.alternative.not_counted}"
    estimates = ""
    if np.isfinite(own.estimate.value) and np.isfinite(one.estimate.value):
        values = f"{number(one.estimate.value)} instead of {number(own.estimate.value)}"
        estimates = f" (estimate {values} {own.estimate.unit}".rstrip() + ")"
    if one.verdict == own.verdict:
        return f"; with the automatic gates the verdict is the same{estimates}"
    verdict = f"with the automatic gates it is {one.verdict}{estimates}"
    return f", and this changed the verdict: {verdict}"


def without_experiment(analyses: Sequence[Analysis]) -> str:
    """The weakest p without one experiment, or donor; empty with too few."""
    left_out = [
        one
        for one in analyses
        if one.alternative.choice == experiments_left_out.CHOICE and one.verdict
    ]
    if not left_out:
        return ""
    one = max(left_out, key=lambda one: one.p / one.level)
    return (
        f"With {one.alternative.name} the evidence is weakest: "
        f"{number_formats.probability(one.p)} (level {one.level:g}; not counted)."
    )


def measurement(configured: Analysis, unit: str) -> str:
    """What measurement contributes to the standard error; empty if it is not known."""
    se, sd = configured.se, configured.measurement_sd
    if not (np.isfinite(se) and np.isfinite(sd)):
        return ""
    return (
        f"The standard error of the comparison that decides is {number(se, 2)} {unit}; measurement "
        f"error alone would give {number(sd, 2)}."
    )
