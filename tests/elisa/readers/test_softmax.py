"""SoftMax Pro: real exports, and small ones that are cut, edited or partly blank."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OD,
    ROWS,
    SOFTMAX_HEADER,
    by_reading,
    expected,
    ods,
    only_reading,
    softmax_block,
    softmax_lines,
    softmax_rows,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_softmax_plate_and_time_format_give_the_same_wells(exports: Path) -> None:
    by_plate = read_plates(exports / "softmax" / "MD_SMP_absorbance_endpoint_example01.txt")
    by_time = read_plates(exports / "softmax" / "MD_SMP_absorbance_endpoint_example02.txt")
    assert [plate.name for plate in by_plate] == ["Plate01", "Plate02"]
    for one, other in zip(by_plate, by_time, strict=True):
        pd.testing.assert_frame_equal(one.wells, other.wells)


@pytest.mark.reference
def test_softmax_reads_two_wavelengths_in_time_format(exports: Path) -> None:
    (plate,) = read_plates(exports / "softmax" / "group_with_partial_rows.txt")
    assert plate.wells.groupby("wavelength_nm").size().to_dict() == {450: 96, 650: 96}
    first = plate.wells.set_index(["well", "wavelength_nm"])["od"]
    assert first["A1", 450] == 0.1003
    assert first["A1", 650] == 0.0338


@pytest.mark.reference
def test_softmax_blocks_side_by_side_and_doubled_names(exports: Path) -> None:
    plates = read_plates(exports / "softmax" / "multi-plate-block_non-unique_plate_ID.txt")
    assert [plate.name for plate in plates] == ["Plate01 (1)", "Plate01 (2)"]
    wells = plates[0].wells.set_index(["well", "wavelength_nm"])["od"]
    assert wells["B1", 200] == 1.1994
    assert wells["B1", 280] == 0.0564


@pytest.mark.reference
def test_softmax_in_latin_1_with_two_plates_of_one_name(exports: Path) -> None:
    plates = read_plates(exports / "elisatools" / "Assay_3_and_4.txt")
    assert [plate.name for plate in plates] == ["Plate1 (1)", "Plate1 (2)"]
    assert plates[0].wells["od"].iloc[0] == 2.1847
    assert plates[1].wells["od"].iloc[0] == 2.1588


def test_softmax_reduced_values_alone_are_read(tmp_path: Path) -> None:
    path = tmp_path / "reduced.txt"
    path.write_text("\n".join(softmax_lines()).replace("\tRaw\t", "\tReduced\t"))
    (plate,) = read_plates(path)
    assert plate.wells["reading"].unique().tolist() == ["reduced"]
    assert ods(plate.wells).tolist() == OD.ravel().tolist()


def test_softmax_raw_values_come_before_reduced_ones(tmp_path: Path) -> None:
    lines = softmax_lines()
    reduced = ["", lines[2].replace("Temperature(C)", ""), *softmax_lines(OD + 1)[3:]]
    path = tmp_path / "both.txt"
    path.write_text("\n".join(lines[:-1] + reduced))
    (plate,) = read_plates(path)
    assert ods(plate.wells).tolist() == OD.ravel().tolist()


def test_softmax_kinetic_reads_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kinetic.txt"
    path.write_text("\n".join(softmax_lines()).replace("Endpoint", "Kinetic"))
    with pytest.raises(PlateError, match="is a Kinetic read; export an endpoint"):
        read_plates(path)


def softmax_plate(name: str, rows: list[str]) -> list[str]:
    header = f"Plate:\t{name}\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1"
    numbers = "\t\t\t\t\t\t1\t450 \t1\t12\t96\t1\t8"
    return [header + numbers, "\tTemperature(C)\t" + "\t".join(map(str, COLUMNS)), *rows]


def test_a_plate_of_softmax_that_was_never_read_hides_no_other(tmp_path: Path) -> None:
    read = ["\t\t" + line.split("\t", 1)[1] for line in well_grid(MAIN, "\t")[1:]]
    lines = [*softmax_plate("P1", read), "~End", *softmax_plate("P2", ["\t" * 13] * 8), "~End"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN
    with pytest.raises(PlateError, match=r'plate "P2" \(line 12\) has no readings'):
        read_plates(write_export(tmp_path, lines[:-1]))
    with pytest.raises(PlateError, match=r'plate "P2" \(line 1\) has no readings'):
        read_plates(write_export(tmp_path, lines[11:]))


def test_softmax_on_any_sheet_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Notes", "washed twice"])
    sheet = book.create_sheet("Plate1")
    header = ["Plate:", "P", 1.3, "PlateFormat", "Endpoint", "Absorbance", "Raw", "FALSE", 1]
    sheet.append([*header, *[None] * 5, 1, 450, 1, 12, 96, 1, 8])
    sheet.append([None, "Temperature(°C)", *COLUMNS])
    for row in ROWS:
        sheet.append([None, 23.4, *(MAIN[f"{row}{column}"] for column in COLUMNS)])
    sheet.append(["~End"])
    path = tmp_path / "export.xlsx"
    book.save(path)
    (plate,) = read_plates(path)
    assert by_reading(plate) == {"450": MAIN}


def states(path: Path) -> pd.Series:
    (plate,) = read_plates(path)
    return plate.wells.set_index("well")["state"]


F, H = 5, 7


@pytest.mark.parametrize("blank", ["", "\t" * 13])
def test_a_blank_row_of_softmax_is_missing_and_shifts_no_other(tmp_path: Path, blank: str) -> None:
    rows = softmax_rows()
    rows[F] = blank
    path = write_export(tmp_path, softmax_block(rows), "blank.txt")
    assert only_reading(path) == expected("ABCDEGH")
    assert states(path)[[f"F{c}" for c in COLUMNS]].eq("missing").all()


def test_a_blank_last_row_of_softmax_is_missing(tmp_path: Path) -> None:
    rows = softmax_rows()
    rows[H] = "\t" * 13
    path = write_export(tmp_path, softmax_block(rows), "blank.txt")
    assert only_reading(path) == expected("ABCDEFG")
    assert states(path)["H12"] == "missing"


@pytest.mark.parametrize("lost", [0, F, H])
@pytest.mark.parametrize("widened", [False, True])
def test_a_lost_row_of_softmax_is_refused(tmp_path: Path, lost: int, widened: bool) -> None:
    """Widened: a spreadsheet saved the file, all lines have as many cells."""
    rows = softmax_rows()
    del rows[lost]
    lines = softmax_block(rows)
    if widened:
        lines = [line + "\t" * (20 - line.count("\t")) for line in lines]
    path = write_export(tmp_path, lines, "lost.txt")
    with pytest.raises(PlateError, match=r'plate "P" \(line 2\) has 7 rows .* header states 8'):
        read_plates(path)


def test_a_row_too_many_of_softmax_is_refused(tmp_path: Path) -> None:
    rows = softmax_rows()
    path = write_export(tmp_path, softmax_block([*rows, rows[0]]), "many.txt")
    with pytest.raises(PlateError, match="has 9 rows of wells, but its header states 8"):
        read_plates(path)


def test_softmax_counts_the_rows_of_a_part_of_a_plate(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("1\t8") + "3\t2"
    path = write_export(tmp_path, softmax_block(softmax_rows()[2:4], header), "part.txt")
    assert only_reading(path) == expected("CD")


def test_softmax_without_a_stated_number_of_rows_is_refused(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("\t1\t8") + "\tx\ty"
    path = write_export(tmp_path, softmax_block(softmax_rows(), header), "header.txt")
    with pytest.raises(PlateError, match="does not end with the first row and the number of rows"):
        read_plates(path)


@pytest.mark.parametrize("filled", [2, 12])
def test_decimal_commas_between_commas_of_softmax_are_refused(tmp_path: Path, filled: int) -> None:
    rows = [
        ",," + ",".join([*(f"0,{row}{c:02d}" for c in COLUMNS[:filled]), *[""] * (12 - filled)])
        for row in range(1, 9)
    ]
    lines = [line.replace("\t", ",") for line in softmax_block(rows)]
    path = write_export(tmp_path, lines, "softmax.csv")
    with pytest.raises(PlateError, match=r"line 4 has more cells .* decimal commas"):
        read_plates(path)
