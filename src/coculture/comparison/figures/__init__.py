"""The figures of the comparison, by the names of their files."""

from coculture.comparison.figures.registry import NAMES, drawings, functions, names, power

__all__ = ["NAMES", "drawings", "functions", "names", "power"]
