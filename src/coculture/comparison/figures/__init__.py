"""The figures of the comparison, by the names of their files."""

from coculture.comparison.figures.planned import PlannedStudy
from coculture.comparison.figures.registry import (
    NAMES,
    ComparisonFigure,
    drawing,
    drawings,
    every,
    functions,
    of_study,
    power,
)

__all__ = [
    "NAMES",
    "ComparisonFigure",
    "PlannedStudy",
    "drawing",
    "drawings",
    "every",
    "functions",
    "of_study",
    "power",
]
