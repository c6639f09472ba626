"""The page that answers the study's question: findings first, then what they rest on."""

from coculture.report.page import Figure, Results, figures_below, render
from coculture.report.reading import read_results

__all__ = ["Figure", "Results", "figures_below", "read_results", "render"]
