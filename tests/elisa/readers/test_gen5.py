"""Gen5: real exports, computed lines, and lines that are damaged or lost."""

from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OTHER,
    ROWS,
    WELLS,
    by_reading,
    counted,
    expected,
    lettered_grid,
    only_plate,
    only_reading,
    point,
    states,
    wavelengths,
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


@pytest.mark.reference
def test_the_gen5_exports_that_were_read_wrongly(failing: Path) -> None:
    pair = only_plate(failing / "gen5_label_504_531" / "fluor.txt")
    assert by_reading(pair) == {"504,531": counted(50, 13)}
    listed = only_plate(failing / "gen5_list_masked_reads_counts" / "list.txt")
    assert listed.wells["reading"].unique().tolist() == ["480,520"]
    assert states(listed) == {"ok": 95, "masked": 1}
    assert by_reading(listed)["480,520"] == {
        well: value for well, value in counted(1000, 17).items() if well != "A1"
    }
    masked = only_plate(failing / "gen5_masked_asterisks" / "masked.txt")
    assert states(masked) == {"ok": 95, "masked": 1}
    assert masked.wells.set_index("well")["state"]["H3"] == "masked"
    pasted = only_plate(failing / "gen5_matrix_pasted_without_header" / "pasted.txt")
    assert by_reading(pasted) == {"450": counted(0.05), "570": counted(0.02)}
    assert wavelengths(pasted) == {"450": 450, "570": 570}


HEAD = ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"]
RFU = {well: 50 + 13 * i for i, well in enumerate(WELLS)}


def two_lines(label: str, other: str) -> list[str]:
    """A matrix with two lines for each row of wells."""
    lines = ["\t" + "\t".join(map(str, COLUMNS))]
    for row in ROWS:
        for mark, values, name in ((row, MAIN, label), ("", OTHER, other)):
            lines.append("\t".join([mark, *(point(values[f"{row}{c}"]) for c in COLUMNS), name]))
    return lines


@pytest.mark.parametrize("label", ["504,531", "504/531", "504, 531"])
def test_a_label_of_two_wavelengths_is_no_decimal_comma(tmp_path: Path, label: str) -> None:
    rows = ["\t".join([r, *(str(RFU[f"{r}{c}"]) for c in COLUMNS), label]) for r in ROWS]
    lines = [*HEAD, "\t" + "\t".join(map(str, COLUMNS)), *rows]
    assert by_reading(only_plate(write_export(tmp_path, lines))) == {label: RFU}


@pytest.mark.parametrize("cell", ["*0.303*", "* 0,303 *", "*OVRFLW*", "*?????*"])
def test_a_well_between_asterisks_is_masked(tmp_path: Path, cell: str) -> None:
    lines = [*HEAD, *lettered_grid("\t", "450")]
    lines[7] = lines[7].replace("0.303", cell)
    plate = only_plate(write_export(tmp_path, lines))
    assert states(plate) == {"ok": 95, "masked": 1}
    assert plate.wells.set_index("well")["state"]["C3"] == "masked"


@pytest.mark.parametrize("headed", [True, False])
def test_a_matrix_of_two_wavelengths_with_and_without_its_head(
    tmp_path: Path, headed: bool
) -> None:
    lines = [*(HEAD if headed else []), *two_lines("450", "570")]
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}
    assert wavelengths(plate) == {"450": 450, "570": 570}
    computed = [*(HEAD if headed else []), *two_lines("450", "450-570")]
    assert only_reading(write_export(tmp_path, computed)) == MAIN


def test_lines_in_another_order_are_read_by_their_labels(tmp_path: Path) -> None:
    lines = [*HEAD, *two_lines("450", "570")]
    one, other = lines[7], lines[8]
    lines[7] = "B" + other
    lines[8] = one.removeprefix("B")
    assert by_reading(only_plate(write_export(tmp_path, lines))) == {"450": MAIN, "570": OTHER}


def gen5_list(values: dict[str, int]) -> list[str]:
    """A list with statistics in every second line."""
    lines = ["Well ID\tName\tWell\tConc/Dil\t480,520\tCount\tMean\tStd Dev\tCV (%)"]
    for i, well in enumerate(WELLS):
        statistics = f"\t2\t{values[well]}\t{i % 9}\t1.0" if i % 2 == 0 else ""
        lines.append(f"SPL{i // 2}\t\t{well}\t75\t{values[well]}{statistics}")
    return lines


@pytest.mark.parametrize("headed", [True, False])
def test_statistics_of_a_list_are_no_readings(tmp_path: Path, headed: bool) -> None:
    lines = [*(HEAD if headed else []), *gen5_list(RFU)]
    lines[-1] = lines[-1].replace(str(RFU["H12"]), f"*{RFU['H12']}*")
    plate = only_plate(write_export(tmp_path, lines))
    assert states(plate) == {"ok": 95, "masked": 1}
    assert by_reading(plate) == {"480,520": {w: v for w, v in RFU.items() if w != "H12"}}
    lines[-1] = lines[-1].replace(f"*{RFU['H12']}*", "12x9")
    with pytest.raises(PlateError, match='well H12, column "480,520": "12x9" is not a reading'):
        read_plates(write_export(tmp_path, lines))


@pytest.mark.parametrize("headed", [True, False])
def test_wells_across_are_read_line_by_line(tmp_path: Path, headed: bool) -> None:
    lines = [
        *(HEAD if headed else []),
        "\t".join(["Well", *WELLS]),
        "\t".join(["Well ID", *(f"SPL{i}" for i in range(96))]),
        "\t".join(["450", *(point(MAIN[well]) for well in WELLS)]),
        "\t".join(["570", *(point(OTHER[well]) for well in WELLS)]),
        "\t".join(["450-570", *(point(OTHER[well]) for well in WELLS)]),
    ]
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}
    assert wavelengths(plate) == {"450": 450, "570": 570}


def test_a_damaged_whole_number_is_refused_and_not_replaced_by_computed_lines(
    tmp_path: Path,
) -> None:
    grid = ["\t".join([r, *(str(RFU[f"{r}{c}"]) for c in COLUMNS), "Alpha"]) for r in ROWS]
    heading = "\t" + "\t".join(map(str, COLUMNS))
    blanked = [line.replace("Alpha", "Blank Alpha") for line in grid]
    lines = [*HEAD, heading, *grid, "", "Blank Alpha", heading, *blanked]
    assert by_reading(only_plate(write_export(tmp_path, lines))) == {"Alpha": RFU}
    lines[7] = lines[7].replace(str(RFU["C4"]), "4x1")
    with pytest.raises(PlateError, match=r'well C4 of the plate grid "Alpha".*"4x1" is not'):
        read_plates(write_export(tmp_path, lines))


def test_concentrations_of_gen5_are_never_readings(tmp_path: Path) -> None:
    lines = [*HEAD, *lettered_grid("\t", "Conc")]
    with pytest.raises(PlateError, match="has no grid of results"):
        read_plates(write_export(tmp_path, lines))


def test_a_row_without_the_label_of_the_others_is_refused(tmp_path: Path) -> None:
    lines = [*HEAD, *lettered_grid("\t", "450")]
    lines[-1] = lines[-1].removesuffix("\t450")[:-1]
    with pytest.raises(PlateError, match="line 13: the row has fewer cells than the heading has"):
        read_plates(write_export(tmp_path, lines))


def test_a_word_that_was_moved_beyond_the_heading_is_refused(tmp_path: Path) -> None:
    lines = [*HEAD, *lettered_grid("\t", "450")]
    lines[7] = lines[7].replace("C\t", "C\t0.777\t").replace("0.312", "OVRFLW")
    with pytest.raises(PlateError, match="row C has more cells than the heading has columns"):
        read_plates(write_export(tmp_path, lines))
