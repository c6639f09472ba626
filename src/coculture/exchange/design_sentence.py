"""The sentence on every page and figure that says what was given, for how long and on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Given:
    """A factor as sentences name it, and its levels other than untreated, in ascending order."""

    name: str
    doses: Sequence[float]
    unit: str
    is_added: bool
    """Whether the factor is an analyte that was added to the culture."""


def design_sentence(given: Iterable[Given], hours: Sequence[float], stromas: Sequence[str]) -> str:
    """What was given, for how long and on what; a factor without doses is left out.

    >>> design_sentence([Given("IL-6", [5, 10], "ng/mL", True)], [48.0], ["", "HS-5"])
    'added IL-6 5 and 10 ng/mL; 48 h without stroma and on HS-5.'
    """
    drugs = [
        f"{'added ' if one.is_added else ''}{one.name} {_listed(one.doses)} {one.unit}".rstrip()
        for one in given
        if one.doses
    ]
    grounds = [f"on {stroma}" if stroma else "without stroma" for stroma in stromas]
    culture = f"{_listed(hours)} h {' and '.join(grounds)}"
    return "; ".join(filter(None, [", ".join(drugs), culture])) + "."


def _listed(numbers: Sequence[float]) -> str:
    """Numbers with commas and a last "and", never in powers of ten."""
    texts = [f"{number:,.10g}" for number in numbers]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
