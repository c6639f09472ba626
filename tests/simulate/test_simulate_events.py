"""A tube's events are composed as stated, and recorded as a cytometer records them."""

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.simulate import Cells, Cytometer, Particle
from coculture.simulate.events import (
    CHANNELS,
    Tube,
    acquire,
    coculture,
    myeloma_alone,
    stroma_alone,
    unstained,
)

EVENTS = 40_000
FSC_A, FSC_H, SSC_A, GFP, ANNEXIN, DYE, TIME = range(7)
NO_SPREAD = {"sd_gfp": 0.0, "sd_annexin": 0.0, "sd_dye": 0.0, "sd_autofluorescence": 0.0}
IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def without_spread(**changes: float) -> Cells:
    """Every particle of a kind is the same, so that a reading names its kind."""
    cells = Cells(**(NO_SPREAD | changes))  # type: ignore[arg-type]
    particles = {
        field.name: replace(getattr(cells, field.name), sd_scatter=0.0)
        for field in fields(cells)
        if isinstance(getattr(cells, field.name), Particle)
    }
    return replace(cells, **particles)


NOISELESS = Cytometer(sd_electronics=0, photon_noise=0, sd_height_over_area=0, spillover=IDENTITY)


def record(tube: Tube, cells: Cells, cytometer: Cytometer = NOISELESS) -> NDArray[np.float64]:
    return acquire(tube, EVENTS, cells, cytometer, np.random.default_rng(11))


def share_is(hits: NDArray[np.bool_], expected: float) -> bool:
    """Whether a binomial share agrees with `expected` within four standard errors."""
    standard_error = np.sqrt(expected * (1 - expected) / len(hits))
    return bool(abs(hits.mean() - expected) < 4 * standard_error)


@pytest.mark.parametrize("percent", [1.0, 8.0, 36.0, 95.0])
def test_apoptotic_share_of_the_myeloma_cells_is_the_cultures(percent: float) -> None:
    cells = without_spread(doublet_share=0.0)
    dark = replace(NOISELESS, autofluorescence=(0.0, 0.0, 0.0))
    recorded = record(coculture(percent, cells), cells, dark)
    myeloma = recorded[recorded[:, GFP] > 1_000]
    annexin = myeloma[:, ANNEXIN] >= cells.graded_from
    dye = myeloma[:, DYE] > 1_000
    assert share_is(annexin, percent / 100)
    assert share_is(dye[annexin], 0.45)
    assert share_is(dye[~annexin], 0.015)


def test_debris_doublets_and_stroma_have_their_shares() -> None:
    cells = without_spread()
    recorded = record(coculture(20.0, cells), cells)
    debris = recorded[:, FSC_A] < 10_000
    doublet = recorded[:, FSC_H] / recorded[:, FSC_A] < 0.84
    assert share_is(debris, 0.08)
    assert share_is(doublet, 0.05)
    single_cells = recorded[~debris & ~doublet]
    assert share_is(single_cells[:, GFP] < 1_000, 0.20)
    assert recorded[doublet, FSC_A].min() >= 2 * cells.late.forward_scatter


def test_doublet_is_two_cells_at_the_height_of_the_higher() -> None:
    cells = without_spread(doublet_share=1.0, debris_share=0.0)
    recorded = record(Tube({"live": 1.0}), cells)
    assert set(recorded[:, FSC_A]) == {180_000.0}
    assert set(recorded[:, FSC_H]) == {0.85 * 90_000}
    assert set(recorded[:, ANNEXIN]) == {2 * (12 + 60)}


def test_some_apoptotic_cells_are_graded() -> None:
    cells = without_spread(doublet_share=0.0, debris_share=0.0)
    annexin = record(Tube({"early": 1.0}), cells)[:, ANNEXIN]
    full = annexin.max()
    graded = annexin[annexin < full]
    background = 60.0 * cells.early.autofluorescence
    assert share_is(annexin < full, 0.15)
    assert graded.min() >= cells.graded_from + background
    halfway = np.sqrt(cells.graded_from * cells.early.annexin) + background
    assert share_is(graded < halfway, 0.5)


def test_dying_cells_are_smaller_grainier_and_lose_gfp() -> None:
    live, late = (
        np.median(record(Tube({kind: 1.0}), Cells(doublet_share=0, debris_share=0)), axis=0)
        for kind in ("live", "late")
    )
    assert late[FSC_A] < live[FSC_A]
    assert late[SSC_A] > live[SSC_A]
    assert 0 < late[GFP] < live[GFP]


def test_spillover_mixes_the_dyes() -> None:
    matrix = ((1.0, 0.05, 0.02), (0.0, 1.0, 0.0), (0.01, 0.3, 1.0))
    cytometer = replace(NOISELESS, spillover=matrix, autofluorescence=(0.0, 0.0, 0.0))
    cells = without_spread(doublet_share=0.0, debris_share=0.0)
    event = record(unstained(Tube({"live": 1.0})), cells, cytometer)[0]
    assert event[[GFP, ANNEXIN, DYE]] == pytest.approx([9_000, 450, 180])


def test_dim_events_spread_around_zero_and_bright_ones_by_their_photons() -> None:
    cells = without_spread(doublet_share=0.0, debris_share=0.0)
    cytometer = Cytometer(autofluorescence=(0.0, 0.0, 0.0), spillover=IDENTITY)
    recorded = record(unstained(Tube({"live": 1.0})), cells, cytometer)
    assert recorded[:, ANNEXIN].mean() == pytest.approx(0, abs=4 * 25 / np.sqrt(EVENTS))
    assert recorded[:, ANNEXIN].std() == pytest.approx(25, rel=4 / np.sqrt(2 * EVENTS))
    photons = np.sqrt(25**2 + 4 * 9_000)
    assert recorded[:, GFP].std() == pytest.approx(photons, rel=4 / np.sqrt(2 * EVENTS))


def test_stroma_has_more_autofluorescence_and_no_gfp() -> None:
    stroma = record(unstained(stroma_alone(Cells())), without_spread(doublet_share=0.0))
    myeloma = record(unstained(myeloma_alone(8.0, Cells())), without_spread(doublet_share=0.0))
    assert np.median(stroma[:, ANNEXIN]) == 2.5 * np.median(myeloma[:, ANNEXIN])
    assert stroma[:, GFP].max() < 0.1 * np.median(myeloma[:, GFP])


def test_treated_cells_autofluorescence_can_be_raised() -> None:
    cells = without_spread(treated_autofluorescence=1.6, doublet_share=0.0)
    untreated = unstained(coculture(8.0, cells))
    treated = unstained(coculture(8.0, cells, treated=True))
    ratio = np.median(record(treated, cells), axis=0) / np.median(record(untreated, cells), axis=0)
    assert ratio[ANNEXIN] == pytest.approx(1.6)
    assert ratio[FSC_A] == 1


def test_readings_end_at_the_maximum_and_time_runs() -> None:
    recorded = record(coculture(30.0, Cells()), Cells(), Cytometer())
    assert recorded.shape == (EVENTS, len(CHANNELS))
    assert recorded[:, :TIME].max() == 262_143
    assert (np.diff(recorded[:, TIME]) >= 0).all()
    assert (recorded[:, TIME] == np.floor(recorded[:, TIME])).all()
    assert 0 <= recorded[0, TIME] < recorded[-1, TIME] < 6_000
