"""A study whose tables are sheets of one workbook."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from coculture.study import load
from tests.study.workbooks import Cells, cells_of, reconfigured, told, write

TABLES = ("cultures", "flow", "elisa", "clinical")


def _sheets(folder: Path) -> dict[str, Cells]:
    return {
        table: cells_of(pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False))
        for table in TABLES
        if (folder / f"{table}.csv").exists()
    }


def _in_workbook(folder: Path, change: Callable[[dict[str, Cells]], object] = lambda _: 0) -> Path:
    """Writes the tables of a study into one workbook; its config."""
    sheets = _sheets(folder)
    change(sheets)
    write(folder / "study.xlsx", sheets)
    return reconfigured(folder, lambda config: config.update(tables="study.xlsx"))


def test_a_workbook_gives_the_study_of_its_tables(small_study: Path) -> None:
    written = load(small_study / "config.yaml")
    config = _in_workbook(small_study)
    (small_study / "cultures.csv").unlink()
    read = load(config)
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(read, table), getattr(written, table))


def test_an_empty_column_of_a_sheet_is_nothing(small_study: Path) -> None:
    def with_a_gap(sheets: dict[str, Cells]) -> None:
        sheets["cultures"] = [[row[0], "", *row[1:]] for row in sheets["cultures"]]

    written = load(small_study / "config.yaml", with_events=False)
    read = load(_in_workbook(small_study, with_a_gap), with_events=False)
    pd.testing.assert_frame_equal(read.cultures, written.cultures)


def test_an_error_names_sheet_row_column_and_cell(small_study: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        rows = [list(row) for row in sheets["cultures"]]
        rows[2][rows[0].index("dex_nM")] = "1 uM"
        sheets["cultures"] = rows

    assert told(_in_workbook(small_study, change))[0] == (
        'study.xlsx, sheet "cultures", row 3, dex_nM, E3 "1 uM": is not a number; write it like '
        "0.5 or 1000. The dose of DEX in nM; 0 is untreated."
    )


def test_a_single_table_may_be_a_workbook(small_study: Path) -> None:
    written = load(small_study / "config.yaml")
    write(small_study / "mine.xlsx", {"Tabelle1": _sheets(small_study)["flow"]})
    path = small_study / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["tables"]["flow"] = "mine.xlsx"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    pd.testing.assert_frame_equal(load(path).flow, written.flow)


def test_a_sheet_that_is_no_table_is_named(small_study: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        sheets["Notes"] = [["anything"]]
        sheets["cultues"] = [["x"]]

    (said,) = told(_in_workbook(small_study, change))
    assert 'has a sheet "cultues", which is no table. Did you mean cultures?' in said
    assert said.startswith("config.yaml, line") or "config.yaml, line" in said


def test_a_workbook_without_cultures_or_that_is_none_is_refused(small_study: Path) -> None:
    (said,) = told(_in_workbook(small_study, lambda sheets: sheets.pop("cultures")))
    assert 'has no sheet "cultures", and no plate map of cultures' in said
    (small_study / "study.xlsx").unlink()
    assert "is not there" in told(small_study / "config.yaml")[0]
    (small_study / "study.xlsx").write_text("culture\n")
    assert "is no workbook (.xlsx)" in told(small_study / "config.yaml")[0]
