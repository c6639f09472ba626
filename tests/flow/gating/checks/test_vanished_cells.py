"""An arm that has lost most of its cells per volume carries a caution."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.flow import GatedExperiment, gate_experiment
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


def _volumes(of: Mapping[str, str]) -> Callable[[Tube], Mapping[str, str]]:
    """$VOL of the wells, by the end of their names; 50 uL for the others; "" leaves it out."""

    def keywords(tube: Tube) -> Mapping[str, str]:
        end = "-".join(tube.name.split("-")[-2:])
        written = of.get(end, "50000")
        return {"vol": written} if written else {}

    return keywords


@pytest.mark.parametrize("written", ["50 uL", "50 µL", "50000,0", "50", "50000000", "0.05 mL"])
def test_a_volume_may_have_a_unit_or_a_comma(raised: Raised, written: str) -> None:
    top = {f"dose100-{well}": written for well in (1, 2, 3)}
    (flag,) = raised(_volumes(top), 0.25)
    assert flag.value == pytest.approx(0.25, abs=0.04)
    assert flag.severity == "caution"
    assert raised(_volumes(top), 1.0) == []


@pytest.mark.parametrize("well", ["dose100-1", "dose0-2"])
@pytest.mark.parametrize("written", ["", "full", "1,000"])
def test_a_well_without_a_volume_is_left_out_and_named(
    raised: Raised, well: str, written: str
) -> None:
    (flag,) = raised(_volumes({well: written}), 0.25)
    assert flag.value == pytest.approx(0.25, abs=0.05)
    assert flag.severity == "note"
    assert flag.sentence.endswith(f"Not used, without a volume: E1/E1-{well}.fcs.")
    assert raised(_volumes({well: written}), 1.0) == []


def test_volumes_of_one_side_only_are_noted(raised: Raised) -> None:
    (flag,) = raised(_volumes({f"dose100-{well}": "" for well in (1, 2, 3)}), 0.25)
    assert flag.severity == "note"
    assert "whether cells have vanished cannot be said, because the volume ($VOL" in flag.sentence
    assert "E1-dose100-1.fcs" in flag.sentence


def test_another_volume_is_no_other_unit(raised: Raised) -> None:
    top = {f"dose100-{well}": str(40 * 50000) for well in (1, 2, 3)}
    (flag,) = raised(_volumes(top), 1.0)
    assert flag.value == pytest.approx(1 / 40, rel=0.1)


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


def test_what_is_not_compared(made_up: MadeUp) -> None:
    early = replace(FEW, arm="untreated, 24 h", untreated=True)
    assert _made_up(made_up, *FULL, *FULL, *[early] * 3) == []
    other_line = replace(FEW, cells="B")
    of_line = replace(FULL[0], cells="B", count=250)
    assert _made_up(made_up, *FULL, *[of_line] * 3, *[other_line] * 3) == []
    assert _made_up(made_up, *FULL, *[replace(FEW, arm="")] * 3) == []
    assert _made_up(made_up, *FULL, *[replace(FEW, role="unstained")] * 3) == []


def test_seconds_are_used_where_volumes_are_incomplete(made_up: MadeUp) -> None:
    rate = {"$FLOWRATE": "35"}
    some = replace(FULL[0], keywords=VOLUME | rate)
    (flag,) = _made_up(
        made_up, some, *[replace(FULL[0], keywords=rate)] * 2, *[replace(FEW, keywords=rate)] * 3
    )
    assert "per second" in flag.sentence
    (flag,) = _made_up(made_up, *[some] * 3, *[replace(FEW, keywords=VOLUME | rate)] * 3)
    assert "per volume" in flag.sentence
