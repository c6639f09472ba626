"""Result tables are declared, come back as they were, and are the same bytes every time."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coculture.exchange import result_tables
from coculture.exchange.spreadsheet_text import guarded, unguarded


def test_numbers_and_text_come_back_exactly(tmp_path: Path) -> None:
    drawn = np.random.default_rng(5).lognormal(0, 20, 2000)
    numbers = np.array([float(f"{number:.9e}") for number in drawn])
    frame = pd.DataFrame(
        {"culture": [f"{i:03d}" for i in range(2000)], "concentration_pg_ml": numbers, "flags": ""}
    )
    result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    back = result_tables.read(tmp_path / "a.csv")
    assert (back["concentration_pg_ml"].to_numpy() == numbers).all()
    assert list(back["culture"]) == list(frame["culture"])
    assert (back["flags"] == "").all()


def test_ten_significant_digits_are_written(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"culture": ["a", "b", "c"], "concentration_pg_ml": [0.1 + 0.2, 1e9 / 7, 3]}
    )
    result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    assert (tmp_path / "a.csv").read_text().split() == [
        "culture,concentration_pg_ml",
        "a,0.3",
        "b,142857142.9",
        "c,3.0",
    ]


def test_numbers_among_text_are_rounded_and_others_are_kept(tmp_path: Path) -> None:
    mixed = pd.Series(["0.30000000000000004", 12345678901, True, 0.1 + 0.2, None], dtype=object)
    result_tables.write(pd.DataFrame({"culture": mixed}), tmp_path / "a.csv", "elisa/cultures.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[1:] == [
        "0.30000000000000004",
        "12345678901",
        "True",
        "0.3",
        '""',
    ]


def test_missing_numbers_are_empty_cells(tmp_path: Path) -> None:
    frame = pd.DataFrame({"culture": ["NA"], "concentration_pg_ml": [np.nan]})
    result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"culture,concentration_pg_ml\nNA,\n"
    assert result_tables.read(tmp_path / "a.csv")["culture"].item() == "NA"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_text_is_a_formula_to_a_spreadsheet(tmp_path: Path, sign: str) -> None:
    texts = [f"{sign}A1", f"'{sign}A1", f"''{sign}A1", "'IL-6", f"{sign}5", "IL-6", sign]
    frame = pd.DataFrame({"culture": texts, "concentration_pg_ml": -1.5, "flags": "x"})
    result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert cells[:4] == [f"'{sign}A1", f"''{sign}A1", f"'''{sign}A1", "'IL-6"]
    back = result_tables.read(tmp_path / "a.csv")
    assert list(back["culture"]) == texts
    assert (back["concentration_pg_ml"] == -1.5).all()


def test_a_heading_is_no_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame({"stain": ["a"], "=B1": [0.5]})
    result_tables.write(frame, tmp_path / "a.csv", "flow/spillover.csv")
    assert (tmp_path / "a.csv").read_text().startswith("stain,'=B1\n")
    assert list(result_tables.read(tmp_path / "a.csv").columns) == ["stain", "=B1"]
    described = result_tables.describe({"flow/spillover.csv": [tmp_path / "a.csv"]})
    assert list(described["column"]) == ["stain", "=B1"]


@given(st.text(alphabet=st.sampled_from("'=+-@1eE.x \t\"\n,"), max_size=6))
def test_every_text_is_read_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    written = guarded(text)
    assert written[:1] not in tuple("=@\t") or len(written) == 1


def test_an_undeclared_column_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"culture": ["a"], "mood": ["good"]})
    with pytest.raises(result_tables.UndeclaredColumnError, match=r"elisa/cultures.csv: .* mood"):
        result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    assert not (tmp_path / "a.csv").exists()


def test_every_declaration_is_complete() -> None:
    declared = result_tables.definitions()
    assert not declared.duplicated(["table", "column"]).any()
    assert (declared["definition"].str.len() > 3).all()
    assert set(declared["type"]) == {"text", "number", "boolean"}
    types = declared[["column", "type"]].drop_duplicates()
    assert not types["column"].duplicated().any()


def test_text_that_looks_like_a_number_stays_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"culture": ["1"], "plates": ["1"], "dilutions": ["10"], "wells": [2]})
    result_tables.write(frame, tmp_path / "a.csv", "elisa/cultures.csv")
    assert result_tables.read(tmp_path / "a.csv").iloc[0].to_list() == ["1", "1", "10", 2]
    states = pd.DataFrame({"culture": ["1"], "il6_state": [""], "dex_nM": [np.nan]})
    result_tables.write(states, tmp_path / "b.csv", "cultures.csv")
    back = result_tables.read(tmp_path / "b.csv")
    assert back["il6_state"].item() == ""
    assert np.isnan(back["dex_nM"].item())


def test_description_names_columns_as_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"experiment": ["E1"], "events_cells": [10]})
    result_tables.write(frame, tmp_path / "wells.csv", "flow/wells.csv")
    told = result_tables.describe({"flow/wells.csv": [tmp_path / "wells.csv"]})
    assert list(told["column"]) == ["experiment", "events_cells"]
    assert (told["schema_version"] == result_tables.SCHEMA_VERSION).all()
