"""Plate maps: the study of a map is that of the rows that it draws; each fault names its cell."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.study import Study, load, summary
from tests.study.workbooks import Cells, cells_of, plate, reconfigured, told, write

GRIDS = {
    "cells": "cells",
    "dex_nM": "dex_nM",
    "il1ra_ng_ml": "IL-1Ra (ng/mL)",
    "il6_ng_ml": "IL-6",
}
DRUGS = ["dex_nM", "il1ra_ng_ml", "il6_ng_ml"]


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def _drawn(folder: Path) -> dict[str, Cells]:
    """The maps of the cultures and of the ELISA plates of the small study, and its other tables."""
    cultures, flow, elisa = (_table(folder, one) for one in ("cultures", "flow", "elisa"))
    sheets: dict[str, Cells] = {}
    name_of: dict[str, str] = {}
    for experiment, rows in cultures.groupby("experiment"):
        wells = [f"{'ABCD'[i // 6]}{i % 6 + 1}" for i in range(len(rows))]
        name_of |= {
            culture: f"{experiment}-{well}"
            for culture, well in zip(rows["culture"], wells, strict=True)
        }
        grids = [
            plate(name, dict(zip(wells, map(_number, rows[column]), strict=True)), 4, 6)
            for column, name in GRIDS.items()
        ]
        head: Cells = [["Culture plate of the day"], ["Hours", 48], ["stroma", "HS-5"], []]
        sheets[f"cultures {experiment}"] = [*head, *(line for grid in grids for line in grid)]
    for name, rows in elisa.groupby("plate"):
        labels = {row["well"]: _label(row, name_of) for row in rows.to_dict("records")}
        head = [["file", rows["file"].iloc[0]], ["analyte: IL-6"], []]
        sheets[f"elisa {name}"] = [*head, *plate("", labels)]
    named = flow.assign(culture=flow["culture"].map(name_of).fillna(""))
    sheets["flow"] = cells_of(named)
    return sheets


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


def _label(row: Mapping[Any, Any], name_of: Mapping[str, str]) -> str:
    if row["role"] == "sample":
        return f"{name_of[row['culture']].replace('-', ' ')} x{row['dilution']}"
    if row["role"] == "standard":
        return f"STD {row['concentration_pg_ml']}"
    return {"control": f"QC {row['concentration_pg_ml']}", "blank": "BLK"}.get(row["role"], "")


def _study(folder: Path, sheets: Mapping[str, Cells]) -> Path:
    write(folder / "mine.xlsx", sheets)
    return reconfigured(folder, lambda config: config.update(tables="mine.xlsx"))


@pytest.fixture
def sheets(small_study: Path) -> dict[str, Cells]:
    return _drawn(small_study)


def test_a_map_and_rows_give_the_same_study(small_study: Path, sheets: dict[str, Cells]) -> None:
    rows = load(small_study / "config.yaml")
    drawn = load(_study(small_study, sheets))
    for table in ("cultures", "elisa", "flow"):
        old, new = _comparable(rows, table), _comparable(drawn, table)
        pd.testing.assert_frame_equal(new, old)


def _comparable(study: Study, table: str) -> pd.DataFrame:
    """A table with what is in each culture in place of its name, sorted."""
    cultures = study.cultures.set_index("culture")
    arm = cultures[["experiment", "cells", "stroma", "hours", *DRUGS]].astype(str).agg("|".join, 1)
    rows: pd.DataFrame = getattr(study, table)
    named = rows.assign(culture=rows["culture"].map(arm).fillna(""))
    order = {"cultures": ["culture", "replicate"], "elisa": ["plate", "well"], "flow": ["fcs"]}
    return named.sort_values(order[table]).reset_index(drop=True)


def test_equal_wells_are_replicates(small_study: Path, sheets: dict[str, Cells]) -> None:
    cells = [list(row) for row in sheets["cultures E1"]]
    # The second well of every grid becomes like the first.
    for row in cells:
        if row and row[0] == "A":
            row[2] = row[1]
    found = load(_study(small_study, sheets | {"cultures E1": cells})).cultures
    replicates = found.set_index("culture")["replicate"]
    assert replicates[["E1-A1", "E1-A2", "E1-A3"]].to_list() == [1, 2, 1]


def test_samples_get_the_culture_of_their_well(small_study: Path, sheets: dict[str, Cells]) -> None:
    rows = load(_study(small_study, sheets)).flow
    heading, *lines = ([*row] for row in sheets["flow"])
    culture, well, plate_column = (heading.index(one) for one in ("culture", "well", "plate"))
    for line in lines:
        if line[culture]:
            line[plate_column], line[well] = str(line[culture]).split("-")
            line[culture] = ""
        else:
            line[plate_column] = line[well] = ""
    found = load(_study(small_study, sheets | {"flow": [heading, *lines]})).flow
    pd.testing.assert_series_equal(found["culture"], rows["culture"])


def test_a_series_is_stated_once_and_wells_are_named_alone(
    small_study: Path, sheets: dict[str, Cells]
) -> None:
    rows = load(_study(small_study, sheets)).elisa
    levels = sorted(set(rows.loc[rows["role"] == "standard", "concentration_pg_ml"]))[::-1]
    number = {f"STD {level:g}": f"STD{i}" for i, level in enumerate(levels, 1) if level}
    sheet = [
        [number.get(str(cell), str(cell).replace("E1 ", "")) for cell in row]
        for row in sheets["elisa IL6-E1"]
    ]
    sheet[:0] = [["standards", "600 pg/mL, 1:2, 7 levels"], ["cultures", "E1"]]
    found = load(_study(small_study, sheets | {"elisa IL6-E1": sheet})).elisa
    pd.testing.assert_frame_equal(found, rows)


def test_one_map_serves_several_plates(small_study: Path, sheets: dict[str, Cells]) -> None:
    rows = load(_study(small_study, sheets))
    one = {title: cells for title, cells in sheets.items() if not title.startswith("cultures")}
    one["cultures E1, E2"] = sheets["cultures E1"]
    drawn = load(_study(small_study, one))
    pd.testing.assert_frame_equal(drawn.cultures, rows.cultures)
    shown = summary(drawn)
    assert 'Plate map "cultures E1, E2" for E2, 12 wells:' in shown
    # Named in a line, with a value for each plate.
    del one["cultures E1, E2"]
    head = [["plates", "P1, P2"], ["experiment", "E1, E2"]]
    names = {
        f"E{i}-{well}": f"P{i}-{well}" for i in (1, 2) for well in rows.cultures["culture"].str[3:]
    }
    one = {
        title: [[names.get(str(cell).strip(), cell) for cell in line] for line in cells]
        for title, cells in one.items()
    }
    named = load(_study(small_study, one | {"cultures all": [*head, *sheets["cultures E1"]]}))
    assert named.cultures["experiment"].to_list() == rows.cultures["experiment"].to_list()
    assert named.cultures["culture"].iloc[0] == "P1-A1"
    # E1 B3 in the ELISA maps is known by the experiment.
    assert set(named.elisa["culture"]) == {"", *named.cultures["culture"]}


FAULTS = {
    "no name": (
        "cultures E1",
        lambda rows: rows[4].__setitem__(0, ""),
        'sheet "cultures E1", A5: the grid has no name.',
    ),
    "unknown grid": (
        "cultures E1",
        lambda rows: rows[4].__setitem__(0, "celss"),
        'sheet "cultures E1", A5: a grid is named "celss", which is no column of cultures. Did you '
        "mean cells?",
    ),
    "unknown line": (
        "cultures E1",
        lambda rows: rows[1].__setitem__(0, "hour"),
        'sheet "cultures E1", B2: "hour" is no column of cultures. Did you mean hours?',
    ),
    "rows out of order": (
        "cultures E1",
        lambda rows: rows[6].__setitem__(0, "C"),
        'sheet "cultures E1", A7: row C of the plate is below row A',
    ),
    "one grid twice": (
        "cultures E1",
        lambda rows: rows[10].__setitem__(0, "cells"),
        'sheet "cultures E1", A11: cells is given twice, first in A5.',
    ),
    "a dose that is no number": (
        "cultures E1",
        lambda rows: rows[11].__setitem__(2, "high"),
        'sheet "cultures E1", dex_nM, C12 "high": is not a number',
    ),
    "no file": (
        "elisa IL6-E1",
        lambda rows: rows.pop(0),
        'sheet "elisa IL6-E1": does not say which export it belongs to',
    ),
    "a label that names no culture": (
        "elisa IL6-E1",
        lambda rows: rows[4].__setitem__(5, "E9 B3 x10"),
        '"E9 B3"',
    ),
    "a series that is none": (
        "elisa IL6-E1",
        lambda rows: rows.insert(0, ["standards", "600, halves"]),
        'sheet "elisa IL6-E1", B1: "600, halves" is no series of standards; write the highest',
    ),
}


@pytest.mark.parametrize(("title", "change", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_map_names_its_cell(
    small_study: Path, sheets: dict[str, Cells], title: str, change: Any, said: str
) -> None:
    rows = [list(row) for row in sheets[title]]
    change(rows)
    assert any(said in one for one in told(_study(small_study, sheets | {title: rows})))


def test_the_check_shows_what_a_map_means(small_study: Path, sheets: dict[str, Cells]) -> None:
    shown = summary(load(_study(small_study, sheets))).splitlines()
    start = shown.index('Plate map "cultures E1", 12 wells:')
    assert shown[start + 1] == "  control untreated: A1"
    assert "  IL-1β DEX + IL-1Ra: B4" in shown
    start = shown.index('Plate map "elisa IL6-E1", 44 wells:')
    assert shown[start + 1 : start + 3] == [
        "  standard 600 pg/mL: A1, A2",
        "  standard 300 pg/mL: B1, B2",
    ]
    assert "  E1-A3: A4 x10, B4 x50" in shown
