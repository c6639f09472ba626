"""Plate-reader exports: real ones from the reference material, and small ones of every vendor."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates

ROWS, COLUMNS = "ABCDEFGH", range(1, 13)
OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)
PLASTIC = np.round(OD / 10, 4)


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


@pytest.fixture
def exports(reference: Path) -> Path:
    return reference / "elisa" / "exports"


# Real files


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


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("softmax/no_measurements.txt", r'"PLate1" \(line 2\) has 2 rows .* header states 8'),
        ("softmax/header_size_mismatch.txt", "line 4 has 10 readings .* 96 columns"),
        ("tecan/no_well_positions.xlsx", "Tecan export without well positions"),
        ("elisatools/AnExp_2plate.txt", "plate grids hold labels, no readings"),
    ],
)
def test_exports_that_cannot_be_used_say_why(exports: Path, file: str, message: str) -> None:
    with pytest.raises(PlateError, match=message) as caught:
        read_plates(exports / file)
    assert str(exports / file) in str(caught.value)


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


@pytest.mark.reference
def test_envision_plates(exports: Path) -> None:
    plates = read_plates(exports / "envision" / "PE_Envision_absorbance_A450_example.csv")
    assert [plate.name for plate in plates] == ["Plate 1", "Plate 2"]
    assert [plate.wells["od"].iloc[0] for plate in plates] == [0.15, 0.3]
    assert plates[0].wells["wavelength_nm"].unique().tolist() == [450]


@pytest.mark.reference
def test_stacked_grids_leave_labels_and_doses_alone(exports: Path) -> None:
    (plate,) = read_plates(exports / "plater" / "example-1.csv")
    assert plate.wells["reading"].unique().tolist() == ["Killing"]
    assert plate.wells["od"].iloc[0] == 98


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


# Small files of every vendor


def grid_lines(values: np.ndarray, corner: str = "", delimiter: str = "\t") -> list[str]:
    rows, columns = values.shape
    letters = [chr(ord("A") + i) for i in range(rows)]
    heading = delimiter.join([corner, *map(str, range(1, columns + 1))])
    return [heading] + [
        delimiter.join([letter, *(f"{v:g}" for v in row)])
        for letter, row in zip(letters, values, strict=True)
    ]


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


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("OVRFLW", "overflow"), ("OVER", "overflow"), (">4.000", "overflow"), ("#SAT", "overflow"),
        ("MISSED", "missing"), ("NaN", "missing"), ("", "missing"), ("?????", "missing"),
        ("Masked", "masked"),
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


def test_a_grid_with_decimal_commas_and_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "comma.csv"
    path.write_text("\n".join(grid_lines(OD, delimiter=";")).replace(".", ","))
    (plate,) = read_plates(path)
    assert ods(plate.wells).tolist() == OD.ravel().tolist()


def test_a_grid_of_384_wells(tmp_path: Path) -> None:
    values = np.arange(384).reshape(16, 24) / 100
    path = tmp_path / "p384.csv"
    path.write_text("\n".join(grid_lines(values, delimiter=",")))
    (plate,) = read_plates(path)
    assert (len(plate.wells), plate.wells["well"].iloc[-1]) == (384, "P24")
    assert ods(plate.wells).tolist() == values.ravel().tolist()


def test_a_part_of_a_plate(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text(",3,4,5\nC,0.1,0.2,0.3\nD,0.4,0.5,0.6\n")
    (plate,) = read_plates(path)
    assert plate.wells["well"].tolist() == ["C3", "C4", "C5", "D3", "D4", "D5"]
    assert ods(plate.wells).tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def test_grids_named_by_wavelength_are_readings_of_one_plate(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    lines = [*grid_lines(OD, "OD450", ","), "", *grid_lines(PLASTIC, "OD570", ",")]
    path.write_text("\n".join(lines))
    (plate,) = read_plates(path)
    assert ods(plate.wells, "OD450").tolist() == OD.ravel().tolist()
    assert set(plate.wells["wavelength_nm"]) == {450, 570}


def test_grids_named_by_plate_are_plates(tmp_path: Path) -> None:
    path = tmp_path / "plates.csv"
    lines = [*grid_lines(OD, "Plate 1", ","), "", *grid_lines(OD / 2, "Plate 2", ",")]
    path.write_text("\n".join(lines))
    one, other = read_plates(path)
    assert (one.name, other.name) == ("Plate 1", "Plate 2")
    assert ods(other.wells).tolist() == (OD / 2).ravel().tolist()


def test_mars_csv(tmp_path: Path) -> None:
    lines = [
        "User: USER,Path: C:\\Data,Test run no.: 3", "Test name: ELISA,Date: 1/2/2026",
        "", "ID1: plate seven,", "Absorbance", "",
        "1. Raw Data (450)", "", *grid_lines(OD, "", ","),
        "", "2. Raw Data (620)", "", *grid_lines(PLASTIC, "", ","),
        "", "Blank corrected based on Raw Data (450)", "", *grid_lines(OD / 2, "", ","),
    ]  # fmt: skip
    path = tmp_path / "mars.csv"
    path.write_text("\n".join(lines))
    (plate,) = read_plates(path)
    assert plate.name == "plate seven"
    assert plate.wells.groupby("wavelength_nm").size().to_dict() == {450: 96, 620: 96}
    assert ods(plate.wells, "1. Raw Data (450)").tolist() == OD.ravel().tolist()


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets (name to rows) as a spreadsheet."""

    def make(**sheets: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name.replace("_", " "))
            for row in rows:
                sheet.append(row)
        path = tmp_path / "export.xlsx"
        book.save(path)
        return path

    return make


def cells(values: np.ndarray, corner: str) -> list[list[object]]:
    heading: list[object] = [corner, *COLUMNS]
    return [
        heading,
        *([letter, *map(float, row)] for letter, row in zip(ROWS, values, strict=True)),
    ]


def test_sheets_of_plain_grids_are_plates_or_wavelengths(workbook: Callable[..., Path]) -> None:
    plates = read_plates(workbook(Monday=cells(OD, ""), Tuesday=cells(PLASTIC, "")))
    assert [plate.name for plate in plates] == ["Monday", "Tuesday"]
    (plate,) = read_plates(workbook(**{"450_nm": cells(OD, ""), "570_nm": cells(PLASTIC, "")}))
    assert plate.wells.groupby("wavelength_nm").size().to_dict() == {450: 96, 570: 96}


def test_skanit_workbook(workbook: Callable[..., Path]) -> None:
    rows: list[list[object]] = [
        ["Measurement results"], ["run.skax"], [datetime.datetime(2026, 1, 2, 3, 4)], [],
        ["Absorbance 1"], ["Wavelength: 450 nm"], ["Plate 1"], [], *cells(OD, "Abs"), [],
        ["Sample", *COLUMNS], ["A", *["Un1"] * 12], ["B", *["Un1"] * 12], [],
        ["Wavelength: 620 nm"], ["Plate 1"], [], *cells(PLASTIC, "Abs"),
    ]  # fmt: skip
    (plate,) = read_plates(workbook(General_information=[["Instrument"]], Absorbance_1_01=rows))
    assert plate.name == "Plate 1"
    assert ods(plate.wells, "450").tolist() == OD.ravel().tolist()
    assert ods(plate.wells, "620").tolist() == PLASTIC.ravel().tolist()


def test_skyhigh_workbook_with_a_sheet_a_wavelength(workbook: Callable[..., Path]) -> None:
    def rows(values: np.ndarray) -> list[list[object]]:
        wells = [(f"{letter}{c}", r, c - 1) for r, letter in enumerate(ROWS) for c in COLUMNS]
        return [
            ["Well", "Sample", "Raw absorbance"],
            *([well, "X", float(values[r, c])] for well, r, c in wells),
        ]

    path = workbook(Raw_data_450_nm=rows(OD), Raw_data_620_nm=rows(PLASTIC))
    (plate,) = read_plates(path)
    assert ods(plate.wells, "450").tolist() == OD.ravel().tolist()
    assert ods(plate.wells, "620").tolist() == PLASTIC.ravel().tolist()


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


def test_a_wide_table_of_wells_with_plates(tmp_path: Path) -> None:
    wells = [f"{letter}{c:02d}" for letter in ROWS for c in COLUMNS]
    frame = pd.DataFrame({"Plate": "p1", "Well": wells, "450": OD.ravel(), "570": OD.ravel() / 10})
    both = pd.concat([frame, frame.assign(Plate="p2")])
    path = tmp_path / "wide.csv"
    both.to_csv(path, index=False)
    one, other = read_plates(path)
    assert (one.name, other.name) == ("p1", "p2")
    assert one.wells["well"].iloc[0] == "A1"
    assert ods(other.wells, "450").tolist() == OD.ravel().tolist()


# What is no export


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


def test_what_fits_nothing_lists_every_format_and_why(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague,\nthe plate is in the fridge.\n")
    with pytest.raises(PlateError) as caught:
        read_plates(path)
    vendors = ("SoftMax Pro", "BioTek Gen5", "Tecan", "Thermo SkanIt", "PerkinElmer EnVision")
    for name in (*vendors, "BMG MARS", "table of wells", "plain plate grid"):
        assert f"\n  {name}: no " in str(caught.value)
