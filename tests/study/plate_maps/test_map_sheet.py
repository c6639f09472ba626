"""One sheet as a plate map: its grids, their names and what is stated for the plate."""

from coculture.study.plate_maps.map_sheet import PlateMap


def test_a_grid_is_named_in_its_corner_or_in_the_line_above() -> None:
    (drawn,) = PlateMap.of(
        "cultures E1",
        "E1",
        [
            ["hours", "48", ""],
            ["", "", ""],
            ["dex_nM", "", ""],
            ["", "1", "2"],
            ["A", "0", "1000"],
            ["", "", ""],
            ["cells", "1", "2"],
            ["A", "MM1S", ""],
        ],
    )
    assert [(grid.name, grid.cell) for grid in drawn.grids] == [("dex_nM", "A4"), ("cells", "A7")]
    wells = [{well: one.text for well, one in grid.wells.items()} for grid in drawn.grids]
    assert wells == [{"A1": "0", "A2": "1000"}, {"A1": "MM1S", "A2": ""}]
    assert {name: one.text for name, one in drawn.stated.items()} == {"hours": "48"}


def test_names_in_the_corners_of_grids_side_by_side_state_nothing() -> None:
    rows = [["dex_nM", "1", "2", "", "cells", "1", "2"], ["A", "0", "10", "", "A", "MM1S", "MM1S"]]
    (drawn,) = PlateMap.of("cultures E1", "E1", rows)
    assert [grid.name for grid in drawn.grids] == ["dex_nM", "cells"]
    assert drawn.stated == {}
