"""Tecan: Magellan, i-control and their lists and grids."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OD,
    OTHER,
    PLASTIC,
    WELLS,
    by_reading,
    cells,
    counted,
    only_plate,
    only_reading,
    point,
    states,
    wavelengths,
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


@pytest.mark.reference
def test_the_tecan_exports_that_were_read_wrongly(failing: Path) -> None:
    icontrol = only_plate(failing / "icontrol_wavelength_line" / "icontrol.xlsx")
    assert wavelengths(icontrol) == {"Label1": 450, "Label2": 570}
    assert by_reading(icontrol) == {"Label1": counted(0.05), "Label2": counted(0.02)}
    spark = only_plate(failing / "spark_two_steps_same_wavelength" / "spark_grid.xlsx")
    assert wavelengths(spark) == {"blue 1": 640, "blue 2": 640}
    assert by_reading(spark) == {"blue 1": counted(0.05), "blue 2": counted(0.06)}
    sunrise = only_plate(failing / "sunrise_dual_wave" / "sunrise.xlsx")
    assert wavelengths(sunrise) == {"difference 450-620": None, "450": 450, "620": 620}
    assert by_reading(sunrise) == {
        "difference 450-620": counted(0.05), "450": counted(0.12), "620": counted(0.07)
    }  # fmt: skip


@pytest.mark.parametrize("line", ["Wavelength", "Measurement wavelength [nm]", "Messwellenlänge"])
def test_i_control_states_the_wavelength_in_several_words(tmp_path: Path, line: str) -> None:
    grid = well_grid(MAIN, "\t", corner="<>")
    lines = ["Label: Label1", "Mode\t\t\t\tAbsorbance", f"{line}\t\t\t\t450\tnm", "", *grid]
    assert wavelengths(only_plate(write_export(tmp_path, lines))) == {"Label1": 450}


def test_i_control_repeats_above_each_grid_a_label_described_at_the_top(tmp_path: Path) -> None:
    described = [
        "Application: Tecan i-control",
        "Label: Label1", "Mode\t\t\t\tAbsorbance", "Wavelength\t\t\t\t450\tnm",
        "Label: Label2", "Mode\t\t\t\tAbsorbance", "Wavelength\t\t\t\t570\tnm", "",
    ]  # fmt: skip
    grids = [
        line
        for label, values in (("Label2", OTHER), ("Label1", MAIN))
        for line in (f"Label: {label}", "Temperature: 24 °C", *well_grid(values, "\t", corner="<>"))
    ]
    plate = only_plate(write_export(tmp_path, [*described, *grids]))
    assert wavelengths(plate) == {"Label2": 570, "Label1": 450}
    assert by_reading(plate) == {"Label1": MAIN, "Label2": OTHER}


def test_filters_of_a_sunrise_with_their_unit_in_the_same_cell(tmp_path: Path) -> None:
    filters = ["Application: Tecan Sunrise", "Messfilter\t450 nm", "Referenzfilter\t620 nm"]
    titled = [
        line
        for title, values in (("Messung", MAIN), ("Referenz", OTHER))
        for line in ("", title, *well_grid(values, "\t", corner="<>"))
    ]
    plate = only_plate(write_export(tmp_path, [*filters, *titled]))
    assert wavelengths(plate) == {"450": 450, "620": 620}
    assert by_reading(plate) == {"450": MAIN, "620": OTHER}


def spark_step(name: str, wavelength: int = 640) -> list[str]:
    return [
        "Mode\tAbsorbance", f"Name\t{name}", f"Measurement wavelength\t\t\t\t{wavelength}\tnm",
        "Start Time\t\t\t\t2024-06-05 15:07", "Temperature\t\t\t\t25.1", "",
    ]  # fmt: skip


SPARK = ["Method name: x", "Application: SparkControl\t\t\t\tV2.3", "Device: Spark", ""]


def spark_list(values: dict[str, float]) -> list[str]:
    return ["<>\tValue\tTime [ms]", *(f"{well}\t{point(values[well])}\t0" for well in WELLS), ""]


def test_spark_grids_and_lists_have_the_names_of_their_steps(tmp_path: Path) -> None:
    for grid in (lambda values: well_grid(values, "\t", corner="<>"), spark_list):
        lines = [
            *SPARK,
            *spark_step("blue 1"),
            *grid(MAIN),
            "",
            *spark_step("blue 2"),
            *grid(OTHER),
        ]
        plate = only_plate(write_export(tmp_path, lines))
        assert by_reading(plate) == {"blue 1": MAIN, "blue 2": OTHER}
        assert wavelengths(plate) == {"blue 1": 640, "blue 2": 640}


def test_steps_described_above_all_grids_are_found_by_title(tmp_path: Path) -> None:
    above = [*SPARK, *spark_step("main", 450), *spark_step("plastic", 570)]
    grids = [well_grid(values, "\t", corner="<>") for values in (OTHER, MAIN)]
    plate = only_plate(
        write_export(tmp_path, [*above, "plastic", *grids[0], "", "main", *grids[1]])
    )
    assert by_reading(plate) == {"plastic": OTHER, "main": MAIN}
    assert wavelengths(plate) == {"plastic": 570, "main": 450}
    with pytest.raises(PlateError, match=r"line 17: 2 steps are described .* title \(\"\"\)"):
        read_plates(write_export(tmp_path, [*above, *grids[0], "", *grids[1]]))


def test_a_damaged_cell_of_a_spark_list_is_refused(tmp_path: Path) -> None:
    lines = [*SPARK, *spark_step("blue"), *spark_list(MAIN)]
    lines[13] = "A3\t0.1x\t0"
    with pytest.raises(PlateError, match=r'line 14: well A3: "0\.1x" is not a reading'):
        read_plates(write_export(tmp_path, lines))


DUAL = ["Measurement wavelength\t450\tnm", "Reference wavelength\t620\tnm", ""]
DIFFERENCE = {well: round(OTHER[well] - MAIN[well], 4) for well in WELLS}
FLAT = {well: round(0.05 + MAIN[well] / 100, 4) for well in WELLS}
SUM = {well: round(MAIN[well] + FLAT[well], 4) for well in WELLS}


def dual(tmp_path: Path, titles: list[str], order: list[dict[str, float]]) -> Path:
    lines = ["SUNRISE;   XFLUOR4 Version: V 4.51", *DUAL]
    for title, values in zip(titles, order, strict=True):
        lines += [title, *well_grid(values, "\t", corner="<>"), ""]
    return write_export(tmp_path, lines)


@pytest.mark.parametrize(
    "titles",
    [
        ["Dual wave data (difference)", "Rawdata (dual wave measurement with measurement filter)",
         "Rawdata (dual wave measurement with reference filter)"],
        ["Difference", "IL-6", "Reference"],
        ["Differenz", "Rohdaten", "Referenz"],
        ["", "", ""],
    ],
)  # fmt: skip
def test_the_difference_of_a_dual_wavelength_is_never_the_measurement(
    tmp_path: Path, titles: list[str]
) -> None:
    plate = only_plate(dual(tmp_path, titles, [MAIN, SUM, FLAT]))
    assert by_reading(plate) == {"difference 450-620": MAIN, "450": SUM, "620": FLAT}
    assert wavelengths(plate) == {"difference 450-620": None, "450": 450, "620": 620}


def test_the_filters_of_a_sunrise_without_a_difference(tmp_path: Path) -> None:
    path = dual(
        tmp_path, ["Rawdata (measurement filter)", "Rawdata (reference filter)"], [SUM, FLAT]
    )
    text = path.read_text().replace("wavelength\t", "filter:\t")
    path.write_text(text)
    plate = only_plate(path)
    assert by_reading(plate) == {"450": SUM, "620": FLAT}
    assert wavelengths(plate) == {"450": 450, "620": 620}


def test_grids_of_a_dual_wavelength_that_nothing_tells_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match="3 grids for the wavelengths 450 and 620 nm"):
        read_plates(dual(tmp_path, ["", "", ""], [MAIN, OTHER, OTHER]))
    with pytest.raises(PlateError, match="2 grids for the wavelengths"):
        read_plates(dual(tmp_path, ["", ""], [SUM, FLAT]))


def test_one_grid_of_two_wavelengths_has_no_wavelength(tmp_path: Path) -> None:
    plate = only_plate(dual(tmp_path, [""], [MAIN]))
    assert wavelengths(plate) == {"450 (reference 620)": None}


def test_the_spread_of_several_reads_is_no_reading(tmp_path: Path) -> None:
    mean, spread = (well_grid(values, "\t", corner="<>") for values in (MAIN, FLAT))
    lines = [*SPARK, *spark_step("IL-6", 450), "Mean", *mean, "", "StDev", *spread]
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"IL-6": MAIN}
    assert states(plate) == {"ok": 96}
