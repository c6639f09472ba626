"""Gen5: real exports, computed lines, and lines that are damaged or lost."""

from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    MAIN,
    OTHER,
    by_reading,
    expected,
    lettered_grid,
    only_reading,
    point,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_gen5_overflow_is_not_missing(exports: Path) -> None:
    name = "240411_172731_BNCH2345883_abs450_96well_non_numeric_values.txt"
    (plate,) = read_plates(exports / "gen5" / name)
    assert plate.wells["state"].value_counts().to_dict() == {"ok": 83, "overflow": 8, "missing": 5}
    assert plate.wells.set_index("well")["state"]["A8"] == "overflow"
    assert plate.wells["wavelength_nm"].unique().tolist() == [450]


@pytest.mark.reference
def test_gen5_plates_of_one_file(exports: Path) -> None:
    plates = read_plates(exports / "gen5" / "endpoint_stdcurve_multiplate.txt")
    assert [plate.name for plate in plates] == ["Plate 1", "Plate 2", "Plate 3"]
    assert [plate.wells["od"].iloc[0] for plate in plates] == [3.481, 3.496, 3.472]


@pytest.mark.reference
def test_gen5_kinetic_means_are_readings_and_computed_lines_are_not(exports: Path) -> None:
    (kinetic,) = read_plates(
        exports / "gen5" / "Kinetic_Analysis_Mean_Slope_and_Standard_Curve_tab.txt"
    )
    assert kinetic.wells["reading"].unique().tolist() == ["Mean V [420]"]
    (blanked,) = read_plates(
        exports / "gen5" / "Fluorescamine_Protein_Quantitation_no_results_matrix.txt"
    )
    assert blanked.wells["reading"].unique().tolist() == ["400/30,460/40"]


def test_a_damaged_line_of_gen5_is_refused_not_dropped(tmp_path: Path) -> None:
    lines = ["Software Version\t3.11", "Plate Number\tPlate 1", "Results"]
    both = zip(well_grid(MAIN, "\t"), well_grid(OTHER, "\t"), strict=True)
    for row, (main, other) in enumerate(both):
        lines += [main] if row == 0 else [f"{main}\t450", f"\t{other.split(chr(9), 1)[1]}\t570"]
    lines[9] = lines[9].replace(point(OTHER["C4"]), "0.5x")
    with pytest.raises(PlateError, match=r'well C4 of the plate grid "570".*"0.5x"'):
        read_plates(write_export(tmp_path, lines))
    lines[9] = lines[9].replace("0.5x", point(OTHER["C4"]))
    (plate,) = read_plates(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}


@pytest.mark.parametrize("label", ["450-570", "Corrected [450]", "Blanked 450"])
def test_gen5_leaves_computed_lines_out(tmp_path: Path, label: str) -> None:
    lines = ["Software Version\t3.11", "Plate Number\tPlate 1", "Results"]
    both = zip(well_grid(MAIN, "\t"), well_grid(OTHER, "\t"), strict=True)
    for row, (main, other) in enumerate(both):
        rest = other.split("\t", 1)[1]
        lines += [main] if row == 0 else [f"{main}\t450", f"\t{rest}\t{label}"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_a_lost_line_of_gen5_gives_no_reading_for_another(tmp_path: Path) -> None:
    raw = lettered_grid("\t", "450")
    blanked = [line.replace("B\t", "\t", 1) for line in lettered_grid("\t", "Blank 450")]
    lines = [raw[0]]
    for row, computed in zip(raw[1:], blanked[1:], strict=True):
        lines += [row, computed if computed.startswith("\t") else "\t" + computed.split("\t", 1)[1]]
    above = ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"]
    assert only_reading(write_export(tmp_path, [*above, *lines], "whole.txt")) == expected()
    del lines[4]
    lost = write_export(tmp_path, [*above, *lines], "lost.txt")
    with pytest.raises(PlateError, match="row B of the plate grid does not have the same lines"):
        read_plates(lost)
