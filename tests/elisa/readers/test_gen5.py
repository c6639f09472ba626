"""Gen5: real exports, computed lines, and lines that are damaged or lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.elisa import Plate, PlateError, read_plates


@pytest.fixture
def exports(reference: Path) -> Path:
    return reference / "elisa" / "exports"


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


def only_reading(path: Path) -> dict[str, float]:
    (plate,) = read_plates(path)
    (values,) = by_reading(plate).values()
    return values


@pytest.mark.parametrize("label", ["450-570", "Corrected [450]", "Blanked 450"])
def test_gen5_leaves_computed_lines_out(tmp_path: Path, label: str) -> None:
    lines = ["Software Version\t3.11", "Plate Number\tPlate 1", "Results"]
    both = zip(well_grid(MAIN, "\t"), well_grid(OTHER, "\t"), strict=True)
    for row, (main, other) in enumerate(both):
        rest = other.split("\t", 1)[1]
        lines += [main] if row == 0 else [f"{main}\t450", f"\t{rest}\t{label}"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


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


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines))
    return path


def lettered_grid(separator: str, label: str = "", corner: str = "") -> list[str]:
    """A heading and eight lettered lines, with a label at the right end where one is given."""
    end = [label] if label else []
    return [
        separator.join([corner, *map(str, COLUMNS)]),
        *(
            separator.join([letter, *(f"{row_od(row, c):.3f}" for c in COLUMNS), *end])
            for row, letter in enumerate("ABCDEFGH", 1)
        ),
    ]


_FAR_ROWS = b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 200)
)


def test_a_lost_line_of_gen5_gives_no_reading_for_another(tmp_path: Path) -> None:
    raw = lettered_grid("\t", "450")
    blanked = [line.replace("B\t", "\t", 1) for line in lettered_grid("\t", "Blank 450")]
    lines = [raw[0]]
    for row, computed in zip(raw[1:], blanked[1:], strict=True):
        lines += [row, computed if computed.startswith("\t") else "\t" + computed.split("\t", 1)[1]]
    above = ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"]
    assert readings(write_lines(tmp_path / "whole.txt", [*above, *lines])) == expected()
    del lines[4]
    lost = write_lines(tmp_path / "lost.txt", [*above, *lines])
    with pytest.raises(PlateError, match="row B of the plate grid does not have the same lines"):
        read_plates(lost)
