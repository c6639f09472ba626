"""The codes of flags, for the column `flags` of elisa/wells.csv and elisa/cultures.csv."""

from collections.abc import Iterable, Iterator

import pandas as pd

from coculture.exchange import flags as flag_table
from coculture.exchange.flags import Flag


def codes(flags: Iterable[Flag]) -> str:
    """The codes of cautions and failures, for the column `flags` of a table.

    Notes are left out: the columns state and excluded hold them.
    """
    return flag_table.codes(flag for flag in flags if flag.severity != "note")


class WellFlags:
    """The flags of wells and of their curves, by well and analyte."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        self._of_wells: dict[tuple[str, str, str], list[Flag]] = {}
        self._of_curves: dict[tuple[str, str], list[Flag]] = {}
        for flag in flags:
            concerns = flag.concerns
            if concerns.kind == "well":
                key = (concerns.plate, concerns.well, concerns.analyte)
                self._of_wells.setdefault(key, []).append(flag)
            elif concerns.kind == "curve" and flag.severity == "failure":
                self._of_curves.setdefault((concerns.plate, concerns.analyte), []).append(flag)

    def of(self, wells: pd.DataFrame) -> Iterator[Flag]:
        """The flags of some rows of elisa/wells.csv: the failure of the curve, then the well's."""
        for plate, well, analyte in zip(
            wells["plate"], wells["well"], wells["analyte"], strict=True
        ):
            yield from self._of_curves.get((plate, analyte), ())
            yield from self._of_wells.get((plate, well, analyte), ())
