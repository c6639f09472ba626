"""Plate-shaped layouts: labels as people write them, and one grid a property."""

from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import PlateError, read_label_grid
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
