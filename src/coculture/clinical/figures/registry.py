"""The figures of the clinical table, by the names of their files.

A new figure is a function in a file of its own, and one line here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coculture.clinical.summary import ClinicalSummary
    from coculture.drawing import Drawing

NAMES = ("changes",)
"""In the order in which the report shows them."""


def functions() -> "dict[str, Callable[[ClinicalSummary], Drawing]]":
    """The function that draws each figure. They are imported here because matplotlib is slow."""
    from coculture.clinical.figures.changes import changes

    return {"changes": changes}
