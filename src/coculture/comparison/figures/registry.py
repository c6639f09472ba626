"""The figures of the comparison, by the names of their files.

A new figure is a function in a file of its own, entered in `NAMES` and in `functions`, with the
condition on which a study has it in planned.py. A figure with `{endpoint}` in its name is drawn for
each endpoint.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coculture.comparison.figures.planned import CONDITIONS, PlannedStudy

if TYPE_CHECKING:
    import pandas as pd

    from coculture.comparison.figures.inputs import FigureInputs
    from coculture.comparison.planning import Need
    from coculture.drawing import Drawing

NAMES = (
    "findings",
    "robustness",
    "arms_{endpoint}",
    "arms_{endpoint}_pooled_error",
    "dose_response_{endpoint}",
    "interaction_{endpoint}",
    "combination",
    "dose_pairs",
    "plates",
)
"""In the order in which the report shows them."""


def functions() -> "dict[str, Callable[..., Drawing]]":
    """The function that draws each figure. They are imported here because matplotlib is slow.

    Each takes `FigureInputs`; those of an endpoint also take its subject (apoptosis, IL-6).
    """
    from coculture.comparison.figures.arms import arms, arms_by_pooled_error
    from coculture.comparison.figures.combination import combination
    from coculture.comparison.figures.dose_pairs import dose_pairs
    from coculture.comparison.figures.dose_response import dose_response
    from coculture.comparison.figures.findings import findings
    from coculture.comparison.figures.interaction import interaction
    from coculture.comparison.figures.plates import plates
    from coculture.comparison.figures.robustness import robustness

    return {
        "findings": findings,
        "robustness": robustness,
        "arms_{endpoint}": arms,
        "arms_{endpoint}_pooled_error": arms_by_pooled_error,
        "dose_response_{endpoint}": dose_response,
        "interaction_{endpoint}": interaction,
        "combination": combination,
        "dose_pairs": dose_pairs,
        "plates": plates,
    }


@dataclass(frozen=True)
class ComparisonFigure:
    """One figure of a study.

    Attributes
    ----------
    name
        Of its file.
    pattern
        Its entry in `NAMES`.
    subject
        The endpoint that it shows; empty if it shows no particular one.
    """

    name: str
    pattern: str
    subject: str = ""


def every(endpoints: Mapping[str, str]) -> list[ComparisonFigure]:
    """Every figure of a study that may have all of them, in the order of `NAMES`.

    Parameters
    ----------
    endpoints
        The endpoints that the study compares, with their names in file names.

    Examples
    --------
    >>> [one.name for one in every({"apoptosis": "apoptosis", "IL-6": "il6"})][2:4]
    ['arms_apoptosis', 'arms_il6']
    """
    return [
        ComparisonFigure(pattern.format(endpoint=name), pattern, subject)
        for pattern in NAMES
        for subject, name in (endpoints if "{endpoint}" in pattern else {"": ""}).items()
    ]


def of_study(study: PlannedStudy, endpoints: Mapping[str, str]) -> list[ComparisonFigure]:
    """The figures that have something to show in this study, as far as its tables say."""
    return [
        one
        for one in every(endpoints)
        if CONDITIONS[one.pattern](study, *([one.subject] if one.subject else []))
    ]


def drawings(
    inputs: "FigureInputs", figures: Iterable[ComparisonFigure]
) -> "Iterator[tuple[str, Drawing]]":
    """Draw figures of a study, one after the other, each with its name."""
    for one in figures:
        yield one.name, drawing(inputs, one)


def drawing(inputs: "FigureInputs", figure: ComparisonFigure) -> "Drawing":
    """Draw a figure of a study, from what is there of its endpoint."""
    draw = functions()[figure.pattern]
    return draw(inputs.of(figure.subject), *([figure.subject] if figure.subject else []))


def power(table: "pd.DataFrame", needs: "Sequence[Need]") -> "Drawing":
    """The power of each finding and the range it needs (`coculture.comparison.planning`)."""
    from coculture.comparison.figures.power_curves import power_curves

    return power_curves(table, needs)
