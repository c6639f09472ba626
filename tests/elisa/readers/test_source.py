"""Files as rows of cells: encodings, delimiters, the words in wells, and foreign files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    MAIN,
    OD,
    comma,
    grid_lines,
    ods,
    only_reading,
    point,
    softmax_lines,
    well_grid,
    write_export,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_softmax_in_any_encoding_and_with_any_line_ends(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    path = tmp_path / "export.txt"
    text = line_end.join(softmax_lines()).replace("Temperature(C)", "Temperature(¡C)")
    path.write_bytes(text.encode(encoding))
    (plate,) = read_plates(path)
    assert (plate.name, ods(plate.wells).tolist()) == ("P", OD.ravel().tolist())


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("OVRFLW", "overflow"), ("OVER", "overflow"), (">4.000", "overflow"), ("#SAT", "overflow"),
        ("MISSED", "missing"), ("NaN", "missing"), ("", "missing"), ("?????", "missing"),
        ("Masked", "masked"),
        ("*0.356*", "masked"),
    ],
)  # fmt: skip
def test_words_in_wells_become_states(tmp_path: Path, text: str, state: str) -> None:
    lines = grid_lines(OD)
    lines[1] = lines[1].replace("\t0.05\t", f"\t{text}\t")
    path = tmp_path / "words.txt"
    path.write_text("\n".join(lines))
    (plate,) = read_plates(path)
    assert plate.wells.loc[0, "state"] == state
    assert np.isnan(plate.wells["od"].iloc[0])
    assert (plate.wells["state"].iloc[1:] == "ok").all()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match=r"no\.txt: cannot be opened"):
        read_plates(tmp_path / "no.txt")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("\n\n")
    with pytest.raises(PlateError, match="the file is empty"):
        read_plates(path)


def test_a_damaged_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(PlateError, match="the spreadsheet is damaged"):
        read_plates(path)


@pytest.mark.parametrize(("separator", "written"), [(";", comma), ("\t", comma), ("\t", point)])
def test_notes_full_of_commas_do_not_decide_the_delimiter(
    tmp_path: Path, separator: str, written: Callable[[float], str]
) -> None:
    notes = [f"Step {i}: wash, aspirate, wait" for i in range(30)]
    assert (
        only_reading(write_export(tmp_path, [*notes, *well_grid(MAIN, separator, written)])) == MAIN
    )


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ('"{}"', point),
        ('"{}"', comma),
        ('="{}"', point),
        ('"=""{}"""', point),
        ('"=""{}"""', comma),
    ],
)
def test_quoted_numbers_are_numbers(
    tmp_path: Path, written: str, number: Callable[[float], str]
) -> None:
    lines = well_grid(MAIN, ",", lambda value: written.format(number(value)))
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_a_hint_for_the_spreadsheet_is_no_table(tmp_path: Path) -> None:
    assert only_reading(write_export(tmp_path, ["sep=;", *well_grid(MAIN, ";", comma)])) == MAIN


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("OVR", "overflow"), ("OFL", "overflow"), ("OVERFLW", "overflow"), ("High", "overflow"),
        ("Over-range", "overflow"), ("*.***", "overflow"), ("+++", "overflow"),
        ("≥4", "overflow"), ("+INF", "overflow"), ("inf", "overflow"), ("Sat.", "overflow"),
        ("Invalid", "missing"), ("ERR", "missing"), ("Error", "missing"), ("n.d.", "missing"),
        ("N/D", "missing"), ("#DIV/0!", "missing"), ("#VALUE!", "missing"), ("–", "missing"),
        (".", "missing"), ("#Low", "missing"), ("-nan(ind)", "missing"),
        ("null", "missing"), ("≤0", "missing"), ("Outlier", "masked"),
    ],
)  # fmt: skip
def test_words_of_other_readers_become_states(tmp_path: Path, word: str, state: str) -> None:
    lines = well_grid(MAIN, "\t")
    lines[3] = lines[3].replace(point(MAIN["C4"]), word)
    (plate,) = read_plates(write_export(tmp_path, lines))
    wells = plate.wells.set_index("well")
    assert wells.loc["C4", "state"] == state
    assert wells["od"].isna()["C4"]
    assert (wells["state"].drop("C4") == "ok").all()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n%\xe2\xe3", "a PDF"),
        (b"\xef\xbb\xbf<html><table><tr><td>A1", "a web page"),
        (b'\r\n<?xml version="1.0"?><Workbook/>', "an XML document"),
        (
            b"PK\x03\x04" + 26 * b"\0" + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument spreadsheet",
        ),
    ],
)  # fmt: skip
def test_files_of_another_kind_are_named(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    with pytest.raises(PlateError, match=f"this is {kind}, which cannot be read; open it"):
        read_plates(path)


def test_the_hint_for_the_spreadsheet_is_no_name(tmp_path: Path) -> None:
    (plate,) = read_plates(write_export(tmp_path, ["sep=,", *well_grid(MAIN)]))
    assert set(plate.wells["reading"]) == {""}


@pytest.mark.parametrize("written", ["0_3", "1_000"])
def test_an_underscore_is_no_part_of_a_number(tmp_path: Path, written: str) -> None:
    lines = well_grid(MAIN, "\t")
    lines[3] = lines[3].replace(point(MAIN["C4"]), written)
    with pytest.raises(PlateError, match=f'well C4 .* "{written}" is not a reading'):
        read_plates(write_export(tmp_path, lines))


def test_a_typographic_minus_is_a_minus(tmp_path: Path) -> None:
    lines = well_grid(MAIN, "\t")
    lines[3] = lines[3].replace(point(MAIN["C4"]), "\N{MINUS SIGN}0.003")
    assert only_reading(write_export(tmp_path, lines)) == MAIN | {"C4": -0.003}


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_commas_between_thousands_are_refused(tmp_path: Path, separator: str) -> None:
    counts = {well: 700.0 + 311 * i for i, well in enumerate(MAIN)}
    lines = well_grid(counts, separator, lambda value: f"{value:,.0f}")
    with pytest.raises(PlateError, match=r'line 4: "10,030" may be 10030 or 10\.030; export'):
        read_plates(write_export(tmp_path, lines))


def test_three_decimals_behind_a_comma_are_decimals(tmp_path: Path) -> None:
    above_one = {well: round(1.001 + od / 2, 3) for well, od in MAIN.items()}
    lines = well_grid(above_one, ";", lambda value: f"{value:.3f}".replace(".", ","))
    assert only_reading(write_export(tmp_path, lines)) == above_one
    counts = {well: 512.345 + i for i, well in enumerate(MAIN)} | {"A1": 0.345}
    lines = well_grid(counts, ";", lambda value: f"{value:.3f}".replace(".", ","))
    assert only_reading(write_export(tmp_path, lines)) == counts
