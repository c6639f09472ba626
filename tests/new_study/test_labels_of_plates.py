"""A study of ELISA plates alone is begun from the labels in their maps."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture import new_study
from coculture.study import StudyError, load
from coculture.study.overview import summary
from tests.study.workbooks import plate, write

STANDARDS = [600, 300, 150, 75, 37.5, 18.75, 9.375]


def _labels(analyte_top: float) -> dict[str, object]:
    wells: dict[str, object] = {}
    for row, share in zip("ABCDEFG", STANDARDS, strict=True):
        for column in (1, 2):
            wells[f"{row}{column}"] = f"Std {share * analyte_top / 600:g} pg/ml"
    wells |= {"H1": "Blank", "H2": "Blank"}
    for number, (who, treatment) in enumerate(
        (who, treatment)
        for who in ("HS5 only", "MM1S on HS5")
        for treatment in ("ctrl", "LEN 10uM", "LEN 100uM")
    ):
        for replicate, row in zip((1, 2), "AB", strict=True):
            wells[f"{row}{number + 3}"] = f"{who} {treatment} {replicate} 1:5"
    return wells


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Path, str]:
    """The root of a study of two analytes in three experiments, and what was said of it."""
    (tmp_path / "config").mkdir()
    maps = {}
    for shift, analyte in enumerate(("IL6", "IL8")):
        for other, experiment in enumerate(("exp1", "exp2", "exp10")):
            name = f"{analyte} {experiment}"
            maps[name] = plate("", _labels(600))
            density = {
                f"{row}{column}": round(
                    0.1 + (8 - place) * 0.2 + column / 1000 + shift / 7 + other / 13, 4
                )
                for place, row in enumerate("ABCDEFGH")
                for column in range(1, 13)
            }
            (tmp_path / "elisa").mkdir(exist_ok=True)
            write(tmp_path / "elisa" / f"{name}.xlsx", {"450nm": plate("", density)})
    write(tmp_path / "maps.xlsx", maps)
    said = new_study.begin(tmp_path, "mine", None, tmp_path / "elisa", tmp_path / "maps.xlsx")
    return tmp_path, "\n".join(said)


def test_labels_give_cultures_experiments_analytes_and_doses(begun: tuple[Path, str]) -> None:
    root, said = begun
    assert "The labels of the ELISA plates name 36 cultures." in said
    assert "experiment exp10: 2 ELISA plates" in said
    book = root / "data/raw/mine/mine.xlsx"
    cultures = pd.read_excel(book, "cultures", keep_default_na=False)
    one = cultures[cultures["culture"] == "exp10-MM1S on HS5 LEN 100uM 2"].iloc[0]
    assert one[["experiment", "cells", "stroma", "treatment", "replicate"]].tolist() == [
        *("exp10", "MM1S", "HS5", "LEN 100uM", 2),
    ]
    assert set(cultures.loc[cultures["cells"] == "", "stroma"]) == {"HS5"}
    doses = pd.read_excel(book, "treatments").set_index("treatment")["LEN"]
    assert doses.to_dict() == {"ctrl": 0, "LEN 10uM": 10, "LEN 100uM": 100}


def test_two_words_in_the_config_make_it_a_study(begun: tuple[Path, str]) -> None:
    root, _ = begun
    config = root / "config/mine.yaml"
    text = config.read_text("utf-8")
    assert 'arm: {cells: "MM1S", stroma: "HS5", "LEN": 100}' in text
    for open_one, filled in {"unconfirmed": "3", 'hours: "?"': "hours: 48"}.items():
        assert open_one in text
        text = text.replace(open_one, filled)
    config.write_text(text, "utf-8")
    study = load(config, root / "sums.json", with_events=False)
    assert len(study.cultures) == 36
    assert list(study.endpoints) == ["IL-6", "IL-8"]
    assert study.plates[0] == "IL6-exp1"
    assert study.plates[2] == "IL6-exp10"
    text = summary(study)
    assert "exp1 exp2 exp10" in text
    # What is long comes first: the end of it is what a terminal shows.
    assert text.index("Plate map") < text.index("no problems")


def test_a_label_of_several_experiments_is_said_to_need_its_own(begun: tuple[Path, str]) -> None:
    root, _ = begun
    book = openpyxl.load_workbook(root / "data/raw/mine/mine.xlsx")
    sheet = book["elisa IL8-exp2"]
    (row,) = (cells[0].row for cells in sheet.iter_rows() if cells[0].value == "cultures")
    sheet.delete_rows(row)
    book.save(root / "data/raw/mine/mine.xlsx")
    config = root / "config/mine.yaml"
    text = config.read_text("utf-8").replace("unconfirmed", "3")
    config.write_text(text.replace('hours: "?"', "hours: 48"), "utf-8")
    with pytest.raises(StudyError) as refused:
        load(config, root / "sums.json", with_events=False)
    assert 'sheet "elisa IL8-exp2"' in str(refused.value)
    assert "3 cultures are called so (exp1-HS5 only ctrl 1, " in str(refused.value)
    assert "or into a line of the plate map: cultures, its name." in str(refused.value)
