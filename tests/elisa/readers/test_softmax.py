"""SoftMax Pro: real exports, and small ones that are cut, edited or partly blank."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from coculture.elisa import Plate, PlateError, read_plates


@pytest.fixture
def exports(reference: Path) -> Path:
    return reference / "elisa" / "exports"


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


ROWS, COLUMNS = "ABCDEFGH", range(1, 13)


OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


def softmax_lines(values: np.ndarray = OD) -> list[str]:
    heading = "\t".join(map(str, COLUMNS))
    header = "Plate:\tP\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1\t\t\t\t\t\t1\t450 "
    body = ["\t\t" + "\t".join(f"{v:g}" for v in row) for row in values]
    return [
        "##BLOCKS= 1",
        f"{header}\t1\t12\t96\t1\t8",
        f"\tTemperature(C)\t{heading}",
        *body,
        "~End",
    ]


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


COLUMNS = range(1, 13)


ROWS = "ABCDEFGH"


def well_od(well: str, shift: float = 0.0) -> float:
    """An OD that tells its well (C11 reads 0.3115) and, by the shift, its reading."""
    return round((ROWS.index(well[0]) + 1) / 10 + int(well[1:]) / 1000 + 0.0005 + shift, 4)


WELLS = [f"{row}{column}" for row in ROWS for column in COLUMNS]


MAIN = {well: well_od(well) for well in WELLS}


OTHER = {well: well_od(well, 1.0) for well in WELLS}


def point(value: float) -> str:
    return f"{value:.4f}"


def well_grid(
    values: dict[str, float],
    separator: str = ",",
    written: Callable[[float], str] = point,
    corner: str = "",
) -> list[str]:
    lines = [[row, *(written(values[f"{row}{column}"]) for column in COLUMNS)] for row in ROWS]
    return [separator.join(line) for line in [[corner, *map(str, COLUMNS)], *lines]]


def write_export(folder: Path, lines: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def by_reading(plate: Plate) -> dict[str, dict[str, float]]:
    wells = plate.wells[plate.wells["state"] == "ok"]
    return {
        str(name): dict(zip(rows["well"], rows["od"], strict=True))
        for name, rows in wells.groupby("reading")
    }


def only_reading(path: Path) -> dict[str, float]:
    (plate,) = read_plates(path)
    (values,) = by_reading(plate).values()
    return values


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


def row_od(row: int, column: int) -> float:
    """An OD that tells its well: row 3, column 11 reads 0.311."""
    return round(row / 10 + column / 1000, 3)


def expected(rows: str = "ABCDEFGH") -> dict[str, float]:
    return {f"{r}{c}": row_od("ABCDEFGH".index(r) + 1, c) for r in rows for c in COLUMNS}


def readings(path: Path) -> dict[str, float]:
    """The ODs of the file's only plate; wells that are not ok are left out."""
    (plate,) = read_plates(path)
    ok = plate.wells[plate.wells["state"] == "ok"]
    assert ok["well"].is_unique
    return dict(zip(ok["well"], ok["od"], strict=True))


def states(path: Path) -> pd.Series:
    (plate,) = read_plates(path)
    return plate.wells.set_index("well")["state"]


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines))
    return path


SOFTMAX_HEADER = (
    "Plate:\tP\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1"
    "\t\t\t\t\t\t1\t450 \t1\t12\t96\t1\t8"
)


F, H = 5, 7


def softmax_block(rows: list[str], header: str = SOFTMAX_HEADER) -> list[str]:
    heading = "\tTemperature(C)\t" + "\t".join(map(str, COLUMNS))
    return ["##BLOCKS= 1", header, heading, *rows, "", "~End"]


def softmax_rows() -> list[str]:
    return ["\t\t" + "\t".join(f"{row_od(row, c):.3f}" for c in COLUMNS) for row in range(1, 9)]


_FAR_ROWS = b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 200)
)


@pytest.mark.parametrize("blank", ["", "\t" * 13])
def test_a_blank_row_of_softmax_is_missing_and_shifts_no_other(tmp_path: Path, blank: str) -> None:
    rows = softmax_rows()
    rows[F] = blank
    path = write_lines(tmp_path / "blank.txt", softmax_block(rows))
    assert readings(path) == expected("ABCDEGH")
    assert states(path)[[f"F{c}" for c in COLUMNS]].eq("missing").all()


def test_a_blank_last_row_of_softmax_is_missing(tmp_path: Path) -> None:
    rows = softmax_rows()
    rows[H] = "\t" * 13
    path = write_lines(tmp_path / "blank.txt", softmax_block(rows))
    assert readings(path) == expected("ABCDEFG")
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
    path = write_lines(tmp_path / "lost.txt", lines)
    with pytest.raises(PlateError, match=r'plate "P" \(line 2\) has 7 rows .* header states 8'):
        read_plates(path)


def test_a_row_too_many_of_softmax_is_refused(tmp_path: Path) -> None:
    rows = softmax_rows()
    path = write_lines(tmp_path / "many.txt", softmax_block([*rows, rows[0]]))
    with pytest.raises(PlateError, match="has 9 rows of wells, but its header states 8"):
        read_plates(path)


def test_softmax_counts_the_rows_of_a_part_of_a_plate(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("1\t8") + "3\t2"
    path = write_lines(tmp_path / "part.txt", softmax_block(softmax_rows()[2:4], header))
    assert readings(path) == expected("CD")


def test_softmax_without_a_stated_number_of_rows_is_refused(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("\t1\t8") + "\tx\ty"
    path = write_lines(tmp_path / "header.txt", softmax_block(softmax_rows(), header))
    with pytest.raises(PlateError, match="does not end with the first row and the number of rows"):
        read_plates(path)


@pytest.mark.parametrize("filled", [2, 12])
def test_decimal_commas_between_commas_of_softmax_are_refused(tmp_path: Path, filled: int) -> None:
    rows = [
        ",," + ",".join([*(f"0,{row}{c:02d}" for c in COLUMNS[:filled]), *[""] * (12 - filled)])
        for row in range(1, 9)
    ]
    lines = [line.replace("\t", ",") for line in softmax_block(rows)]
    path = write_lines(tmp_path / "softmax.csv", lines)
    with pytest.raises(PlateError, match=r"line 4 has more cells .* decimal commas"):
        read_plates(path)
