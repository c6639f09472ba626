"""EnVision: with and without headings, in one or two channels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OTHER,
    ROWS,
    by_reading,
    counted,
    only_plate,
    only_reading,
    point,
    wavelengths,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_envision_plates(exports: Path) -> None:
    plates = read_plates(exports / "envision" / "PE_Envision_absorbance_A450_example.csv")
    assert [plate.name for plate in plates] == ["Plate 1", "Plate 2"]
    assert [plate.wells["od"].iloc[0] for plate in plates] == [0.15, 0.3]
    assert plates[0].wells["wavelength_nm"].unique().tolist() == [450]


@pytest.mark.reference
def test_the_envision_export_that_was_refused(failing: Path) -> None:
    plate = only_plate(failing / "envision_no_headings" / "envision.csv")
    assert by_reading(plate) == {"ELISA 450": counted(0.05)}
    assert (plate.name, wavelengths(plate)) == ("P7", {"ELISA 450": 450})


def head(label: str, measinfo: str = "De=1st", formula: str = "") -> list[str]:
    column = "Formula" if formula else "Label"
    return [
        "Plate information ", f"Plate,Repeat,Barcode,Measured height,{column},Measinfo,",
        f'1,1,"=""P9""",14.67,{formula or label},{measinfo},', "", "Background information",
        "Plate,Label,Result,Signal,Flashes/Time,Meastime,MeasInfo,",
        f"1,{label},0,289468,156,00:00:00.000,De=1st,", "",
    ]  # fmt: skip


def numbers(values: dict[str, float]) -> list[str]:
    return [",".join(point(values[f"{r}{c}"]) for c in COLUMNS) + "," for r in ROWS]


FOOT = ["", "Basic assay information ", "Assay ID: ,,,,2801", "", "Platemap:", *well_grid(OTHER)]


def test_envision_without_headings_of_rows_and_columns(tmp_path: Path) -> None:
    lines = [
        *head("ELISA 450(1)"), *numbers(MAIN), "",
        *head("plastic(1)", "De=Abs Ex=N/A Em=570 nm Wdw=N/A"), *numbers(OTHER), *FOOT,
    ]  # fmt: skip
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"ELISA 450": MAIN, "plastic": OTHER}
    assert wavelengths(plate) == {"ELISA 450": 450, "plastic": 570}


@pytest.mark.parametrize("headed", [True, False])
def test_the_channels_of_a_label_are_readings(tmp_path: Path, headed: bool) -> None:
    def block(values: dict[str, float], channel: int) -> list[str]:
        if not headed:
            return [*numbers(values), ""]
        return [f"Results for FRET(1) - channel {channel} (counts)", *well_grid(values), ""]

    lines = [*head("FRET(1)"), *block(MAIN, 1), *block(OTHER, 2), *FOOT]
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"FRET channel 1": MAIN, "FRET channel 2": OTHER}


def test_what_envision_computed_gives_way_to_what_it_measured(tmp_path: Path) -> None:
    lines = [
        *head("x", formula="Calc 1: OD450"), *numbers(OTHER), "", *head("OD450(1)"), *numbers(MAIN)
    ]  # fmt: skip
    assert only_reading(write_export(tmp_path, lines)) == MAIN


@pytest.mark.parametrize("lost", [0, 3, 7])
def test_a_lost_line_of_numbers_is_refused(tmp_path: Path, lost: int) -> None:
    lines = [*head("A450(1)"), *numbers(MAIN), *FOOT]
    del lines[8 + lost]
    with pytest.raises(PlateError, match="line 9: 7 lines of 12 results do not have the shape of"):
        read_plates(write_export(tmp_path, lines))


def test_a_lost_cell_of_a_line_of_numbers_is_refused(tmp_path: Path) -> None:
    lines = [*head("A450(1)"), *numbers(MAIN), *FOOT]
    lines[11] = lines[11].split(",", 1)[1]
    with pytest.raises(PlateError, match="line 12: 8 lines of 12 results do not have the shape"):
        read_plates(write_export(tmp_path, lines))


@pytest.mark.parametrize("lines", [1, 2])
def test_an_envision_export_that_ends_early_says_so(tmp_path: Path, lines: int) -> None:
    with pytest.raises(PlateError, match='EnVision export without a "Results for" grid'):
        read_plates(write_export(tmp_path, head("A450")[:lines]))


def test_envision_without_headings_saved_as_a_workbook(
    workbook: Callable[..., Path],
) -> None:
    lines = [*head("ELISA 450(1)"), *numbers(MAIN), *FOOT]
    rows: list[list[object]] = [
        [float(cell) if cell[:2] in ("0.", "1.") else cell for cell in line.split(",")]
        for line in lines
    ]
    rows[2][2] = "P9"
    assert only_reading(workbook(Sheet1=rows)) == MAIN


@pytest.mark.parametrize(
    ("label", "measinfo", "wavelength"),
    [
        ("Copy of OD450 Abs 384(1)", "De=Abs Ex=N/A Em=450 nm Wdw=N/A", 450),
        ("Copy of OD450 Abs 384(1)", "De=1st", 450),
        ("HTS Screen 384 Plate(1)", "De=1st", None),
    ],
)
def test_the_size_of_a_plate_is_no_wavelength(
    tmp_path: Path, label: str, measinfo: str, wavelength: float | None
) -> None:
    plate = only_plate(write_export(tmp_path, [*head(label, measinfo), *numbers(MAIN)]))
    assert list(wavelengths(plate).values()) == [wavelength]
