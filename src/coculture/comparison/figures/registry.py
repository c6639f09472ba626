"""The figures of the comparison, by the names of their files.

A new figure is a function in a file of its own, entered in `NAMES` and in `functions`. A figure
with `{endpoint}` in its name is drawn for apoptosis and for each analyte.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from coculture.comparison.figures.inputs import FigureInputs
    from coculture.drawing import Drawing

NAMES = (
    "findings",
    "arms_{endpoint}",
    "arms_{endpoint}_pooled_error",
    "interaction_{endpoint}",
    "combination",
    "plates",
)
"""In the order in which the report shows them."""


def functions() -> "dict[str, Callable[..., Drawing]]":
    """The function that draws each figure. They are imported here because matplotlib is slow.

    Each takes `FigureInputs`; those of an endpoint also take its subject (apoptosis, IL-6).
    """
    from coculture.comparison.figures.arms import arms, arms_by_pooled_error
    from coculture.comparison.figures.combination import combination
    from coculture.comparison.figures.findings import findings
    from coculture.comparison.figures.interaction import interaction
    from coculture.comparison.figures.plates import plates

    return {
        "findings": findings,
        "arms_{endpoint}": arms,
        "arms_{endpoint}_pooled_error": arms_by_pooled_error,
        "interaction_{endpoint}": interaction,
        "combination": combination,
        "plates": plates,
    }


def names(endpoints: Mapping[str, str]) -> list[str]:
    """The names of all figures of a study.

    Parameters
    ----------
    endpoints
        The subjects that the study compares, with their names in file names.

    Examples
    --------
    >>> names({"apoptosis": "apoptosis", "IL-6": "il6"})[1:3]
    ['arms_apoptosis', 'arms_il6']
    """
    return [name for pattern in NAMES for name, _ in _of_pattern(pattern, endpoints)]


def drawings(
    inputs: "FigureInputs", endpoints: Mapping[str, str]
) -> "Iterator[tuple[str, Drawing]]":
    """Draw all figures of a study, one after the other, each with its name (see `names`)."""
    draw = functions()
    for pattern in NAMES:
        for name, subject in _of_pattern(pattern, endpoints):
            yield name, draw[pattern](inputs, *subject)


def power(table: "pd.DataFrame") -> "Drawing":
    """The power of each finding, from the table of `coculture.comparison.planning.power`."""
    from coculture.comparison.figures.power_curves import power_curves

    return power_curves(table)


def _of_pattern(
    pattern: str, endpoints: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of a pattern, each with its subject if it has one."""
    if "{endpoint}" not in pattern:
        yield pattern, ()
        return
    for subject, name in endpoints.items():
        yield pattern.format(endpoint=name), (subject,)
