"""Plate maps: sheets of a workbook in the shape of a plate, as people draw them, as rows of tables.

A sheet whose title is the name of a table and then that of a plate ("cultures E1", "elisa IL6-E1")
is a map of that plate.
"""

from coculture.study.plate_maps.culture_map import CultureMaps
from coculture.study.plate_maps.elisa_map import elisa_rows
from coculture.study.plate_maps.map_row import MapRow
from coculture.study.plate_maps.map_sheet import MapError, PlateMap, plate_of
from coculture.study.plate_maps.wells_of_cultures import WellsOfCultures

MAPPED = ("cultures", "elisa")
"""The tables whose rows can be drawn as maps."""

__all__ = [
    "MAPPED",
    "CultureMaps",
    "MapError",
    "MapRow",
    "PlateMap",
    "WellsOfCultures",
    "elisa_rows",
    "plate_of",
]
