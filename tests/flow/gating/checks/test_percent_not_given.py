"""A study without one of the two stains says once that it has no percents."""

from dataclasses import replace
from pathlib import Path

import pytest

from coculture.flow import gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE

SMALL = replace(
    BASE, experiments=1, events_sample=300, events_control=300, controls=("unstained", "stroma")
)


@pytest.mark.parametrize(
    ("channels", "start"),
    [
        ({"viability_dye": None}, "E1: flow.channels.viability_dye is null, so cells are counted"),
        (
            {"viability_dye": None, "annexin": None},
            "E1: flow.channels.annexin and flow.channels.viability_dye are null",
        ),
    ],
)
def test_one_caution_for_the_experiment(
    tmp_path: Path, channels: dict[str, None], start: str
) -> None:
    written = base_study.write(tmp_path, SMALL)
    settings = base_study.settings(
        channels={"annexin": base_study.ANNEXIN, **channels}, compensation={"source": "none"}
    )
    (flag,) = [
        one
        for one in gate_experiment(written.files, settings).flags
        if one.code == "percent_not_given"
    ]
    assert (flag.severity, flag.concerns.kind) == ("caution", "experiment")
    assert flag.sentence.startswith(start)
