"""The report: a page that answers the study's question, a workbook, and files for Prism."""

from coculture.report.page import pages, render
from coculture.report.parts import Part, parts
from coculture.report.pzfx import write_prism
from coculture.report.reading import read_results
from coculture.report.results import Figure, Results, read_figures
from coculture.report.spreadsheet import write as write_spreadsheet

__all__ = [
    "Figure",
    "Part",
    "Results",
    "pages",
    "parts",
    "read_figures",
    "read_results",
    "render",
    "write_prism",
    "write_spreadsheet",
]
