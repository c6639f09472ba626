"""What flow cytometry counts in a population: classes of cells, and the outcomes made of them.

The stains of a study put each cell in one class: Annexin V and a viability dye make viable, early,
late and necrotic cells. An outcome is the percent of the population in one or several classes.
flow/wells.csv has the count of each class and the percent of each outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coculture.exchange.names import column_prefix

APOPTOTIC = "apoptotic"


@dataclass(frozen=True)
class Outcome:
    """A percent of a population that its stains give.

    Attributes
    ----------
    name
        As the config names it: "apoptotic", "PI-positive".
    classes
        The classes of cells that it is the sum of.
    """

    name: str
    classes: tuple[str, ...]

    @property
    def column(self) -> str:
        """Its percent in flow/wells.csv and cultures.csv.

        >>> Outcome("apoptotic", ("early", "late")).column
        'percent_apoptotic'
        """
        return f"percent_{in_columns(self.name)}"

    @property
    def count(self) -> str:
        """Its number of cells in cultures.csv."""
        return count_column(self.name)


@dataclass(frozen=True)
class Outcomes:
    """The classes of cells of a study, and what is read from them.

    Attributes
    ----------
    classes
        Each cell of the population is in one of them.
    outcomes
        The first is compared if the config declares no endpoints. Empty without stains.
    """

    classes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> tuple[str, ...]:
        """The columns of flow/wells.csv that count the classes."""
        return tuple(count_column(name) for name in self.classes)

    def named(self, name: str) -> Outcome | None:
        """The outcome of this name; None if there is none."""
        return next((one for one in self.outcomes if one.name == name), None)


def outcomes_of(flow: Mapping[str, Any]) -> Outcomes:
    """What the config's section `flow` (with its defaults) reads from the stains."""
    channels = flow["channels"]
    if channels["annexin"] is None or channels["viability_dye"] is None:
        return Outcomes((), ())
    single = ("viable", "early", "late", "necrotic")
    together = Outcome(APOPTOTIC, ("early", "late"))
    return Outcomes(single, (together, *(Outcome(name, (name,)) for name in single)))


def count_column(name: str) -> str:
    """The column that counts the cells of a class or outcome.

    >>> count_column("PI-positive")
    'n_pi_positive'
    """
    return f"n_{in_columns(name)}"


def in_columns(name: str) -> str:
    """A name as columns have it: words of lower-case letters and digits, joined by "_"."""
    words = [column_prefix(word) for word in name.replace("-", " ").replace("_", " ").split()]
    return "_".join(word for word in words if word)
