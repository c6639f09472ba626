"""Prism's files and sheets: the wells of each endpoint, read back by a reader of others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from coculture.report import Results, write_prism, write_spreadsheet
from coculture.report.grouped_tables import grouped_tables

MakeResults = Callable[..., Results]

ENDPOINT = {
    "endpoint": "ln_il6",
    "name": "IL-6",
    "is_primary": True,
    "scale": "log",
    "title": "IL-6 (pg/mL)",
    "unit": "pg/mL",
    "difference_unit": "ratio",
    "value_column": "il6_pg_ml",
    "bound_column": "il6_bound_pg_ml",
    "state_column": "il6_state",
}
ARMS = ("il1b untreated", "il1b DEX + IL-1Ra <5 µg/mL> & more")
WELLS = (
    ("E2", ARMS[0], 410.5, np.nan, "ok"),
    ("E2", ARMS[0], 395.25, np.nan, "ok"),
    ("E2", ARMS[1], np.nan, 31.25, "below_lloq"),
    ("E2", ARMS[1], 40.0, np.nan, "ok"),
    ("E10", ARMS[0], np.nan, np.nan, "excluded"),
    ("E10", ARMS[0], 388.123456789012, np.nan, "ok"),
    ("E10", ARMS[1], np.nan, 8000.0, "above_uloq"),
    ("E10", "il1b IL-6 added", 99.0, np.nan, "ok"),
)
"""Experiment, arm, value, bound and state of each well; no arm of the comparison has the last."""


@pytest.fixture
def study(results: MakeResults) -> Results:
    cultures = pd.DataFrame(
        WELLS, columns=["experiment", "arm", "il6_pg_ml", "il6_bound_pg_ml", "il6_state"]
    )
    cultures["culture"] = [f"c{row}" for row in range(len(cultures))]
    groups = cultures.drop_duplicates(["experiment", "arm"])
    means = np.where(groups["arm"].str.contains("added"), np.nan, 1.0)
    arms = groups[["experiment", "arm"]].assign(endpoint="ln_il6", mean=means, relation="")
    tables = {
        "cultures.csv": cultures,
        "comparison/arms.csv": arms,
        "comparison/endpoints.csv": pd.DataFrame([ENDPOINT]),
    }
    return results(tables=tables)


def test_a_prism_file_holds_every_well(study: Results, tmp_path: Path) -> None:
    pzfx = pytest.importorskip("pzfx", reason="a package of requirements-dev.lock is missing")
    write_prism(study, {"IL-6": tmp_path / "il6.pzfx"})
    assert pzfx.pzfx_tables(str(tmp_path / "il6.pzfx")) == ["IL-6 (pg/mL)"]
    found = pzfx.read_pzfx(str(tmp_path / "il6.pzfx"), strike_action="star").set_index("ROWTITLE")
    labels = list(found.index)
    assert labels == [
        arm.replace("il1b", study.config["cells"]["labels"].get("il1b", "il1b")) for arm in ARMS
    ]
    assert list(found.columns) == ["E2_1", "E2_2", "E10_1", "E10_2"]
    read = [[None if pd.isna(one) else str(one) for one in row] for row in found.to_numpy()]
    assert read == [
        ["410.5", "395.25", None, "388.123456789012"],
        ["31.25*", "40.0", "8000.0*", None],
    ]


def test_bounds_do_not_enter_as_numbers(study: Results, tmp_path: Path) -> None:
    pzfx = pytest.importorskip("pzfx", reason="a package of requirements-dev.lock is missing")
    write_prism(study, {"IL-6": tmp_path / "il6.pzfx"})
    used = pzfx.read_pzfx(str(tmp_path / "il6.pzfx"), strike_action="exclude")
    assert used["E2_1"].isna().tolist() == [False, True]
    assert used["E10_1"].isna().all()
    text = (tmp_path / "il6.pzfx").read_text(encoding="utf-8")
    assert "2 wells outside the quantifiable range: not a number but a bound" in text
    assert "Empty because they have no usable value: c4." in text
    assert "Left out, as in the comparison (no value of IL-6): c7." in text


def test_the_same_table_gives_the_same_bytes(study: Results, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_prism(study, {"IL-6": tmp_path / f"{name}.pzfx"})
    assert (tmp_path / "a.pzfx").read_bytes() == (tmp_path / "b.pzfx").read_bytes()


def test_an_endpoint_without_values_is_said(study: Results, tmp_path: Path) -> None:
    write_prism(study, {"apoptosis": tmp_path / "apoptosis.pzfx"})
    text = (tmp_path / "apoptosis.pzfx").read_text(encoding="utf-8")
    assert "No culture has a usable apoptosis." in text
    assert "<Table " not in text


def test_the_workbook_has_the_same_sheet(study: Results, tmp_path: Path) -> None:
    write_spreadsheet(study, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames.index("Prism IL-6") == book.sheetnames.index("arms by experiment") + 1
    rows: list[tuple[Any, ...]] = list(book["Prism IL-6"].iter_rows(values_only=True))
    assert rows[0] == ("arm", "E2 well 1", "E2 well 2", "E10 well 1", "E10 well 2")
    assert [row[1:] for row in rows[1:3]] == [
        (410.5, 395.25, None, 388.123456789012),
        ("<= 31.25", 40, ">= 8000", None),
    ]
    below = [row[0] for row in rows[4:]]
    assert below[0] == "IL-6 (pg/mL)"
    assert any("outside the quantifiable range" in str(text) for text in below)
    noted = {(row[0], row[1]) for row in book["notes"].iter_rows(values_only=True)}
    assert ("Prism IL-6", "one column a well") in noted


def test_specific_values_are_said_to_be_computed_elsewhere(study: Results) -> None:
    endpoints = pd.DataFrame([ENDPOINT | {"scale": "specific", "unit": "%"}])
    tables = {**study.tables, "comparison/endpoints.csv": endpoints}
    (table,) = grouped_tables(Results(study.config, tables))
    assert table.title == "IL-6, as measured (%)"
