"""From raw folders as instruments write them to the study, with at most 40 cells typed."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture import new_study, simulate
from coculture.simulate.parameters import Mishaps
from coculture.study import Study, load
from tests.new_study.instruments import STYLES, fill_in, raw_folders

DESIGN = replace(simulate.EXAMPLE.design, experiments=3, wells=1, mishaps=Mishaps())
MOST_TYPED = 40


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with hand-written tables."""
    folder = tmp_path_factory.mktemp("written") / "study"
    simulate.study(folder, 3, replace(simulate.EXAMPLE, design=DESIGN))
    return folder


@pytest.mark.parametrize("style", STYLES)
def test_two_folders_and_a_plate_map_give_the_study(
    written: Path, tmp_path: Path, style: str
) -> None:
    raw = raw_folders(written, tmp_path / "raw", style)
    (tmp_path / "config").mkdir()
    new_study.begin(tmp_path, "mine", raw.flow, raw.elisa, raw.maps)
    book, config = tmp_path / "data/raw/mine/mine.xlsx", tmp_path / "config/mine.yaml"
    assert fill_in(book, config) <= MOST_TYPED
    made, hand = load(config), load(written / "config.yaml")
    _assert_same_cultures(made, hand)
    _assert_same_wells(made, hand)
    _assert_same_controls(made, hand)


def _arms(study: Study) -> "pd.Series[str]":
    """Culture -> what was done to it."""
    columns = [factor["column"] for factor in study.config["factors"]]
    cultures = study.cultures.set_index("culture")
    kept = ["experiment", "cells", "stroma", "hours", *columns, "replicate"]
    return cultures[kept].astype(str).agg("|".join, axis=1)


def _assert_same_cultures(made: Study, hand: Study) -> None:
    assert sorted(_arms(made)) == sorted(_arms(hand))


def _assert_same_wells(made: Study, hand: Study) -> None:
    def wells(study: Study) -> list[tuple[str, ...]]:
        named = study.elisa["culture"].map(_arms(study)).fillna("")
        columns = ["plate", "well", "role", "analyte", "concentration_pg_ml", "dilution"]
        rows = study.elisa[columns].assign(arm=named)
        rows["dilution"] = rows["dilution"].where(rows["role"] == "sample")
        return sorted(map(tuple, rows.astype(str).to_numpy()))

    assert wells(made) == wells(hand)


def _assert_same_controls(made: Study, hand: Study) -> None:
    def tubes(study: Study) -> list[tuple[str, ...]]:
        named = study.flow["culture"].map(_arms(study)).fillna("")
        rows = study.flow[["experiment", "role", "cells", "channel"]].assign(arm=named)
        return sorted(map(tuple, rows.astype(str).to_numpy()))

    assert tubes(made) == tubes(hand)


def test_new_files_add_rows_and_change_none(written: Path, tmp_path: Path) -> None:
    raw = raw_folders(written, tmp_path / "raw", "diva")
    (tmp_path / "config").mkdir()
    late = sorted(raw.flow.glob("*E3-*"))
    for path in late:
        path.rename(tmp_path / path.name)
    new_study.begin(tmp_path, "mine", raw.flow, raw.elisa, raw.maps)
    book = tmp_path / "data/raw/mine/mine.xlsx"
    workbook = openpyxl.load_workbook(book)
    workbook["flow"]["I2"] = "clogged"
    before = [[cell.value for cell in row] for row in workbook["flow"]]
    workbook.save(book)
    for path in late:
        (tmp_path / path.name).rename(path)
    said = new_study.begin(tmp_path, "mine", raw.flow, raw.elisa, raw.maps)
    after = [[cell.value for cell in row] for row in openpyxl.load_workbook(book)["flow"]]
    assert after[: len(before)] == before
    assert len(after) == len(before) + len(late)
    assert any("is unchanged" in line for line in said)
