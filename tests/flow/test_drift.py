"""Drift of beads and controls, from medians known by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.exchange import result_tables
from coculture.flow import FlowSettings, control_drift, drift_flags

Settings = Callable[..., FlowSettings]


@pytest.fixture
def drift_of(
    write_fcs: Callable[..., Path], flow_settings: Settings
) -> Callable[[list[list[float]]], pd.DataFrame]:
    """Drift of beads in one channel, from the values of each experiment's file."""

    def drift(experiments: list[list[float]]) -> pd.DataFrame:
        rows = []
        for number, values in enumerate(experiments, start=1):
            events = np.column_stack([np.full(len(values), 1000.0), values])
            path = write_fcs(events, ["FSC-A", "FL1-A"], name=f"{number}.fcs")
            rows.append({"experiment": f"E{number}", "fcs": str(path), "role": "beads"})
        absent = ("forward_scatter_height", "side_scatter_area", "viability_dye", "time")
        settings = flow_settings(channels=dict.fromkeys(absent) | {"annexin": "FL1-A"})
        return control_drift(pd.DataFrame(rows), settings)

    return drift


def test_a_tube_is_judged_by_its_median(
    drift_of: Callable[[list[list[float]]], pd.DataFrame],
) -> None:
    assert list(drift_of([[50, 80, 100, 300, 90_000]])["median"]) == [100]


def test_one_experiment_apart_is_flagged_and_does_not_move_the_others(
    drift_of: Callable[[list[list[float]]], pd.DataFrame],
) -> None:
    """Medians 100, 100 and 1000: the usual one is 100, from which the last is one decade away."""
    drift = drift_of([[100.0] * 3, [100.0] * 3, [1000.0] * 3])
    assert drift["decades"].to_numpy() == pytest.approx([0, 0, 1])
    assert list(drift["flags"]) == ["", "", "drift"]


@pytest.mark.parametrize(("factor", "direction"), [(10.0, "higher"), (0.1, "lower")])
def test_a_drift_flag_names_the_file_its_channel_and_the_direction(
    drift_of: Callable[[list[list[float]]], pd.DataFrame],
    flow_settings: Settings,
    factor: float,
    direction: str,
) -> None:
    drift = drift_of([[100.0] * 3, [100.0] * 3, [100.0 * factor] * 3])
    (flag,) = drift_flags(drift, flow_settings())
    assert (flag.code, flag.severity) == ("drift", "note")
    assert (flag.concerns.kind, flag.concerns.experiment) == ("tube", "E3")
    assert (flag.concerns.fcs, flag.concerns.channel) == (drift["fcs"].iloc[2], "FL1-A")
    assert flag.value == pytest.approx(np.log10(factor))
    assert (flag.limit, flag.unit) == (0.2, "decades")
    assert f"1.00 decades {direction}" in flag.sentence


def test_controls_of_the_small_study_do_not_drift(
    study_files: pd.DataFrame, myeloma_settings: Settings, tmp_path: Path
) -> None:
    drift = control_drift(study_files, myeloma_settings())
    assert (drift["flags"] == "").all()
    result_tables.write(drift, tmp_path / "drift.csv", "flow/drift.csv")
    strict = myeloma_settings(limits={"drift_decades": 0.0})
    found = drift_flags(control_drift(study_files, strict), strict)
    assert len(found) == (control_drift(study_files, strict)["flags"] == "drift").sum() > 0


@pytest.fixture
def drift_of_tubes(
    write_fcs: Callable[..., Path], flow_settings: Settings
) -> Callable[[list[tuple[str, str, float]]], pd.DataFrame]:
    """Drift of tubes given as experiment, role and median; samples are untreated."""

    def drift(tubes: list[tuple[str, str, float]]) -> pd.DataFrame:
        rows = []
        for number, (experiment, role, median) in enumerate(tubes, start=1):
            events = np.column_stack([np.full(3, 1000.0), [median - 1, median, median + 1]])
            path = write_fcs(events, ["FSC-A", "FL1-A"], name=f"{number}.fcs")
            rows.append(
                {
                    "experiment": experiment,
                    "fcs": f"{number}.fcs",
                    "path": str(path),
                    "role": role.removeprefix("treated "),
                    "untreated": role == "sample",
                }
            )
        absent = ("forward_scatter_height", "side_scatter_area", "viability_dye", "time")
        settings = flow_settings(channels=dict.fromkeys(absent) | {"annexin": "FL1-A"})
        return control_drift(pd.DataFrame(rows), settings)

    return drift


TubesDrift = Callable[[list[tuple[str, str, float]]], pd.DataFrame]
SAMPLES = [
    *[("E1", "sample", 100.0), ("E1", "sample", 120.0), ("E1", "sample", 900.0)],
    *[("E2", "sample", 90.0), ("E2", "treated sample", 700.0)],
    *[("E3", "sample", 480.0), ("E3", "sample", 500.0)],
]


def test_without_controls_untreated_samples_are_compared(drift_of_tubes: TubesDrift) -> None:
    drift = drift_of_tubes(SAMPLES)
    assert list(zip(drift["experiment"], drift["fcs"], drift["median"], strict=True)) == [
        ("E1", "2.fcs", 120),
        ("E2", "4.fcs", 90),
        ("E3", "6.fcs", 480),
    ]
    assert list(drift["flags"]) == ["", "", "drift"]


def test_a_control_of_one_experiment_compares_nothing(drift_of_tubes: TubesDrift) -> None:
    drift = drift_of_tubes([("E1", "beads", 50.0), *SAMPLES])
    assert list(drift["role"]) == ["beads", "sample", "sample", "sample"]


def test_with_controls_samples_are_not_compared(drift_of_tubes: TubesDrift) -> None:
    drift = drift_of_tubes([("E1", "beads", 50.0), ("E2", "beads", 60.0), *SAMPLES])
    assert list(drift["role"]) == ["beads", "beads"]


def test_one_experiment_has_nothing_to_compare_with(drift_of_tubes: TubesDrift) -> None:
    assert drift_of_tubes(SAMPLES[:3]).empty


def test_a_note_on_a_sample_says_what_else_may_differ(
    drift_of_tubes: TubesDrift, flow_settings: Settings
) -> None:
    settings = flow_settings()
    (of_sample,) = drift_flags(drift_of_tubes(SAMPLES), settings)
    (of_beads,) = drift_flags(
        drift_of_tubes([(f"E{i}", "beads", m) for i, m in enumerate((100.0, 100.0, 1000.0))]),
        settings,
    )
    assert of_sample.severity == of_beads.severity == "note"
    assert "untreated sample" in of_sample.sentence
    assert "sample" not in of_beads.sentence


def test_controls_of_different_markers_are_compared_apart(
    write_fcs: Callable[..., Path], flow_settings: Settings
) -> None:
    """One of them is stained: it is brighter in its channel on each day."""
    rows = []
    for number, (experiment, channel, median) in enumerate(
        [("E1", "FL1-A", 5000), ("E1", "FL2-A", 50), ("E2", "FL1-A", 5100), ("E2", "FL2-A", 51)]
    ):
        events = np.column_stack([np.full(3, 1000.0), np.full(3, median), np.full(3, 20.0)])
        path = write_fcs(events, ["FSC-A", "FL1-A", "FL2-A"], name=f"{number}.fcs")
        rows.append(
            {
                "experiment": experiment,
                "fcs": str(path),
                "role": "population_negative",
                "channel": channel,
            }
        )
    absent = ("forward_scatter_height", "side_scatter_area", "annexin", "viability_dye", "time")
    markers = [{"channel": "FL1-A", "positive": False}, {"channel": "FL2-A", "positive": True}]
    settings = flow_settings(
        channels=dict.fromkeys(absent), populations=[{"name": "cells", "markers": markers}]
    )
    drift = control_drift(pd.DataFrame(rows), settings)
    assert len(drift) == 8
    assert (drift["flags"] == "").all()
    assert "stained" not in drift
