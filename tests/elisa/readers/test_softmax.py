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
    OTHER,
    ROWS,
    SOFTMAX_HEADER,
    WELLS,
    by_reading,
    counted,
    expected,
    ods,
    only_plate,
    only_reading,
    point,
    softmax_block,
    softmax_lines,
    softmax_rows,
    wavelengths,
    well_grid,
    write_export,
)
from tests.elisa.readers.written_exports import states as number_of_states


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


@pytest.mark.reference
def test_the_softmax_exports_that_were_refused(failing: Path) -> None:
    pairs = only_plate(failing / "softmax_fluorescence_two_pairs" / "fluor.txt")
    assert wavelengths(pairs) == {"535": 535, "610": 610}
    assert by_reading(pairs)["535"] == counted(50, 13)
    assert (len(by_reading(pairs)["610"]), by_reading(pairs)["610"]["H12"]) == (96, 642)
    part = only_plate(failing / "softmax_partial_plate_rows_C_to_F" / "partial.txt")
    middle = {well: od for well, od in counted(0.05).items() if well[0] in "CDEF"}
    assert by_reading(part) == {"450": middle}
    assert number_of_states(part) == {"ok": 48, "missing": 48}
    path = only_plate(failing / "softmax_path_question" / "path.txt")
    others = {well: od for well, od in counted(0.05).items() if well not in ("B1", "B2")}
    assert by_reading(path) == {"450": others}
    assert number_of_states(path) == {"ok": 94, "missing": 2}
    one, other = read_plates(failing / "softmax_second_plate_reduced_only" / "two.txt")
    assert (one.name, by_reading(one)) == ("P1", {"450": counted(0.05)})
    assert (other.name, by_reading(other)) == ("P2", {"reduced": counted(0.1, 0.01)})


def part_of_a_plate(first: int, rows: range, warm: bool = True) -> list[str]:
    """All eight rows of a plate of which some were read, with the temperature on the first."""
    header = SOFTMAX_HEADER.removesuffix("1\t8") + f"{first + 1}\t{len(rows)}"
    printed = ["\t" * 14] * 8
    for row in rows:
        printed[row] = softmax_rows()[row] + "\t"
    if warm:
        printed[first] = printed[first].replace("\t\t", "\t25.0\t", 1)
    return softmax_block(printed, header)


@pytest.mark.parametrize(("first", "letters"), [(2, "CDEF"), (1, "BC"), (6, "GH"), (0, "ABC")])
@pytest.mark.parametrize("warm", [True, False])
def test_a_part_of_a_plate_is_read_in_its_place(
    tmp_path: Path, first: int, letters: str, warm: bool
) -> None:
    lines = part_of_a_plate(first, range(first, first + len(letters)), warm)
    path = write_export(tmp_path, lines, "part.txt")
    assert only_reading(path) == expected(letters)


def test_a_part_of_a_plate_with_a_row_too_many_is_refused(tmp_path: Path) -> None:
    lines = part_of_a_plate(2, range(2, 6))
    lines[9] = "\t\t" + softmax_rows()[6].strip()
    with pytest.raises(PlateError, match=r"has 7 rows of wells, but its header states 4"):
        read_plates(write_export(tmp_path, lines, "part.txt"))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Path?", "missing"), ("Range?", "missing"), ("#Low", "missing"), ("#SAT", "overflow"),
        ("#Sat", "overflow"), ("#High", "overflow"),
    ],
)  # fmt: skip
def test_the_words_of_softmax_become_states(tmp_path: Path, word: str, state: str) -> None:
    rows = softmax_rows()
    rows[2] = rows[2].replace("0.304", word)
    path = write_export(tmp_path, softmax_block(rows), "word.txt")
    assert states(path)["C4"] == state
    assert (states(path).drop("C4") == "ok").all()


@pytest.mark.parametrize(
    ("pairs", "excitation"), [(1, "485"), (2, "485 550"), (2, "485 550\tManual\t\t6")]
)
def test_excitation_behind_the_rows_of_the_header(
    tmp_path: Path, pairs: int, excitation: str
) -> None:
    emission = "535 610"[: 4 * pairs - 1]
    header = SOFTMAX_HEADER.replace("\t1\t450 \t", f"\t{pairs}\t{emission} \t")
    header = header.replace("Absorbance", "Fluorescence") + f"\t{excitation}\t\t"
    heading = "\tTemperature(C)" + ("\t" + "\t".join(map(str, COLUMNS)) + "\t") * pairs
    values = (MAIN, OTHER)[:pairs]
    rows = [
        "\t\t" + "\t\t".join("\t".join(point(v[f"{r}{c}"]) for c in COLUMNS) for v in values)
        for r in ROWS
    ]
    plate = only_plate(write_export(tmp_path, [header, heading, *rows, "", "~End"], "fluor.txt"))
    assert list(by_reading(plate).values()) == list(values)
    assert list(wavelengths(plate).values()) == [535, 610][:pairs]


@pytest.mark.parametrize("form", ["PlateFormat", "TimeFormat"])
def test_a_plate_with_reduced_values_alone_hides_no_other(tmp_path: Path, form: str) -> None:
    def block(name: str, raw: dict[str, float] | None, reduced: dict[str, float]) -> list[str]:
        header = SOFTMAX_HEADER.replace("\tP\t", f"\t{name}\t").replace("PlateFormat", form)
        if form == "TimeFormat":
            names = "\t".join(WELLS)

            def lines(values: dict[str, float]) -> list[str]:
                return ["\t\t" + "\t".join(point(values[well]) for well in WELLS)]
        else:
            names = "\t".join(map(str, COLUMNS))

            def lines(values: dict[str, float]) -> list[str]:
                return ["\t\t" + text.split("\t", 1)[1] for text in well_grid(values, "\t")[1:]]

        blank = [""] * len(lines(reduced))
        return [
            header, f"\tTemperature(C)\t{names}", *(lines(raw) if raw else blank), "",
            f"\t\t{names}", *lines(reduced), "~End",
        ]  # fmt: skip

    path = write_export(tmp_path, [*block("P1", MAIN, OTHER), *block("P2", None, OTHER)], "two.txt")
    one, other = read_plates(path)
    assert (one.name, by_reading(one)) == ("P1", {"450": MAIN})
    assert (other.name, by_reading(other)) == ("P2", {"reduced": OTHER})
    assert wavelengths(other) == {"reduced": None}


def headless(lead: str, gap: str = "", columns: int = 12) -> list[str]:
    """A block of the old version, without a line of column numbers."""
    header = SOFTMAX_HEADER.replace("\t1.3\t", "\t0.3\t").replace("\t1\t450 \t", "\t2\t450 570 \t")
    chosen = COLUMNS[:columns]
    rows = [
        lead
        + f"\t{gap}".join("\t".join(point(v[f"{r}{c}"]) for c in chosen) for v in (MAIN, OTHER))
        for r in ROWS
    ]
    return ["##BLOCKS= 1", header, *rows, "", "~End"]


@pytest.mark.parametrize("lead", ["", "\t", "\t\t"])
@pytest.mark.parametrize("gap", ["", "\t"])
def test_the_old_version_without_headings(tmp_path: Path, lead: str, gap: str) -> None:
    plate = only_plate(write_export(tmp_path, headless(lead, gap), "old.txt"))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}


def test_a_block_without_headings_that_lost_a_cell_or_a_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match="its lines do not have the 12 columns"):
        read_plates(write_export(tmp_path, headless("\t\t", columns=11), "old.txt"))
    lines = headless("\t\t")
    lines[4] = lines[4].rsplit("\t", 1)[0]
    with pytest.raises(PlateError, match="its lines do not have the 12 columns"):
        read_plates(write_export(tmp_path, lines, "old.txt"))
    lines = headless("\t\t")
    del lines[4]
    with pytest.raises(PlateError, match="has 7 rows of wells, but its header states 8"):
        read_plates(write_export(tmp_path, lines, "old.txt"))


def with_reduced() -> list[str]:
    """A block with raw and reduced readings; its raw heading is line 3."""
    *raw, blank, end = softmax_block(softmax_rows())
    reduced = ["\t\t" + "\t".join(["9"] * 12)] * 8
    return [*raw, blank, raw[2].replace("Temperature(C)", ""), *reduced, blank, end]


def test_raw_readings_without_a_sound_heading_are_refused(tmp_path: Path) -> None:
    lines = with_reduced()
    assert only_reading(write_export(tmp_path, lines)) == expected()
    lost, doubled = [*lines[:2], *lines[3:]], [*lines[:3], *lines[2:]]
    moved = [lines[0], lines[2], lines[1], *lines[3:]]
    for damaged in (lost, moved):
        with pytest.raises(PlateError, match=r"line [34] has readings without a heading; a line"):
            read_plates(write_export(tmp_path, damaged))
    with pytest.raises(PlateError, match="has a heading twice, or one without readings; a line"):
        read_plates(write_export(tmp_path, doubled))


def test_a_part_of_a_plate_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.replace("96\t1\t8", "96\t3\t4")
    whole = softmax_block(softmax_rows(), header)
    cut = whole[: whole.index(softmax_rows()[4])]
    with pytest.raises(PlateError, match="has no ~End, so that lines may be missing"):
        read_plates(write_export(tmp_path, cut))


def test_a_damaged_cell_of_softmax_says_what_to_write(tmp_path: Path) -> None:
    lines = softmax_block([softmax_rows()[0].replace("0.103", "0.1x"), *softmax_rows()[1:]])
    with pytest.raises(
        PlateError, match=r'line 4, well A3: "0\.1x" is not a reading; write the num'
    ):
        read_plates(write_export(tmp_path, lines))


def test_the_rows_of_softmax_are_stated_in_cells_beside_one_another(tmp_path: Path) -> None:
    """A number behind an empty cell, such as a wavelength or a setting, is none of the two."""
    header = SOFTMAX_HEADER + "\t\t6"
    path = write_export(tmp_path, softmax_block(softmax_rows(), header), "gap.txt")
    assert only_reading(path) == expected("ABCDEFGH")
