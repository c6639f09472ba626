"""The figures of the comparison, by the names of their files."""

from coculture.comparison.figures.planned import PlannedStudy
from coculture.comparison.figures.registry import (
    NAMES,
    ComparisonFigure,
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
    "drawings",
    "every",
    "functions",
    "of_study",
    "power",
]
