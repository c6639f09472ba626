"""The headings of a table from FlowJo's Table Editor: a population, "|", and a statistic.

A population is a path of gates ("Cells/Single Cells/Live"). The first column has the FCS files,
under a heading that is empty or one of a few words; FlowJo's own rows of means and SDs are last.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coculture.exchange.units import ARBITRARY, CELLS, PERCENT

FILE_HEADINGS = (
    *("", "file", "filename", "file name", "sample", "sample:", "sample name", "sample id", "name"),
    *("tube", "tube name", "well", "well name"),
)
"""Of the column with the files, in small letters."""
SUMMARY_ROWS = ("mean", "sd", "stddev", "std. dev.")
"""What FlowJo writes into that column below the files, in small letters."""

_HEADING = re.compile(r"(?:(?P<population>[^|]*?)\s*\|\s*)?(?P<statistic>[^|]+?)\s*(?:\(%\))?")
_FREQUENCY = re.compile(r"freq\. of (?P<of>.+)", re.IGNORECASE)
_INTENSITIES = ("median", "mean", "geometric mean", "geom. mean", "mode", "sd", "robust sd")


@dataclass(frozen=True)
class Statistic:
    """A statistic of a population, as FlowJo heads a column.

    Attributes
    ----------
    population
        Its gates from the outermost; empty for all events.
    name
        As FlowJo writes it, without "(%)": Freq. of Parent, Count, Median (Comp-APC-A).
    """

    population: tuple[str, ...]
    name: str
    unit: str

    @property
    def endpoint(self) -> str:
        """The whole heading without its unit.

        >>> of_heading("Cells/Live | Freq. of Parent (%)").endpoint
        'Cells/Live | Freq. of Parent'
        """
        path = "/".join(self.population)
        return f"{path} | {self.name}" if path else self.name

    @property
    def is_count(self) -> bool:
        """Whether it is the number of cells of its population."""
        return self.unit == CELLS

    def counted_in(self) -> tuple[str, ...] | None:
        """The population that a frequency is a part of; None for another statistic.

        >>> of_heading("Cells/Live/Annexin+ | Freq. of Parent").counted_in()
        ('Cells', 'Live')
        >>> of_heading("Cells/Live/Annexin+ | Freq. of Cells (%)").counted_in()
        ('Cells',)
        """
        found = _FREQUENCY.fullmatch(self.name)
        if found is None or not self.population:
            return None
        above = self.population[:-1]
        of = found["of"].casefold()
        if of in ("parent", "grandparent"):
            steps = 1 if of == "parent" else 2
            return self.population[:-steps] if len(self.population) >= steps else None
        if of == "total":
            return ()
        ends = [i for i, gate in enumerate(above, start=1) if gate.casefold() == of]
        return above[: ends[-1]] if ends else None


def of_heading(heading: str) -> Statistic | None:
    """The statistic that a heading names, or None if FlowJo does not write such a heading.

    >>> of_heading("Live | Median (Comp-APC-A)").unit, of_heading("Live | Count").unit
    ('a.u.', 'cells')
    >>> of_heading("viability_percent")
    """
    found = _HEADING.fullmatch(heading)
    if found is None:
        return None
    path, name = found["population"], " ".join(found["statistic"].split())
    unit = _unit(name, has_population=path is not None)
    gates = tuple(gate.strip() for gate in (path or "").split("/") if gate.strip())
    return Statistic(gates, name, unit) if unit else None


def count_heading(heading: str, headings: Iterable[str]) -> str | None:
    """The column with the number of cells that the frequency in a column is a part of, if any."""
    statistic = of_heading(heading)
    whole = None if statistic is None else statistic.counted_in()
    if whole is None:
        return None
    for other in headings:
        counted = of_heading(other)
        if counted is not None and counted.is_count and counted.population == whole:
            return other
    return None


def _unit(statistic: str, has_population: bool) -> str:
    """The unit of a statistic; empty if it is none. Without a population few are certain."""
    name = statistic.casefold()
    if _FREQUENCY.fullmatch(name):
        return PERCENT
    if name == "count":
        return CELLS
    is_intensity = name.partition("(")[0].strip() in _INTENSITIES
    return ARBITRARY if has_population and is_intensity else ""
