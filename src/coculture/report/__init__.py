"""What people read: the page that answers the study's question, and its tables to go on with."""

from coculture.report.page import render, template_files
from coculture.report.reading import read_results
from coculture.report.results import Figure, Results, figure_tables, figures_below
from coculture.report.spreadsheet import write as write_spreadsheet

__all__ = [
    "Figure",
    "Results",
    "figure_tables",
    "figures_below",
    "read_results",
    "render",
    "template_files",
    "write_spreadsheet",
]
