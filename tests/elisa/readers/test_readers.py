"""What holds for every vendor: no reader gives the value of one well to another."""

from pathlib import Path

import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    expected,
    lettered_grid,
    only_reading,
    softmax_block,
    softmax_rows,
    write_export,
)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("softmax/no_measurements.txt", r'"PLate1" \(line 2\) has 2 rows .* header states 8'),
        ("softmax/header_size_mismatch.txt", "line 4 has 10 readings.* 96 columns"),
        ("tecan/no_well_positions.xlsx", "Tecan export has no well positions"),
        ("elisatools/AnExp_2plate.txt", "plate grids contain labels, not readings"),
    ],
)
def test_exports_that_cannot_be_used_say_why(exports: Path, file: str, message: str) -> None:
    with pytest.raises(PlateError, match=message) as caught:
        read_plates(exports / file)
    assert str(exports / file) in str(caught.value)


@pytest.mark.reference
def test_one_plate_in_four_formats(exports: Path) -> None:
    files = (
        "2026.06.15_BCA_synergy2.xlsx",
        "2026.06.16_BCA_spectramax.csv",
        "2026.06.17_BCA_generic_long.xlsx",
        "2026.06.18_BCA_generic_plate.xlsx",
    )
    plates = [read_plates(exports / "plateReadeR" / file) for file in files]
    for (plate,) in plates[1:]:
        pd.testing.assert_frame_equal(plate.wells, plates[0][0].wells)


def test_what_fits_nothing_lists_every_format_and_why(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague,\nthe plate is in the fridge.\n")
    with pytest.raises(PlateError) as caught:
        read_plates(path)
    vendors = ("SoftMax Pro", "BioTek Gen5", "Tecan", "Thermo SkanIt", "PerkinElmer EnVision")
    for name in (*vendors, "BMG MARS", "table of wells", "plain plate grid"):
        assert f"\n  {name}: no " in str(caught.value)


def test_a_blank_plate_of_softmax_has_no_measurement(tmp_path: Path) -> None:
    rows = ["\t\t" + "\t".join(["NaN"] * 12)] * 8
    path = write_export(tmp_path, softmax_block(rows), "blank.txt")
    with pytest.raises(PlateError, match="contains no measurement"):
        read_plates(path)


VENDORS = {
    "plain": ([], lettered_grid(",")),
    "tecan": (["Label: OD"], lettered_grid("\t", corner="<>")),
    "gen5": (
        ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"],
        lettered_grid("\t", "abs450:450"),
    ),
    "envision": (
        ["Plate information", "Plate,Barcode", "1,", "", "Results for A450(1)"],
        lettered_grid(","),
    ),
    "mars": (["User: X", "Test name: ELISA", "", "Raw Data (450)"], lettered_grid(",")),
    "skanit": (
        ["Absorbance 1", "Wavelength: 450 nm", "Plate 1"],
        lettered_grid("\t", corner="Abs"),
    ),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_reads_the_whole_grid(tmp_path: Path, vendor: str) -> None:
    above, lines = VENDORS[vendor]
    assert only_reading(write_export(tmp_path, [*above, *lines], "export.txt")) == expected()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("blank", [None, "", "F"])
def test_a_lost_lettered_row_shifts_and_hides_no_other(
    tmp_path: Path, vendor: str, blank: str | None
) -> None:
    above, lines = VENDORS[vendor]
    lines = [*lines[:6], *([] if blank is None else [blank]), *lines[7:]]
    assert only_reading(write_export(tmp_path, [*above, *lines], "export.txt")) == expected(
        "ABCDEGH"
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_letter_that_stands_twice_is_refused(tmp_path: Path, vendor: str) -> None:
    above, lines = VENDORS[vendor]
    path = write_export(tmp_path, [*above, *lines[:4], lines[3], *lines[4:]], "export.txt")
    line = len(above) + 5
    with pytest.raises(PlateError, match=f"line {line}: row C occurs twice") as caught:
        read_plates(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("vendor", ["plain", "envision", "mars"])
@pytest.mark.parametrize(("filled", "widened"), [(2, False), (12, False), (12, True)])
def test_decimal_commas_between_commas_are_refused(
    tmp_path: Path, vendor: str, filled: int, widened: bool
) -> None:
    above, lines = VENDORS[vendor]
    heading = lines[0] + "," * 12 * widened
    rows = [
        ",".join([letter, *(f"0,{row}{c:02d}" for c in COLUMNS[:filled]), *[""] * (12 - filled)])
        for row, letter in enumerate("ABCDEFGH", 1)
    ]
    path = write_export(tmp_path, [*above, heading, *rows], "comma.csv")
    with pytest.raises(PlateError, match=r"row A has more cells .* semicolons between the cells"):
        read_plates(path)


def test_a_list_that_repeats_the_matrix_is_not_read_twice(tmp_path: Path) -> None:
    above, lines = VENDORS["gen5"]
    table = ["", "Well\tabs450:450", *(f"{well}\t{value}" for well, value in expected().items())]
    path = write_export(tmp_path, [*above, *lines, *table], "both.txt")
    assert only_reading(path) == expected()
    write_export(tmp_path, [*above, *lines, *table[:-1], "H12\t9.9"], path.name)
    with pytest.raises(PlateError, match="has well H12 more than once, with different values"):
        read_plates(path)


def test_a_plate_that_was_read_twice_at_one_wavelength_is_refused(tmp_path: Path) -> None:
    above, lines = VENDORS["envision"]
    other = [line.replace("A,0.101", "A,0.102") for line in lines]
    path = write_export(tmp_path, [*above, *lines, "", *above, *other], "twice.csv")
    with pytest.raises(PlateError, match='plate "Plate 1" has well A1 more than once'):
        read_plates(path)


def test_plates_of_one_name_are_all_numbered(tmp_path: Path) -> None:
    block = softmax_block(softmax_rows())[1:]
    other = [line.replace("\tP\t", "\tP (1)\t") for line in block]
    path = write_export(tmp_path, [*block, *block, *other], "names.txt")
    assert [plate.name for plate in read_plates(path)] == ["P (2)", "P (3)", "P (1)"]
