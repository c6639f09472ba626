"""Annexin V and the dye swapped in the config, where neither labels nor FMO controls show it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import annexin_missing
from coculture.flow.gating.checks.stains_swapped import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, tubes

STUDY = replace(
    BASE,
    experiments=1,
    wells=2,
    events_sample=2000,
    embedded=LIGHT,
    controls=(),
    labels=("", "", ""),
)
MARKER, FIRST, SECOND = BASE.detectors
RIGHT = {"annexin": FIRST, "viability_dye": SECOND}
SWAPPED = {"annexin": SECOND, "viability_dye": FIRST}
NECROSIS = {"live": 0.45, "early": 0.03, "late": 0.09, "necrotic": 0.18, "stroma": 0.25}


def _flags(
    folder: Path,
    channels: Mapping[str, str],
    study: BaseStudy = STUDY,
    listed: list[Tube] | None = None,
) -> list[Flag]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(
        compensation={"source": "embedded"},
        channels=dict(channels),
        populations=[{"name": "myeloma", "markers": [{"channel": MARKER, "positive": True}]}],
    )
    return list(gate_experiment(written.files, settings).flags)


def _raised(*arguments: object) -> list[Flag]:
    return [flag for flag in _flags(*arguments) if flag.code == CODE]  # type: ignore[arg-type]


def test_swapped_stains_are_named_once_with_the_percent_that_would_be_right(
    tmp_path: Path,
) -> None:
    (flag,) = _raised(tmp_path, SWAPPED)
    assert (flag.severity, flag.concerns.kind, flag.concerns.experiment) == (
        "caution",
        "experiment",
        "E1",
    )
    assert flag.limit == 5 < flag.value
    assert f"Annexin V ({SECOND}) and the viability dye ({FIRST}) may be swapped" in flag.sentence
    right = float(flag.sentence.split("If they are swapped, ")[1].split(" %")[0])
    assert right == pytest.approx(60, abs=3.5)


@pytest.mark.parametrize("late_share", [0.1, 0.45, 0.95])
def test_right_ones_are_not(tmp_path: Path, late_share: float) -> None:
    """A drug whose dead cells have all taken the dye, among them."""
    study = replace(STUDY, late_share=late_share, necrotic_share=0.03)
    assert _raised(tmp_path, RIGHT, study) == []


def test_a_drug_that_kills_by_necrosis_is_told_by_the_untreated_wells(tmp_path: Path) -> None:
    listed = [replace(tube, kinds=NECROSIS) if tube.dose else tube for tube in tubes(STUDY)]
    assert _raised(tmp_path, RIGHT, STUDY, listed) == []


def test_necrotic_cells_in_the_untreated_wells_too_are_flagged(tmp_path: Path) -> None:
    """Nothing then shows that the config is right; the sentence says what else it may be."""
    listed = [replace(tube, kinds=NECROSIS) for tube in tubes(STUDY)]
    (flag,) = _raised(tmp_path, RIGHT, STUDY, listed)
    assert "without exposing phosphatidylserine" in flag.sentence


def test_where_few_dead_cells_have_both_annexin_missing_speaks(tmp_path: Path) -> None:
    flags = _flags(tmp_path, SWAPPED, replace(STUDY, late_share=0.15))
    codes = {flag.code for flag in flags}
    assert annexin_missing.CODE in codes
    assert CODE not in codes
    assert any("have Annexin V and the dye swapped" in flag.sentence for flag in flags)
