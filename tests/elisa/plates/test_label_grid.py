"""Plate-shaped layouts: labels as people write them, and one grid a property."""

from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import DilutionSeries, PlateError, read_label_grid
from coculture.elisa.plates.label_grid import parse_label


@pytest.mark.parametrize(
    ("label", "role", "concentration", "culture", "dilution"),
    [
        ("STD 300", "standard", 300, "", 1),
        ("STD1000", "standard", 1000, "", 1),
        ("std_62.5", "standard", 62.5, "", 1),
        ("Standard 9,375 pg/mL", "standard", 9.375, "", 1),
        ("STD 0", "standard", 0, "", 1),
        ("BLK", "blank", np.nan, "", 1),
        ("BLANK", "blank", np.nan, "", 1),
        ("Medium", "medium_blank", np.nan, "", 1),
        ("QC 40", "control", 40, "", 1),
        ("Control 250", "control", 250, "", 1),
        ("c01", "sample", np.nan, "c01", 1),
        ("E1-il1b-DEX-2 x10", "sample", np.nan, "E1-il1b-DEX-2", 10),
        ("c01 1:50", "sample", np.nan, "c01", 50),
        ("c01×200", "sample", np.nan, "c01", 200),
        ("S1", "sample", np.nan, "S1", 1),
        ("mix10", "sample", np.nan, "mix10", 1),
        ("STD 5 ng/mL", "standard", 5000, "", 1),
        ("STD 0.5ng/ml", "standard", 500, "", 1),
        ("STD 2 \u00b5g/mL", "standard", 2e6, "", 1),
        ("STD1 600", "standard", 600, "", 1),
        ("Standard 1: 0.6 ng/mL", "standard", 600, "", 1),
        ("Std 2 (300 pg/mL)", "standard", 300, "", 1),
        ("STD1", "standard", np.nan, "", 1),
        ("ANCHOR 2.3", "anchor", 2.3, "", 1),
        ("control 1", "control", np.nan, "", 1),
        ("QC1", "control", np.nan, "", 1),
        ("QC1 40", "control", 40, "", 1),
        ("QC2 0.25 ng/mL", "control", 250, "", 1),
        ("QC low", "control", np.nan, "", 1),
    ],
)
def test_labels(label: str, role: str, concentration: float, culture: str, dilution: float) -> None:
    row = parse_label(label)
    assert (row["role"], row["culture"], row["dilution"]) == (role, culture, dilution)
    assert row["concentration_pg_ml"] == pytest.approx(concentration, nan_ok=True)


def test_a_grid_of_labels(tmp_path: Path) -> None:
    path = tmp_path / "layout.csv"
    path.write_text(",1,2,3\nA,STD 600,c1 x10,c1 x50\nB,BLK,,-\n")
    rows = read_label_grid(path)
    assert rows["well"].tolist() == ["A1", "A2", "A3", "B1"]
    assert rows["role"].tolist() == ["standard", "sample", "sample", "blank"]
    assert rows["dilution"].tolist() == [1, 10, 50, 1]


def test_one_grid_a_property(tmp_path: Path) -> None:
    path = tmp_path / "layout.csv"
    path.write_text(
        "role,1,2,3\nA,standard,sample,sample\nB,blank,,sample\n\n"
        "concentration_pg_ml,1,2,3\nA,600,,\nB,,,\n\n"
        "culture,1,2,3\nA,,c1,c2\nB,,,c3\n\n"
        "dilution,1,2,3\nA,,10,50\nB,,,10\n"
    )
    rows = read_label_grid(path).set_index("well")
    assert rows.index.tolist() == ["A1", "A2", "A3", "B1", "B3"]
    assert rows["role"].tolist() == ["standard", "sample", "sample", "blank", "sample"]
    assert rows.loc["A1", "concentration_pg_ml"] == 600
    assert rows.loc["A3", "culture"] == "c2"
    assert rows["dilution"].tolist() == [1, 10, 50, 1, 10]


def test_a_number_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "layout.csv"
    path.write_text("culture,1,2\nA,c1,c2\n\ndilution,1,2\nA,ten,10\n")
    with pytest.raises(PlateError, match='well A1: dilution is "ten", not a number'):
        read_label_grid(path)


def test_a_file_without_grid_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "layout.csv"
    path.write_text("no,grid\n")
    with pytest.raises(PlateError, match="no plate-shaped grid of labels"):
        read_label_grid(path)


@pytest.mark.reference
def test_a_layout_beside_the_readings_of_a_spreadsheet(reference: Path) -> None:
    rows = read_label_grid(reference / "elisa/exports/elisar/example.xls").set_index("well")
    assert rows.loc["A11", "concentration_pg_ml"] == 1000
    assert rows.loc["G12", "concentration_pg_ml"] == 15.625
    assert rows.loc["H11", "role"] == "blank"
    assert rows.loc["G1", "culture"] == "M1A"


def _layout(folder: Path, text: str) -> Path:
    path = folder / "layout.csv"
    path.write_text(text)
    return path


NUMBERED = ",1,2\nA,STD1,STD1\nB,STD 2,c1\nC,STD3,QC 1\nD,STD 0,QC 2\n"


def test_a_numbered_standard_asks_for_its_concentration(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match=r'layout.csv: well A1: "STD1" is the name of a standard'):
        read_label_grid(_layout(tmp_path, NUMBERED))


def test_a_series_is_stated_once(tmp_path: Path) -> None:
    series = DilutionSeries(top_pg_ml=600, factor=4, levels=3)
    rows = read_label_grid(_layout(tmp_path, NUMBERED), series).set_index("well")
    levels = rows.loc[["A1", "A2", "B1", "C1", "D1"], "concentration_pg_ml"]
    assert levels.tolist() == [600, 600, 150, 37.5, 0]
    assert rows.loc[["C2", "D2"], "role"].tolist() == ["control", "control"]
    assert rows.loc[["C2", "D2"], "concentration_pg_ml"].isna().all()
    short = DilutionSeries(top_pg_ml=600, factor=4, levels=2)
    with pytest.raises(
        PlateError, match='well C1: the series has 2 levels, but the label is "STD3'
    ):
        read_label_grid(_layout(tmp_path, NUMBERED), short)


@pytest.mark.parametrize(
    ("levels", "are_names"),
    [
        ("8 4 2 1 0", False),
        ("2 1 0.5 0.25 0", False),
        ("1000 100 10 1 0", False),
        ("1 2 3 4 5 6 7 8", True),
        ("2 3 4 5 6 7 8", True),
        ("1 2", True),
        ("0 1 2 3", True),
    ],
)
def test_numbers_that_count_are_names(tmp_path: Path, levels: str, are_names: bool) -> None:
    labels = [f"STD {level}" for level in levels.split()]
    heading = ",".join(map(str, range(len(labels) + 1)))
    path = _layout(tmp_path, f"{heading.replace('0', '', 1)}\nA,{','.join(labels)}\n")
    if are_names:
        with pytest.raises(PlateError, match="is the name of a standard"):
            read_label_grid(path)
    else:
        found = read_label_grid(path)["concentration_pg_ml"]
        assert found.tolist() == [float(level) for level in levels.split()]


def test_units_of_activity_need_a_factor(tmp_path: Path) -> None:
    path = _layout(tmp_path, ",1,2\nA,STD 5 U/mL,STD 500 pg/mL\n")
    with pytest.raises(PlateError, match='"STD 5 U/mL" is in U/mL; state how many pg are 1 U'):
        read_label_grid(path)
    assert read_label_grid(path, pg_per_unit={"": 8}).loc[0, "concentration_pg_ml"] == 40


@pytest.mark.parametrize(
    ("corner", "cell"),
    [
        ("concentration_ng_ml", "0.6"),
        ("concentration (ng/mL)", "0.6"),
        ("concentration", "0.6 ng/mL"),
        ("concentration_ng_ml", "600 pg/mL"),
        ("concentration", "600"),
    ],
)
def test_a_grid_of_concentrations_has_its_unit(tmp_path: Path, corner: str, cell: str) -> None:
    path = _layout(tmp_path, f"role,1,2\nA,standard,sample\n\n{corner},1,2\nA,{cell},\n")
    assert read_label_grid(path).loc[0, "concentration_pg_ml"] == pytest.approx(600)


@pytest.mark.reference
def test_the_labels_that_were_misread(reference: Path) -> None:
    path = reference / "elisa/failing/label_grid_units/labels.csv"
    rows = read_label_grid(path).set_index("well")
    assert rows["role"].to_dict() == {
        "A1": "standard", "A2": "standard", "B1": "control", "B2": "control",
    }  # fmt: skip
    assert rows.loc[["A1", "A2", "B2"], "concentration_pg_ml"].tolist() == [5000, 500, 40]
    assert rows["concentration_pg_ml"].isna().to_dict()["B1"]
