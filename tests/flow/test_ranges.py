"""The range of a detector, where the one that the file gives is too small for its data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coculture.flow import gate_experiment
from coculture.flow.fcs.header import FcsHeader, read_header
from coculture.flow.ranges import with_own_ranges
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, Recorded, Tube

WriteFcs = Callable[..., Path]


@pytest.fixture
def header(write_fcs: WriteFcs) -> Callable[..., FcsHeader]:
    """A file with one channel of these values and this $PnR."""

    def written(values: object, top: str = "4096", **more: object) -> FcsHeader:
        column = np.asarray(values, dtype=np.float64).reshape(-1, 1)
        number = str(np.random.default_rng().integers(10**9))
        path = write_fcs(column, ["SSC-A"], name=f"{number}.fcs", keywords={"$P1R": top}, **more)
        return read_header(path)

    return written


def test_data_above_the_range_give_their_own(header: Callable[..., FcsHeader]) -> None:
    bright, dim = header(np.linspace(10, 200_000, 400)), header(np.linspace(10, 4000, 400))
    found = with_own_ranges([dim, bright], ["SSC-A"])
    assert [one.channels[0].range for one in found] == [262_144, 262_144]
    assert found[0].notes == (
        "SSC-A: the data lie above the range that the file gives ($PnR 4,096), so a range of "
        "262,144 was used, from the data of the experiment.",
    )


def test_events_piled_up_are_at_the_limit(header: Callable[..., FcsHeader]) -> None:
    piled = header([*np.linspace(10, 9000, 400), 9999, 9999, 9999])
    (found,) = with_own_ranges([piled], ["SSC-A"])
    assert found.channels[0].maximum == 9999


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (np.linspace(10, 4095, 400), "f4"),
        (np.full(400, 4096.0), "f4"),
        ([*np.linspace(10, 4000, 1000), 5000, 5000, 5000, 5000], "f4"),
        ([*np.full(15, 9000.0), *np.linspace(10, 4000, 9000)], "f4"),
        (np.linspace(10, 60_000, 400), "u2"),
    ],
    ids=["within", "saturated", "few", "clumps at the start", "integers"],
)
def test_a_range_that_holds_its_data_stays(
    header: Callable[..., FcsHeader], values: object, form: str
) -> None:
    given = header(values, formats=[form])
    assert with_own_ranges([given], ["SSC-A"]) == [given]


def test_no_event_is_lost_and_the_page_says_why(tmp_path: Path) -> None:
    study = replace(BASE, experiments=1, wells=1, events_sample=2000, events_control=1500)

    def narrow(tube: Tube, recorded: Recorded) -> Recorded:
        del tube
        return replace(recorded, ranges={"SSC-A": 4096})

    def percents(edit: base_study.Edit | None) -> "tuple[list[float], list[str], object]":
        folder = tmp_path / ("narrow" if edit else "wide")
        written = base_study.write(folder, study, edit=edit)
        gated = gate_experiment(written.files, base_study.settings())
        values = gated.wells["percent_apoptotic"].dropna().tolist()
        return values, [flag.sentence for flag in gated.flags], gated.gates.get("files")

    wide, nothing, no_files = percents(None)
    same, notes, files = percents(narrow)
    assert same == wide
    assert (nothing, no_files) == ([], None)
    (note,) = notes
    assert note.startswith("E1: 10 files, the first E1/unstained.fcs: SSC-A: the data lie above")
    assert isinstance(files, list)
    assert files[0]["note"] in note
    assert len(files[0]["fcs"]) == 10


def test_shares_of_a_range_are_gated_as_other_values(tmp_path: Path) -> None:
    """Values from 0 to 1 with $PnR 1: percents and cautions are those of the usual scale."""
    study = replace(BASE, experiments=1, wells=1, events_sample=3000, events_control=2000)

    def scaled(tube: Tube, recorded: Recorded) -> Recorded:
        del tube
        names = [str(name) for name in recorded.events if name != "Time"]
        events = recorded.events.copy()
        events[names] = np.minimum(events[names] / 262_144, 1.0)
        return replace(recorded, events=events, ranges=dict.fromkeys(names, 1.0))

    written = base_study.write(tmp_path, study, edit=scaled)
    gated = gate_experiment(written.files, base_study.settings())
    assert [flag.severity for flag in gated.flags if flag.severity != "note"] == []
    (note,) = [flag for flag in gated.flags if flag.code == "unusual_file"]
    assert "multiplied by 262,144" in note.sentence
    samples = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    errors = samples["percent_apoptotic"] - written.truth["percent"].reindex(samples.index)
    assert errors.abs().max() < 3.5


def test_larger_data_than_shares_are_no_shares(header: Callable[..., FcsHeader]) -> None:
    (found,) = with_own_ranges([header(np.linspace(10, 200_000, 400), "1")], ["SSC-A"])
    assert (found.channels[0].range, found.channels[0].scale) == (262_144, 1.0)


def test_the_largest_share_is_at_the_edge(header: Callable[..., FcsHeader]) -> None:
    (found,) = with_own_ranges([header(np.linspace(0, 1, 400), "1")], ["SSC-A"])
    assert found.channels[0].maximum == 262_144
