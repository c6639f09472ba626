"""Why a culture that was measured has neither a value nor a bound."""

from collections.abc import Iterable, Sequence

import pandas as pd

from coculture.elisa.plates.checks import (
    between_dilutions,
    dilutions_contradict,
    dilutions_disagree,
    plate_failed,
    replicates_disagree,
)
from coculture.elisa.plates.combination import Combination
from coculture.exchange.flags import Flag

NOT_DETERMINED = "not_determined"
"""The state of a well or culture that was read, but whose concentration is not known."""

_OF_CULTURES = {
    dilutions_disagree.CODE: "its dilutions disagree",
    replicates_disagree.CODE: "its replicates disagree",
    dilutions_contradict.CODE: "its dilutions contradict each other",
    between_dilutions.CODE: "it lies between two dilutions, above the range of one and below that "
    "of the other",
}


def why_without_value(
    combined: Combination,
    wells: pd.DataFrame,
    of_culture: Sequence[Flag],
    of_wells: Iterable[Flag],
) -> str:
    """Why there is no value, in words; empty where there is one, or a bound, or all is excluded.

    Parameters
    ----------
    wells
        All wells of the culture.
    of_culture, of_wells
        The flags of the culture, and of its wells with those of their curves.
    """
    if combined.state == "missing":
        return "no well was read"
    if combined.state != NOT_DETERMINED:
        return ""
    failed = [flag.sentence.rstrip(".") for flag in of_wells if flag.code == plate_failed.CODE]
    words = [_OF_CULTURES[flag.code] for flag in of_culture if flag.code in _OF_CULTURES]
    if (wells["state"] == NOT_DETERMINED).any():
        words.append("the curve is too flat where its wells lie to give limits")
    known = list(dict.fromkeys([*failed, *words]))
    return "; ".join(known) or "its wells were read, but gave no concentration"
