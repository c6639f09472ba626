"""A study without any stain says once that it has no percents."""

from dataclasses import replace
from pathlib import Path

import pytest

from coculture.flow import gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE

SMALL = replace(
    BASE, experiments=1, events_sample=300, events_control=300, controls=("unstained", "stroma")
)


def test_one_caution_for_the_experiment(tmp_path: Path) -> None:
    written = base_study.write(tmp_path, SMALL)
    settings = base_study.settings(
        channels={"annexin": None, "viability_dye": None}, compensation={"source": "none"}
    )
    gated = gate_experiment(written.files, settings)
    (flag,) = [one for one in gated.flags if one.code == "percent_not_given"]
    assert (flag.severity, flag.concerns.kind) == ("caution", "experiment")
    assert flag.sentence.startswith("E1: flow.channels.annexin and flow.channels.viability_dye are")
    assert gated.wells["events_population"].gt(0).any()
    assert gated.wells["median_gfp"].notna().any()


@pytest.mark.parametrize("missing", ["annexin", "viability_dye"])
def test_one_stain_gives_percents(tmp_path: Path, missing: str) -> None:
    written = base_study.write(tmp_path, SMALL)
    stains = {"annexin": base_study.ANNEXIN, "viability_dye": base_study.DYE}
    settings = base_study.settings(
        channels=stains | {missing: None}, compensation={"source": "none"}
    )
    codes = {one.code for one in gate_experiment(written.files, settings).flags}
    assert "percent_not_given" not in codes
