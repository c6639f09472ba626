"""The lists of figures of the ELISA part: one module for each figure.

A figure is a module with `draw(results)`. To add one, write such a module, and name it below: in
PLATE_FIGURES and `plate_drawings` for a figure of each plate, in STUDY_FIGURES and `study_drawings`
for one of all plates (the report shows figures in these orders). Declare its columns in
columns.csv.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from coculture.elisa.figures.results import PlateResults, StudyResults

if TYPE_CHECKING:
    from coculture.drawing import Drawing

PLATE_FIGURES = ("standard_curve", "plate")
STUDY_FIGURES = ("standards_recovery",)
"""Names of the figures' files."""


def plate_figures(roles: Collection[str]) -> list[str]:
    """The figures of each plate of a study whose wells have these roles.

    Plates of finished concentrations (Luminex) have no curve.
    """
    has_curves = "standard" in roles
    return [name for name in PLATE_FIGURES if has_curves or name != "standard_curve"]


def study_figures(roles: Collection[str]) -> list[str]:
    """The figures of all plates together of such a study."""
    return list(STUDY_FIGURES) if {"standard", "control"} & set(roles) else []


def plate_drawings(
    results: PlateResults, names: Collection[str] = PLATE_FIGURES
) -> Iterator[tuple[str, "Drawing"]]:
    """Each figure of a plate that is named, with its name."""
    # Imported here, so that the workflow can read the names without Matplotlib.
    from coculture.elisa.figures import plate, standard_curve

    for name, figure in zip(PLATE_FIGURES, (standard_curve, plate), strict=True):
        if name in names:
            yield name, figure.draw(results)


def study_drawings(
    results: StudyResults, names: Collection[str] = STUDY_FIGURES
) -> Iterator[tuple[str, "Drawing"]]:
    """Each figure of all plates that is named, with its name."""
    from coculture.elisa.figures import standards_recovery

    for name, figure in zip(STUDY_FIGURES, (standards_recovery,), strict=True):
        if name in names:
            yield name, figure.draw(results)
