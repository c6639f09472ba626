"""The report: a page that answers the study's question, and a workbook with its tables."""

from coculture.report.page import render
from coculture.report.reading import read_results
from coculture.report.results import Figure, Results, read_figures
from coculture.report.spreadsheet import write as write_spreadsheet

__all__ = [
    "Figure",
    "Results",
    "read_figures",
    "read_results",
    "render",
    "write_spreadsheet",
]
