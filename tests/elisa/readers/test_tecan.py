"""Tecan: Magellan, i-control and their lists and grids."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.elisa import read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OD,
    PLASTIC,
    cells,
    only_reading,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_tecan_list_of_384_wells_at_two_wavelengths(exports: Path) -> None:
    (plate,) = read_plates(exports / "tecan" / "SLA01P01_ELISA.xlsx")
    assert plate.wells.groupby("reading").size().to_dict() == {"Label1": 384, "Label2": 384}
    assert plate.wells.set_index(["well", "reading"])["od"]["A13", "Label1"] == 0.3557


@pytest.mark.reference
def test_tecan_grid_beside_a_grid_of_labels(exports: Path) -> None:
    (plate,) = read_plates(exports / "elisar" / "example.xls")
    wells = plate.wells.set_index("well")["od"]
    assert (len(wells), wells["A12"], wells["H1"]) == (96, 2.166, 0.231)


def test_tecan_i_control_workbook_states_its_wavelengths(workbook: Callable[..., Path]) -> None:
    rows: list[list[object]] = [
        ["Application: Tecan i-control"], [], ["Label: OD"], ["Mode", None, None, "Absorbance"],
        ["Measurement wavelength", None, None, None, 450, "nm"], [], *cells(OD, "<>"), [],
        ["Label: plastic"], ["Measurement wavelength", None, None, None, 570, "nm"], [],
        *cells(PLASTIC, "<>"), ["End Time:", "now"],
    ]  # fmt: skip
    (plate,) = read_plates(workbook(Sheet1=rows))
    assert plate.wells.groupby(["reading", "wavelength_nm"]).size().to_dict() == {
        ("OD", 450.0): 96,
        ("plastic", 570.0): 96,
    }


@pytest.mark.parametrize("labels_first", [True, False])
def test_magellan_prints_names_and_values_under_each_other(
    tmp_path: Path, labels_first: bool
) -> None:
    names = "\t".join(f"SM1_{column}" for column in COLUMNS)
    heading, *rows = well_grid(MAIN, "\t", corner="<>")
    lines = [heading]
    for row in rows:
        letter, values = row.split("\t", 1)
        upper, lower = (names, values) if labels_first else (values, names)
        lines += [f"{letter}\t{upper}", f"\t{lower}"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN
