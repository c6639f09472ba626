"""Replicates of a culture that disagree: which of them were not used."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coculture.elisa.plates.combination import Combination
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.dilution_groups import DilutionGroup
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed

CODE = "replicates_disagree"


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution for each dilution and plate of which replicates, or all of them, are not used."""
    for group in combined.groups:
        if not group.stands.all():
            others = f"the others, whose mean is {pg_ml(group.value)}"
            yield _flag(
                combined,
                group.left_out,
                group.ln,
                f"{_named(group.left_out)} of dilution {group.dilution:g} on plate {group.plate} "
                f"{'disagrees' if len(group.left_out) == 1 else 'disagree'} with {others}. "
                f"{'It was' if len(group.left_out) == 1 else 'They were'} not used.",
            )
        elif group.state == "discordant":
            yield _flag(combined, group.wells, group.ln, _discordant(combined, group))


def _discordant(combined: Combination, group: DilutionGroup) -> str:
    without = (
        "Other wells make the value."
        if combined.state == "ok"
        else "Repeat the culture, or exclude the wrong well with a reason."
    )
    return (
        f"The replicates of dilution {group.dilution:g} on plate {group.plate} disagree by more "
        f"than chance ({_named(group.wells)}), and none of them was used. {without}"
    )


def _named(wells: pd.DataFrame) -> str:
    """Wells with their concentrations: A1 1000 pg/mL and A2 200 pg/mL."""
    return listed(
        f"{well} {pg_ml(float(np.exp(ln)))}"
        for well, ln in zip(wells["well"], wells["ln"], strict=True)
    )


def _flag(combined: Combination, wells: pd.DataFrame, middle: float, sentence: str) -> Flag:
    farthest = float(np.exp(np.abs(wells["ln"].to_numpy(float) - middle).max()))
    return Flag(combined.concerns, CODE, "caution", sentence, farthest, unit="fold")
