"""Figures of the ELISA part: one module for each, listed in the registry."""

from coculture.elisa.figures.registry import (
    PLATE_FIGURES,
    STUDY_FIGURES,
    plate_drawings,
    plate_figures,
    study_drawings,
    study_figures,
)
from coculture.elisa.figures.results import PlateResults, StudyResults

__all__ = [
    "PLATE_FIGURES",
    "STUDY_FIGURES",
    "PlateResults",
    "StudyResults",
    "plate_drawings",
    "plate_figures",
    "study_drawings",
    "study_figures",
]
