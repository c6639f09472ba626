"""A threshold of forward scatter among the cells, and one below them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.cells_cut_off import CODE, is_cut
from coculture.flow.gating.size_histogram import size_histogram
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Edit, Recorded, Tube, tubes

STUDY = replace(
    BASE,
    experiments=1,
    events_sample=2000,
    events_control=1000,
    embedded=LIGHT,
    controls=("unstained", "stroma"),
)
ALL = {"dose 0", "dose 10", "dose 100"}


def above(limit: float, *doses: float) -> Edit:
    """Only events above a forward scatter are recorded, in samples of these doses."""

    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        if doses and tube.dose not in doses:
            return recorded
        kept = (recorded.events["FSC-A"] >= limit).to_numpy()
        events = recorded.events[kept].reset_index(drop=True)
        return replace(recorded, events=events, kinds=recorded.kinds[kept])

    return edit


def raised(
    folder: Path, edit: Edit | None, percents: tuple[float, ...] = (8, 35, 60)
) -> list[Flag]:
    study = replace(STUDY, percents=percents)
    written = base_study.write(folder, study, tubes(study), edit)
    settings = base_study.settings(compensation={"source": "embedded"})
    return [one for one in gate_experiment(written.files, settings).flags if one.code == CODE]


def test_a_threshold_among_the_cells_names_the_arm_and_where_it_lies(tmp_path: Path) -> None:
    (flag,) = raised(tmp_path, above(60_000, 100))
    assert (flag.severity, flag.concerns.kind, flag.concerns.arm) == ("caution", "arm", "dose 100")
    assert flag.concerns.channel == "FSC-A"
    assert flag.value > 0.5 > flag.limit == 0.2
    assert "begins at 60,0" in flag.sentence


def test_one_that_costs_points_in_treated_wells_alone_names_these(tmp_path: Path) -> None:
    found = raised(tmp_path, above(45_000))
    assert {flag.concerns.arm for flag in found} == {"dose 10", "dose 100"}


@pytest.mark.parametrize("limit", [0, 5000, 12_000, 20_000, 28_000])
def test_a_threshold_below_the_cells_is_harmless(tmp_path: Path, limit: float) -> None:
    assert raised(tmp_path, above(limit) if limit else None) == []


@pytest.mark.parametrize("percents", [(3, 5, 4), (10, 50, 98)], ids=str)
def test_so_it_is_where_nothing_or_everything_dies(
    tmp_path: Path, percents: tuple[float, ...]
) -> None:
    assert raised(tmp_path, above(20_000), percents) == []


def test_what_lies_at_the_edge_must_be_many_dying_cells_without_a_valley_above() -> None:
    rng = np.random.default_rng(1)

    def sizes(median: float, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return median * np.exp(0.17 * rng.standard_normal(count))

    live, dying, debris = sizes(90_000, 3000), sizes(50_000, 2000), sizes(9000, 1500)
    cut, every = dying[dying > 45_000], np.concatenate([live, dying])

    def is_seen(every: object, dying: object) -> bool:
        found = size_histogram(np.asarray(every), np.asarray(dying))
        assert found is not None
        return is_cut(found)

    assert is_seen(every[every > 45_000], cut)
    assert not is_seen(every[every > 45_000], cut[:99])
    assert not is_seen(every, dying)
    assert not is_seen(every[every > 45_000], dying[dying > 60_000])
    with_debris = np.concatenate([live, debris[debris > 8000]])
    assert not is_seen(with_debris, debris[debris > 8000])
    assert size_histogram(np.array([-1.0]), np.array([])) is None
