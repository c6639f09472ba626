"""Controls and channels of one experiment: missing ones are reported before the run and in it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.flow import (
    FcsError,
    FlowSettings,
    SpilloverError,
    check_files,
    gate_experiment,
    read_fcs,
)
from coculture.flow.gating.sources.threshold import ThresholdError
from tests.flow.mishaps import base_study

Settings = Callable[..., FlowSettings]
WriteFcs = Callable[..., Path]


@pytest.fixture
def cut_to(write_fcs: WriteFcs) -> Callable[[pd.DataFrame, int, int], pd.DataFrame]:
    """The table with one file of it cut to its first so many events."""

    def cut(files: pd.DataFrame, row: int, events: int) -> pd.DataFrame:
        whole = read_fcs(str(files.loc[row, "path"]))
        labels = {f"$P{n}S": text for n, text in enumerate(whole.labels.values(), start=1) if text}
        path = write_fcs(
            whole.events.to_numpy()[:events], list(whole.events), name="cut.fcs", keywords=labels
        )
        changed = files.copy()
        changed.loc[row, "path"] = str(path)
        return changed

    return cut


def row_of(files: pd.DataFrame, role: str, channel: str = "") -> int:
    return int(files.index[(files["role"] == role) & (files["channel"] == channel)][0])


def renamed(files: pd.DataFrame, row: int, folder: Path) -> pd.DataFrame:
    """The table with another name ($PnN) for the GFP channel of one file."""
    path = folder / "renamed.fcs"
    path.write_bytes(Path(str(files.loc[row, "path"])).read_bytes().replace(b"B530-A", b"B531-A"))
    changed = files.copy()
    changed.loc[row, "path"] = str(path)
    return changed


def test_a_stain_is_needed_for_every_channel(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    only_gfp = files[(files["role"] != "single_stain") | (files["channel"] == "GFP")]
    (problem,) = check_files(only_gfp, myeloma_settings())
    first_sample = row_of(files, "sample")
    assert (problem.row, problem.column, problem.value) == (first_sample, "experiment", "E1")
    assert problem.message == (
        "This experiment lacks a single stain for Annexin V, 7-AAD, which "
        "flow.compensation.source: single_stains needs. Add it, or use it again if it is excluded, "
        "or choose embedded, csv or none."
    )
    with pytest.raises(SpilloverError, match="no single stain for R660-A, B675-A that is not"):
        gate_experiment(only_gfp, myeloma_settings())
    assert check_files(only_gfp, myeloma_settings(compensation={"source": "none"})) == []


def test_extra_stains_and_tubes_with_one_stain_are_fine(
    files: pd.DataFrame, myeloma_settings: Settings, flow_settings: Settings
) -> None:
    assert check_files(files, flow_settings()) == []
    annexin = row_of(files, "single_stain", "Annexin V-APC")
    files.loc[annexin, ["role", "channel"]] = ["annexin_only", ""]
    assert check_files(files, myeloma_settings()) == []


def test_an_unread_stain_is_reported_once(files: pd.DataFrame, myeloma_settings: Settings) -> None:
    stain = row_of(files, "single_stain", "7-AAD")
    files.loc[stain, "path"] = "/nowhere.fcs"
    (problem,) = check_files(files, myeloma_settings())
    assert (problem.row, problem.column) == (stain, "fcs")


def test_two_stains_of_one_channel(files: pd.DataFrame, myeloma_settings: Settings) -> None:
    first = row_of(files, "single_stain", "7-AAD")
    again = files.loc[[first]].assign(fcs="again.fcs").set_axis([max(files.index) + 1])
    doubled = pd.concat([files, again])
    (problem,) = check_files(doubled, myeloma_settings())
    assert (problem.row, problem.value) == (again.index[0], "again.fcs")
    assert (
        "is a second single stain of B675-A; the first is flow/E1/E1-single-7-AAD"
        in problem.message
    )
    assert check_files(doubled, myeloma_settings(compensation={"source": "embedded"})) == []


@pytest.mark.parametrize("role", ["unstained", "population_negative", "single_stain"])
def test_a_control_without_events(
    files: pd.DataFrame, myeloma_settings: Settings, cut_to: Callable[..., pd.DataFrame], role: str
) -> None:
    row = row_of(files, role, "GFP" if role == "single_stain" else "")
    empty = cut_to(files, row, 0)
    (problem,) = check_files(empty, myeloma_settings())
    assert (problem.row, problem.column) == (row, "fcs")
    assert problem.message.startswith(
        "The file has no events ($TOT 0), so it cannot be used as a control."
    )
    with pytest.raises(SpilloverError, match=f"the {role} control has no events") as caught:
        gate_experiment(empty, myeloma_settings())
    assert str(files.loc[row, "fcs"]) in str(caught.value)


def test_a_stain_with_too_few_events(
    files: pd.DataFrame, myeloma_settings: Settings, cut_to: Callable[..., pd.DataFrame]
) -> None:
    row = row_of(files, "single_stain", "7-AAD")
    (problem,) = check_files(cut_to(files, row, 49), myeloma_settings())
    assert problem.row == row
    assert "has only 49 events, but a single stain needs at least 50" in problem.message
    few = cut_to(files, row, 50)
    (problem,) = check_files(few, myeloma_settings())
    assert "only 11 events are brighter than" in problem.message
    assert problem.row == row
    with pytest.raises(SpilloverError, match="only 11 events are brighter than"):
        gate_experiment(few, myeloma_settings())


@pytest.mark.parametrize("role", ["sample", "unstained", "single_stain"])
def test_other_channel_names_are_reported(
    files: pd.DataFrame, myeloma_settings: Settings, tmp_path: Path, role: str
) -> None:
    row = int(files.index[files["role"] == role][-1])
    other = renamed(files, row, tmp_path)
    (problem,) = check_files(other, myeloma_settings())
    assert (problem.row, problem.column) == (row, "fcs")
    expected = (
        'other channel names than flow/E1/E1-unstained-control.fcs: "GFP" is B531-A here and B5'
    )
    assert expected in problem.message
    with pytest.raises(FcsError, match=r'renamed\.fcs: has other .*"GFP" is B531-A here'):
        gate_experiment(other, myeloma_settings())


def test_an_extra_stain_that_another_file_lacks_is_an_error_of_the_file(
    files: pd.DataFrame, flow_settings: Settings, tmp_path: Path
) -> None:
    other = renamed(files, row_of(files, "single_stain", "7-AAD"), tmp_path)
    with pytest.raises(FcsError, match=r"renamed\.fcs: has no channel named B530-A; it has FSC-A"):
        gate_experiment(other, flow_settings())


@pytest.mark.parametrize(
    ("stain", "source", "roles", "expected"),
    [
        ("annexin", "unstained", ["unstained"], "role unstained."),
        ("annexin", "untreated", ["sample"], "role sample."),
        ("viability_dye", "fmo", ["fmo_dye", "single_stain"], "role fmo_dye or annexin_only."),
    ],
)
def test_a_source_asked_for_must_be_there(
    files: pd.DataFrame,
    myeloma_settings: Settings,
    stain: str,
    source: str,
    roles: list[str],
    expected: str,
) -> None:
    asked: dict[str, Any] = {
        "thresholds": {stain: source},
        "compensation": {"source": "embedded"},
    }
    assert check_files(files, myeloma_settings(**asked)) == []
    (problem,) = check_files(files[~files["role"].isin(roles)], myeloma_settings(**asked))
    assert problem.column == "experiment"
    assert problem.message.startswith(f"flow.thresholds.{stain} is {source}, but this")
    assert expected in problem.message
    by_hand = {"E1": {"myeloma": {stain: {"channels": ["A"], "threshold": 1.0, "keep": "above"}}}}
    without = files[~files["role"].isin(roles)]
    assert check_files(without, myeloma_settings(gates=by_hand, **asked)) == []


def test_a_reporter_without_negative_cells_asks_for_them(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    without = files[files["role"] != "population_negative"]
    with pytest.raises(SpilloverError, match=r"E1-single-GFP\.fcs") as caught:
        gate_experiment(without, myeloma_settings())
    assert "role population_negative" in str(caught.value)
    assert "Check that this is the stain" not in str(caught.value)
    assert np.isfinite(gate_experiment(files, myeloma_settings()).spillover["B530-A"]).all()


def swapped(files: pd.DataFrame, one: int, other: int, column: str) -> pd.DataFrame:
    changed = files.copy()
    changed.loc[[one, other], column] = files.loc[[other, one], column].to_numpy()
    return changed


def test_swapped_single_stains_are_named_before_the_run(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    annexin = row_of(files, "single_stain", "Annexin V-APC")
    dye = row_of(files, "single_stain", "7-AAD")
    mistaken = swapped(files, annexin, dye, "channel")
    (problem,) = check_files(mistaken, myeloma_settings())
    assert (problem.row, problem.column) == (annexin, "fcs")
    assert "E1-single-Annexin" in problem.message
    assert "times as bright in R660-A as in B675-A (flow.limits.spillover is 1)" in problem.message
    assert "Is it the single stain of R660-A?" in problem.message
    with pytest.raises(SpilloverError, match="Is it the single stain of R660-A"):
        gate_experiment(mistaken, myeloma_settings())
    assert check_files(mistaken, myeloma_settings(limits={"spillover": 1000})) == []
    assert check_files(mistaken, myeloma_settings(compensation={"source": "embedded"})) == []


def test_a_single_stain_that_is_dark_in_its_channel_says_where_it_is_bright(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    annexin = row_of(files, "single_stain", "Annexin V-APC")
    gfp = row_of(files, "single_stain", "GFP")
    path = swapped(files, annexin, gfp, "path")
    fcs = swapped(path, annexin, gfp, "fcs")
    problems = check_files(fcs, myeloma_settings())
    assert [problem.row for problem in problems] == [annexin]
    assert "Check that this is the stain of that channel" in problems[0].message


@pytest.mark.parametrize("channel", ["Time", "FSC-A"])
def test_a_single_stain_of_no_fluorescence_channel(
    files: pd.DataFrame, myeloma_settings: Settings, channel: str
) -> None:
    row = row_of(files, "single_stain", "7-AAD")
    files.loc[row, "channel"] = channel
    embedded = myeloma_settings(compensation={"source": "embedded"})
    (problem,) = check_files(files, embedded)
    assert (problem.row, problem.column, problem.value) == (row, "channel", channel)
    assert f"but {channel} is none" in problem.message


def test_an_unstained_tube_of_few_events(
    files: pd.DataFrame, myeloma_settings: Settings, cut_to: Callable[..., pd.DataFrame]
) -> None:
    row = row_of(files, "unstained")
    few = cut_to(files, row, 49)
    (problem,) = check_files(few, myeloma_settings())
    assert problem.row == row
    assert "unstained control has only 49 events, of 50 needed" in problem.message
    assert check_files(cut_to(files, row, 50), myeloma_settings()) == []


@pytest.mark.parametrize(
    ("positive", "wanted"), [(True, "cells that lack it"), (False, "cells that have it")]
)
def test_a_marker_without_a_control_or_two_peaks_stops_before_the_run(
    tmp_path: Path, positive: bool, wanted: str
) -> None:
    """The run would stop with the same words."""
    study = replace(
        base_study.BASE,
        experiments=1,
        wells=2,
        events_sample=1000,
        stroma_share=0.02,
        embedded=base_study.LIGHT,
        controls=(),
    )
    files = base_study.write(tmp_path, study).files
    population = {
        "name": "myeloma",
        "markers": [{"channel": base_study.MARKER, "positive": positive}],
    }
    section = {"populations": [population], "compensation": {"source": "embedded"}}
    settings = base_study.settings(**section)
    (problem,) = check_files(files, settings)
    assert (problem.column, problem.value) == ("experiment", "E1")
    assert f"no population_negative ({wanted}" in problem.message
    with pytest.raises(ThresholdError) as caught:
        gate_experiment(files, settings)
    assert str(caught.value) == problem.message
    block = {"channels": ["B530-A"], "threshold": 1000.0, "keep": "above" if positive else "below"}
    own = {"E1": {"myeloma": {base_study.MARKER: block}}}
    assert check_files(files, base_study.settings(**section, gates=own)) == []
    assert check_files(files, settings, with_events=False) == []
