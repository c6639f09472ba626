"""Columns of factors: named levels, a vehicle in every well, baselines and media."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.study import StudyError, load, summary

NAMES = {0.0: "scrambled", 1000.0: "siDEX"}


def _changed(
    folder: Path,
    factor: dict[str, Any],
    change: Callable[[pd.DataFrame], pd.DataFrame],
) -> Path:
    """The small study with another first factor than DEX, and without findings."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["factors"][0] = {"name": "first", "column": "first"} | factor
    config["comparison"] = {}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    table = pd.read_csv(folder / "cultures.csv").rename(columns={"dex_nM": "first"})
    change(table).to_csv(folder / "cultures.csv", index=False)
    return path


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(first=table["first"].map(NAMES))


def _told(path: Path) -> list[tuple[str | None, str]]:
    with pytest.raises(StudyError) as raised:
        load(path, with_events=False)
    return [(one.column, one.message) for one in raised.value.problems]


@pytest.mark.parametrize("factor", [{"levels": ["scrambled", "siDEX"]}, {"untreated": "scrambled"}])
def test_named_levels_are_read_and_the_control_is_untreated(
    small_study: Path, factor: dict[str, Any]
) -> None:
    study = load(_changed(small_study, factor, _named), with_events=False)
    assert set(study.cultures["first"]) == set(NAMES.values())
    files = pd.DataFrame(study.fcs_files("E1"))
    samples = files[files["role"] == "sample"].merge(study.cultures, on="culture")
    nothing = (samples["first"] == "scrambled") & (samples[["il1ra_ng_ml", "il6_ng_ml"]] == 0).all(
        axis=1
    )
    assert samples["untreated"].tolist() == nothing.tolist()
    assert "siDEX" in summary(study)


def test_a_vehicle_in_every_well_is_untreated_and_the_check_says_so(small_study: Path) -> None:
    everywhere = _changed(
        small_study,
        {"unit": "%"},
        lambda table: table.assign(first=0.1).drop_duplicates(
            ["experiment", "cells", "il1ra_ng_ml", "il6_ng_ml"]
        ),
    )
    flow, elisa = (pd.read_csv(small_study / f"{one}.csv") for one in ("flow", "elisa"))
    kept = set(pd.read_csv(small_study / "cultures.csv")["culture"])
    for name, rows in (("flow", flow), ("elisa", elisa)):
        rows[rows["culture"].isna() | rows["culture"].isin(kept)].to_csv(
            small_study / f"{name}.csv", index=False
        )
    study = load(everywhere, with_events=False)
    files = pd.DataFrame(study.fcs_files("E1"))
    assert files["untreated"].any()
    assert "first: every culture has 0.1 %, so it is not a treatment." in summary(study)


@pytest.mark.parametrize(
    ("factor", "change", "column", "said"),
    [
        ({"levels": ["scrambled"]}, _named, "first", "must be one of scrambled"),
        ({"untreated": "scramblet"}, _named, "first", "Did you mean scrambled?"),
        ({"levels": ["a", "b"], "untreated": 0}, _named, "factors.0", "levels are names"),
        ({"levels": ["a", "b"], "untreated": "c"}, _named, "factors.0", "not among levels"),
        ({"levels": ["a"], "unit": "nM"}, _named, "factors.0", "it has no unit"),
        ({}, lambda table: table, "factors.0", "the unit of the dose"),
        (
            {"untreated": "scrambled"},
            lambda table: _named(table).replace({"siDEX": "2"}),
            "first",
            "is no name for an arm",
        ),
        (
            {"unit": "nM"},
            lambda table: table.assign(hours=table["hours"].where(table["first"] == 0, 0)),
            "first",
            "at 0 h no drug has been given yet",
        ),
        (
            {"unit": "nM"},
            lambda table: table.assign(medium=["RPMI", *[""] * (len(table) - 1)]),
            "medium",
            "name it here too",
        ),
    ],
)
def test_what_cannot_be_compared_is_said_in_plain_words(
    small_study: Path,
    factor: dict[str, Any],
    change: Callable[[pd.DataFrame], pd.DataFrame],
    column: str,
    said: str,
) -> None:
    told = _told(_changed(small_study, factor, change))
    assert any(one == column and said in message for one, message in told), told


def test_a_baseline_and_several_media_are_a_sound_study(small_study: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        is_start = (table[["first", "il1ra_ng_ml", "il6_ng_ml"]] == 0).all(axis=1)
        is_start &= table["cells"] == "control"
        return table.assign(
            hours=table["hours"].mask(is_start, 0),
            medium=table["cells"].map({"control": "RPMI", "il1b": "IMDM"}),
        )

    study = load(_changed(small_study, {"unit": "nM"}, change), with_events=False)
    assert "control RPMI 0 h untreated" in summary(study)
