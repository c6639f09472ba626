"""A channel with one value in all events: refused, or of one file a caution."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.flow import GatedExperiment, gate_experiment
from coculture.flow.gating.constant_channels import ConstantChannelError
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Recorded, Tube

STUDY = replace(BASE, experiments=1, events_sample=1000, events_control=500, embedded=LIGHT)


def gated(
    folder: Path, channel: str, wanted: Callable[[Tube], bool], value: float = 0.0, **section: Any
) -> GatedExperiment:
    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        if not wanted(tube):
            return recorded
        return replace(recorded, events=recorded.events.assign(**{channel: value}))

    written = base_study.write(folder, STUDY, edit=edit)
    return gate_experiment(written.files, base_study.settings(**section))


@pytest.mark.parametrize("source", ["none", "embedded", "single_stains"])
@pytest.mark.parametrize(
    ("channel", "key"),
    [("R660-A", "flow.channels.annexin"), ("B675-A", "flow.channels.viability_dye")],
)
def test_a_stain_without_a_signal_is_one_sentence(
    tmp_path: Path, channel: str, key: str, source: str
) -> None:
    with pytest.raises(ConstantChannelError) as raised:
        gated(tmp_path, channel, lambda _: True, compensation={"source": source})
    assert str(raised.value).startswith(f"E1: {channel} ({key}) is 0 in all events of 9 samples.")


def test_the_value_is_named_and_controls_do_not_matter(tmp_path: Path) -> None:
    with pytest.raises(ConstantChannelError, match=r"B530-A .* is 17 in all events"):
        gated(tmp_path, "B530-A", lambda tube: tube.is_sample, 17.0)


def test_one_file_is_a_caution_that_names_it(tmp_path: Path) -> None:
    name = "E1-dose100-1"
    embedded = {"source": "embedded"}
    found = gated(tmp_path, "R660-A", lambda tube: tube.name == name, compensation=embedded)
    (flag,) = [flag for flag in found.flags if flag.code == "constant_channel"]
    assert (flag.severity, flag.concerns.fcs) == ("caution", f"E1/{name}.fcs")
    assert flag.sentence.startswith("R660-A is 0 in all events of this file")


def test_two_events_with_the_same_value_are_not(tmp_path: Path) -> None:
    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        del tube
        events = recorded.events.copy()
        events.loc[events.index[[0, -1]], "R660-A"] = 50.0
        return replace(recorded, events=events)

    written = base_study.write(tmp_path, STUDY, edit=edit)
    found = gate_experiment(written.files, base_study.settings())
    assert "constant_channel" not in {flag.code for flag in found.flags}


def test_sound_files_are_neither(tmp_path: Path) -> None:
    found = gated(tmp_path, "R660-A", lambda _: False)
    assert "constant_channel" not in {flag.code for flag in found.flags}
