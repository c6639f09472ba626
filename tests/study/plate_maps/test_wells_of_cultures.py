"""Samples get the culture that a map has in their well."""

import pandas as pd

from coculture.study.plate_maps.wells_of_cultures import WellsOfCultures
from coculture.study.read_tables import _with_mapped_cultures


def test_a_well_is_known_by_its_plate_or_by_its_experiment() -> None:
    wells = WellsOfCultures({("day1", "A1"): "first", ("e2", "A1"): "second"})
    rows = [("day1", "E1", "sample", ""), ("", "E2", "sample", ""), ("", "E3", "sample", "")]
    rows += [("day1", "E1", "sample", "own"), ("day1", "E1", "unstained", "")]
    flow = pd.DataFrame(rows, columns=["plate", "experiment", "role", "culture"]).assign(well="A1")
    filled = _with_mapped_cultures(flow, wells)["culture"].fillna("")
    assert filled.tolist() == ["first", "second", "", "own", ""]
