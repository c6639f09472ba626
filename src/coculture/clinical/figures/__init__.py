"""The figures of the clinical table, by the names of their files."""

from coculture.clinical.figures.registry import NAMES, functions

__all__ = ["NAMES", "functions"]
