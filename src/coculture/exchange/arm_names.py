"""How an arm is called: one name for tables, axes, sentences and the workbook.

What the cells grow on is said where it differs between the arms, or where there are no cells:
"MM.1S on HS-5, DEX 10 nM", "MM.1S without stroma, untreated", "HS-5 alone, untreated". Elsewhere
the name is short: "MM.1S DEX 10 nM".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coculture.exchange.factor_levels import Level

UNTREATED = "untreated"
"""The name of an arm to which nothing was given."""


_NO_STROMA = ("none", "no", "no stroma", "without", "without stroma", "-", "–", "n/a", "na")
"""Ways of writing that there is no stroma, in lower case."""


def stroma_in(written: str) -> str:
    """The stroma as a table names it; empty if that says that there is none.

    >>> stroma_in("HS-5"), stroma_in("None"), stroma_in("")
    ('HS-5', '', '')
    """
    return "" if written.strip().lower() in _NO_STROMA else written


def ground(stroma: str) -> str:
    """What cells grow on.

    >>> ground("HS-5"), ground("")
    ('on HS-5', 'without stroma')
    """
    return f"on {stroma}" if stroma else "without stroma"


def alone(stroma: str) -> str:
    """A culture without other cells: of stroma alone.

    >>> alone("HS-5")
    'HS-5 alone'
    """
    return f"{stroma} alone"


def dose(level: float, unit: str, others: Sequence[float] = ()) -> str:
    """A dose with its unit: six significant digits, or all if two of `others` would look the same.

    Never in powers of ten, and without commas, which the tables of a study refuse.

    >>> dose(10.0, "nM"), dose(0.5, "µM"), dose(48.0000001, "h", [48.0, 48.0000001])
    ('10 nM', '0.5 µM', '48.0000001 h')
    >>> dose(1e6, "U/mL"), dose(2e-5, "mM")
    ('1000000 U/mL', '0.00002 mM')
    """
    shown = _plain(float(f"{level:g}"))
    if len({f"{each:g}" for each in others}) != len(set(others)):
        shown = _plain(level)
    return f"{shown} {unit}".rstrip()


def _plain(level: float) -> str:
    return f"{Decimal(repr(float(level))):f}".removesuffix(".0")


@dataclass(frozen=True)
class Drug:
    """A factor as it is called in arms.

    Attributes
    ----------
    doses
        Every dose that the study has besides the untreated one; with two or more the dose is part
        of the name.
    is_added
        Whether it is an analyte that was added to the culture.
    """

    name: str
    unit: str = ""
    doses: Sequence[float] = ()
    is_added: bool = False

    def at(self, level: Level) -> str:
        """What was given; a level with a name is that name.

        >>> Drug("DEX", "nM", [10.0, 100.0]).at(10.0), Drug("IL-6", is_added=True).at(10.0)
        ('DEX 10 nM', 'added IL-6')
        """
        if isinstance(level, str):
            return level
        name = f"added {self.name}" if self.is_added else self.name
        several = len(self.doses) > 1
        return f"{name} {dose(level, self.unit, self.doses)}" if several else name


def treatment(drugs: Iterable[str]) -> str:
    """What was given together.

    >>> treatment(["DEX 10 nM", "TOC"]), treatment([])
    ('DEX 10 nM + TOC', 'untreated')
    """
    return " + ".join(drugs) or UNTREATED


@dataclass(frozen=True)
class Setting:
    """Where an arm was: its cells, and what else differs between the arms of the study.

    Attributes
    ----------
    cells
        Empty for stroma alone.
    stroma
        None if it is the same in all arms of the study, so that it is not said.
    medium, hours
        Empty if all arms have the same.
    """

    cells: str
    stroma: str | None = None
    medium: str = ""
    hours: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the name says what the cells grow on."""
        return self.stroma is not None

    @property
    def grown(self) -> str:
        """The cells and what they grow on: "MM.1S on HS-5", "HS-5 alone"."""
        if self.stroma is None:
            return self.cells
        return f"{self.cells} {ground(self.stroma)}" if self.cells else alone(self.stroma)

    @property
    def name(self) -> str:
        """As the name of an arm begins: "MM.1S on HS-5 at 24 h", in short "MM.1S 24 h"."""
        if self.is_long:
            return " ".join(filter(None, [self.grown, self.circumstances]))
        return " ".join(filter(None, [self.cells, self.medium, self.hours]))

    @property
    def circumstances(self) -> str:
        """Medium and hours, as far as they differ: "in RPMI at 24 h"."""
        medium = f"in {self.medium}" if self.medium else ""
        return " ".join(filter(None, [medium, f"at {self.hours}" if self.hours else ""]))

    @property
    def surroundings(self) -> str:
        """The same without the cells: "on HS-5 at 24 h", in short "24 h"; may be empty.

        >>> Setting("", "HS-5", hours="24 h").surroundings, Setting("", hours="24 h").surroundings
        ('on HS-5 at 24 h', '24 h')
        """
        if self.stroma is None:
            return " ".join(filter(None, [self.medium, self.hours]))
        return " ".join(filter(None, [ground(self.stroma), self.circumstances]))

    @property
    def in_sentences(self) -> str:
        """The same after "in": "MM.1S cells on HS-5 at 24 h", "HS-5 alone"."""
        if not self.cells:
            return self.name
        grown = "" if self.stroma is None else ground(self.stroma)
        return " ".join(filter(None, [self.cells, "cells", grown, self.circumstances]))

    def with_treatment(self, given: str) -> str:
        """The name of the arm.

        >>> Setting("MM.1S", "").with_treatment("DEX 10 nM + TOC 2 µg/mL")
        'MM.1S without stroma, DEX 10 nM + TOC 2 µg/mL'
        >>> Setting("", "HS-5").with_treatment("untreated"), Setting("MM.1S").with_treatment("DEX")
        ('HS-5 alone, untreated', 'MM.1S DEX')
        """
        return f"{self.name}, {given}" if self.is_long else f"{self.name} {given}"
