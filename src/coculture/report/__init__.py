"""The report: a page that answers the study's question, and a workbook with its tables."""

from coculture.report.page import render, template_files
from coculture.report.reading import read_results
from coculture.report.results import Figure, Results, figure_tables, read_figures
from coculture.report.spreadsheet import write as write_spreadsheet

__all__ = [
    "Figure",
    "Results",
    "figure_tables",
    "read_figures",
    "read_results",
    "render",
    "template_files",
    "write_spreadsheet",
]
