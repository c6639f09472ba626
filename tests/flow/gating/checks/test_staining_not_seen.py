"""Whether Annexin V is seen in any tube of an experiment, single stains included."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.staining_not_seen import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

STUDY = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(3.0, 4.0),
    necrotic_share=0.0,
    wells=2,
    events_sample=1500,
    embedded=LIGHT,
    controls=("single-annexin",),
)


def _gated(
    folder: Path, listed: list[Tube], study: BaseStudy = STUDY
) -> tuple[list[Flag], pd.DataFrame]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    gated = gate_experiment(written.files, settings)
    samples = gated.wells[gated.wells["role"] == "sample"]
    return [flag for flag in gated.flags if flag.code == CODE], samples


def unstained(listed: list[Tube]) -> list[Tube]:
    return changed(listed, lambda tube: tube.is_sample, stains=(1.0, 0.0, 1.0), percent=0.0)


def test_where_no_tube_shows_it_the_experiment_is_named(tmp_path: Path) -> None:
    listed = [tube for tube in unstained(tubes(STUDY)) if tube.is_sample]
    (flag,), wells = _gated(tmp_path, listed)
    assert (flag.severity, flag.concerns.kind) == ("caution", "experiment")
    assert flag.concerns.channel == "R660-A"
    assert not wells["annexin_seen"].any()


def test_a_single_stain_with_positive_cells_shows_it(tmp_path: Path) -> None:
    flags, wells = _gated(tmp_path, unstained(tubes(STUDY)))
    assert flags == []
    assert wells["annexin_seen"].all()


def test_an_inert_drug_is_stained(tmp_path: Path) -> None:
    """Without single stains: 3 to 4 % of the cells are enough."""
    flags, wells = _gated(tmp_path, [tube for tube in tubes(STUDY) if tube.is_sample])
    assert flags == []
    assert wells["annexin_seen"].all()
