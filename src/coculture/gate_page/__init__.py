"""The gate page: every well of a study with its gates, which can be moved and saved.

It is one file that needs no network. It reads what gating and the comparison wrote, and imports
neither.
"""

from coculture.gate_page.inputs import GatePageInputs, read_inputs
from coculture.gate_page.page import page_names, pages

__all__ = ["GatePageInputs", "page_names", "pages", "read_inputs"]
