"""Figures of the gating of one experiment: one module for each."""

from coculture.flow.figures.registry import NAMES, drawings, names

__all__ = ["NAMES", "drawings", "names"]
