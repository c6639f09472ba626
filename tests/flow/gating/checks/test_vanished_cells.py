"""An arm that has lost most of its cells per volume carries a caution."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.exchange.flags import write as write_flags
from coculture.flow import GatedExperiment, gate_experiment, vanished_flags
from coculture.flow.gating.checks import vanished_cells
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import (
    BASE,
    LIGHT,
    Edit,
    Recorded,
    Tube,
    Written,
    tubes,
)

SMALL = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    events_sample=1000,
    events_control=500,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)
Raised = Callable[..., list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags where every tube has these keywords, and treated ones `left` of the events."""

    def gated(
        keywords: Callable[[Tube], Mapping[str, str]], left: float, wells: int = 3
    ) -> list[Flag]:
        study = replace(SMALL, wells=wells)
        listed = [
            replace(
                tube,
                keywords=dict(keywords(tube)),
                events=round(tube.events * (left if tube.dose == 100 else 1)),
            )
            for tube in tubes(study)
        ]
        written = base_study.write(tmp_path, study, listed)
        settings = base_study.settings(compensation={"source": "embedded"})
        found = gate_experiment(written.files, settings).flags
        return [flag for flag in found if flag.code == "vanished_cells"]

    return gated


def test_few_cells_per_volume_name_the_arm_and_the_share(raised: Raised) -> None:
    (flag,) = raised(lambda _: {"vol": "50000"}, 0.25)
    assert (flag.severity, flag.concerns.kind, flag.concerns.arm) == ("caution", "arm", "dose 100")
    assert flag.value == pytest.approx(0.25, abs=0.04)
    assert "understates" in flag.sentence


def test_smaller_volume_is_allowed_for(raised: Raised) -> None:
    assert raised(lambda tube: {"vol": "12500" if tube.dose == 100 else "50000"}, 0.25) == []


def test_half_of_the_cells_is_not_flagged(raised: Raised) -> None:
    assert raised(lambda _: {"vol": "50000"}, 0.5) == []


def test_seconds_count_at_one_flow_rate_only(raised: Raised) -> None:
    (flag,) = raised(lambda _: {"flowrate": "35"}, 0.25)
    assert "per second" in flag.sentence
    assert raised(lambda tube: {"flowrate": "12" if tube.dose == 100 else "60"}, 0.25) == []
    assert raised(lambda _: {}, 0.25) == []


def test_two_wells_are_a_note(raised: Raised) -> None:
    (flag,) = raised(lambda _: {"vol": "50000"}, 0.25, wells=2)
    assert flag.severity == "note"


def _beads_added(number: int, light: float) -> Edit:
    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        if not tube.is_sample:
            return recorded
        events = recorded.events.sample(number, replace=True, random_state=1)
        events["B530-A"], events["FSC-A"] = light, 60_000.0
        both = pd.concat([recorded.events, events]).sort_values("Time", ignore_index=True)
        return replace(recorded, events=both.fillna(0))

    return edit


def _with_beads(
    folder: Path, beads: int, above: float, left: float = 0.25
) -> tuple[GatedExperiment, Written]:
    study = replace(SMALL, wells=3)
    listed = [
        replace(tube, events=round(tube.events * (left if tube.dose == 100 else 1)))
        for tube in tubes(study)
    ]
    written = base_study.write(folder, study, listed, _beads_added(beads, 150_000.0))
    settings = base_study.settings(
        compensation={"source": "embedded"}, counting_beads={"channel": "B530-A", "above": above}
    )
    return gate_experiment(written.files, settings), written


def test_cells_are_counted_per_bead_and_beads_are_not_gated(tmp_path: Path) -> None:
    gated, written = _with_beads(tmp_path, 400, 140_000)
    (flag,) = [flag for flag in gated.flags if flag.code == "vanished_cells"]
    assert flag.value == pytest.approx(0.25, abs=0.04)
    assert "per counting bead" in flag.sentence
    samples = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    assert samples["events_beads"].eq(400).all()
    assert samples["events_nonfinite"].eq(0).all()
    errors = samples["percent_apoptotic"] - written.truth["percent"].reindex(samples.index)
    assert errors.abs().max() < 3.5


def test_a_wrong_limit_of_the_beads_is_said(tmp_path: Path) -> None:
    gated, _ = _with_beads(tmp_path, 400, 200_000)
    found = [flag for flag in gated.flags if flag.code == "few_counting_beads"]
    assert {flag.severity for flag in found} == {"caution"}
    assert len(found) == 6
    assert "Only 0 counting beads (at least 200,000 in B530-A; limit 50)" in found[0].sentence


def test_a_missing_volume_does_not_hide_the_arm_and_is_said(tmp_path: Path) -> None:
    """Of the untreated wells one has no $VOL, of the treated ones one has another unit."""
    written = {"E1-dose0-1": None, "E1-dose100-2": "50", "E1-dose0-2": "50,5 uL"}
    listed = [
        replace(
            tube,
            keywords={"vol": written.get(tube.name, "50000")},
            events=round(tube.events * (0.25 if tube.dose == 100 else 1)),
        )
        for tube in tubes(replace(SMALL, wells=4))
    ]
    rows = base_study.write(tmp_path, SMALL, listed).files
    gated = gate_experiment(rows, base_study.settings(compensation={"source": "embedded"}))
    (flag,) = [flag for flag in gated.flags if flag.code == "vanished_cells"]
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(0.25, abs=0.04)
    notes = [flag for flag in gated.flags if flag.code == "volume_not_known"]
    assert {flag.severity for flag in notes} == {"note"}
    assert ["no $VOL" in notes[0].sentence, "'50'" in notes[1].sentence] == [True, True]
    assert "'50,5 uL'" in notes[2].sentence
    wells = gated.wells.set_index("fcs")
    assert wells.loc["E1/E1-dose0-1.fcs", "cell_density_unit"] is np.nan
    well = wells.loc["E1/E1-dose0-3.fcs"]
    assert well["cell_density"] == pytest.approx(well["events_population"] / 50)
    assert well["cell_density_unit"] == "µL"


def test_wells_without_a_volume_do_not_count(raised: Raised) -> None:
    lacking = {"E1-dose100-1", "E1-dose0-1"}
    (flag,) = raised(lambda tube: {} if tube.name in lacking else {"vol": "50000"}, 0.25)
    assert flag.severity == "note"


# Several experiments ---------------------------------------------------------------------------


def of_experiments(
    left: Sequence[float],
    wells: int = 3,
    cells: Sequence[str] = ("line",),
    name: str = "drug",
    hours: Mapping[str, float] = MappingProxyType({"": 1.0}),
) -> list[Flag]:
    """The flags where the treated arm has these shares of the untreated wells' cells per µL.

    `hours` has the multiple of the cells at each time.
    """
    rows = [
        {
            "experiment": f"E{number}",
            "fcs": f"{number}-{arm}-{well}-{line}{when}.fcs",
            "role": "sample",
            "population": "myeloma",
            "cells": line,
            "arm": f"{name}{when}" if arm else f"none{when}",
            "untreated": not arm,
            "setting": when,
            # The wells of an arm scatter; their median is the share.
            "cell_density": 40.0 * number * grown * (share if arm else 1) * (1 + 0.2 * (well - 1)),
            "cell_density_unit": "µL",
        }
        for number, share in enumerate(left, start=1)
        for line in cells
        for when, grown in hours.items()
        for arm in ("", "drug")
        for well in range(wells)
    ]
    files = pd.DataFrame(rows)
    return vanished_flags(files.drop(columns=["arm", "untreated", "setting"]), files)


def test_the_median_of_the_experiments_names_the_arm(tmp_path: Path) -> None:
    (flag,) = found = of_experiments([0.45, 0.4, 0.7])
    assert (flag.severity, flag.concerns.kind, flag.concerns.arm) == ("caution", "arm", "drug")
    assert flag.value == pytest.approx(0.45)
    assert flag.limit == 0.5
    assert flag.sentence.startswith(
        "drug, 3 experiments: 45 % as many cells of myeloma per µL as in the untreated wells "
        "(median; 45 % in E1, 40 % in E2 and 70 % in E3; limit 50 %)."
    )
    write_flags(found, tmp_path / "flags.csv")


def test_one_experiment_or_a_smaller_loss_says_nothing() -> None:
    assert of_experiments([0.4]) == []
    assert of_experiments([0.45, 0.55, 0.6]) == []
    assert of_experiments([0.4, math.nan]) == []


def test_fewer_wells_are_a_note() -> None:
    assert [flag.severity for flag in of_experiments([0.3, 0.3], wells=2)] == ["note"]


def test_without_arms_nothing_is_compared() -> None:
    assert of_experiments([0.3, 0.3], name="") == []


def test_lines_are_compared_with_their_own_untreated_wells() -> None:
    found = of_experiments([0.4, 0.4], cells=("A", "B"))
    assert ["drug of A, " in found[0].sentence, "drug of B, " in found[1].sentence] == [True, True]


def test_each_time_is_compared_with_its_own_untreated_wells() -> None:
    """Cells that have divided for another day are no reason to miss some on the day before."""
    grown = {", hours 24": 1.0, ", hours 72": 6.0}
    assert of_experiments([0.9, 0.9], hours=grown) == []
    found = of_experiments([0.4, 0.4], hours=grown)
    assert [flag.concerns.arm for flag in found] == ["drug, hours 24", "drug, hours 72"]
    assert [flag.value for flag in found] == pytest.approx([0.4, 0.4])


def test_the_whole_way_from_files(tmp_path: Path) -> None:
    study = replace(SMALL, experiments=2, wells=3, events_sample=800)
    listed = [
        replace(
            tube,
            keywords={"vol": "50000"},
            events=round(tube.events * (0.42 if tube.dose == 100 else 1)),
        )
        for tube in tubes(study)
    ]
    written = base_study.write(tmp_path, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    gated = [gate_experiment(rows, settings) for rows in written.of_experiments().values()]
    assert not [f for one in gated for f in one.flags if f.code == "vanished_cells"]
    wells = pd.concat([one.wells for one in gated])
    (flag,) = vanished_flags(wells, written.files)
    assert (flag.concerns.arm, flag.severity) == ("dose 100", "caution")
    assert flag.value == pytest.approx(0.42, abs=0.05)


VOLUME = {"$VOL": "50000"}
FULL = [replace(one, keywords=VOLUME) for one in UNTREATED]
FEW = Well(count=200, keywords=VOLUME)


def _made_up(made_up: MadeUp, *wells: Well) -> list[Flag]:
    experiment = made_up(wells)
    every = (one for of_file in experiment.measurements.values() for one in of_file)
    return list(
        dict.fromkeys(flag for one in every for flag in vanished_cells.flags(one, experiment))
    )


@pytest.mark.parametrize(("count", "is_flagged"), [(400, False), (360, False), (340, True)])
def test_limit_of_the_share(made_up: MadeUp, count: int, is_flagged: bool) -> None:
    found = _made_up(made_up, *FULL, *[replace(FEW, count=count)] * 3)
    assert [flag.severity for flag in found] == (["caution"] if is_flagged else [])


@pytest.mark.parametrize(("untreated", "treated"), [(2, 3), (3, 2)])
def test_two_wells_on_either_side_are_a_note(made_up: MadeUp, untreated: int, treated: int) -> None:
    (flag,) = _made_up(made_up, *FULL[:untreated], *[FEW] * treated)
    assert flag.severity == "note"


def test_a_well_is_compared_with_the_untreated_ones_of_its_own_hours(made_up: MadeUp) -> None:
    later = [replace(one, setting="hours 72", count=4000) for one in FULL]
    early = [replace(one, setting="hours 24", count=700) for one in FULL]
    sound = replace(FEW, setting="hours 24", count=650)
    assert _made_up(made_up, *later, *early, *[sound] * 3) == []
    (flag,) = _made_up(made_up, *later, *early, *[replace(sound, count=200)] * 3)
    assert flag.value == pytest.approx(200 / 700)
    assert _made_up(made_up, *later, *[sound] * 3) == []


def test_what_is_not_compared(made_up: MadeUp) -> None:
    early = replace(FEW, arm="untreated, 24 h", untreated=True)
    assert _made_up(made_up, *FULL, *FULL, *[early] * 3) == []
    other_line = replace(FEW, cells="B")
    of_line = replace(FULL[0], cells="B", count=250)
    assert _made_up(made_up, *FULL, *[of_line] * 3, *[other_line] * 3) == []
    assert _made_up(made_up, *FULL, *[replace(FEW, arm="")] * 3) == []
    assert _made_up(made_up, *FULL, *[replace(FEW, role="unstained")] * 3) == []
