"""Spillover estimated from single stains."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import SpilloverError, read_fcs, spillover_from_single_stains
from coculture.flow.compensation.single_stains import bright, slopes, spillover_row

WriteFcs = Callable[..., Path]
CHANNELS = ["FL1-H", "FL2-H", "FL3-H", "FL4-H"]
DYES = {"FL1-H": "FITC", "FL2-H": "PE", "FL3-H": "7AAD", "FL4-H": "APC"}
TRUE = np.array([[1.0, 0.25, 0.02], [0.01, 1.0, 0.15], [0.0, 0.05, 1.0]])


def stained(write_fcs: WriteFcs, share_stained: float) -> tuple[Path, dict[str, Path]]:
    """An unstained and three singly stained files with the spillover TRUE."""
    rng = np.random.default_rng(3)
    names = ["A", "B", "C"]

    def tube(channel: int | None) -> Path:
        stain = np.zeros((4000, 3))
        if channel is not None:
            positive = rng.random(4000) < share_stained
            stain[positive, channel] = rng.lognormal(np.log(20_000), 0.4, positive.sum())
        noise = rng.normal(100, 20, stain.shape)
        return write_fcs(stain @ TRUE + noise, names, name=f"{channel}.fcs")

    return tube(None), {name: tube(place) for place, name in enumerate(names)}


@pytest.mark.parametrize(("method", "share"), [("positives", 0.3), ("all_events", 1.0)])
def test_the_true_matrix_comes_back(write_fcs: WriteFcs, method: str, share: float) -> None:
    unstained, stains = stained(write_fcs, share)
    estimated = spillover_from_single_stains(
        read_fcs(unstained),
        {channel: read_fcs(path) for channel, path in stains.items()},
        ["A", "B", "C"],
        "positives" if method == "positives" else "all_events",
    )
    np.testing.assert_allclose(estimated, TRUE, atol=0.003)


def test_a_stain_that_stained_nothing_is_refused(write_fcs: WriteFcs) -> None:
    unstained, stains = stained(write_fcs, 0.0)
    with pytest.raises(SpilloverError, match=r"0\.fcs \(A\): only \d+ events are brighter"):
        spillover_from_single_stains(
            read_fcs(unstained), {"A": read_fcs(stains["A"])}, ["A", "B", "C"]
        )


def test_a_channel_without_stain_spills_nothing(write_fcs: WriteFcs) -> None:
    unstained, stains = stained(write_fcs, 0.5)
    estimated = spillover_from_single_stains(
        read_fcs(unstained), {"B": read_fcs(stains["B"])}, ["A", "B", "C"]
    )
    np.testing.assert_array_equal(estimated.loc["A"], [1, 0, 0])
    np.testing.assert_allclose(estimated.loc["B"], TRUE[1], atol=0.003)


@pytest.mark.reference
def test_facscalibur_as_flowcore_gives_it(reference: Path) -> None:
    folder = reference / "fcs"
    estimated = spillover_from_single_stains(
        read_fcs(folder / "calibur_unstained.fcs"),
        {c: read_fcs(folder / f"calibur_single_{dye}.fcs") for c, dye in DYES.items()},
        CHANNELS,
        "all_events",
    )
    published = pd.read_csv(folder / "expected/flowCore_compref.txt", sep=" ")
    np.testing.assert_allclose(estimated, published, rtol=1e-4, atol=5e-7)


@pytest.mark.reference
def test_positives_first_leaves_unstained_cells_out(reference: Path) -> None:
    folder = reference / "fcs"
    estimated = spillover_from_single_stains(
        read_fcs(folder / "calibur_unstained.fcs"),
        {"FL3-H": read_fcs(folder / "calibur_single_7AAD.fcs")},
        CHANNELS,
    )
    np.testing.assert_allclose(estimated.loc["FL3-H"], [0.0107, 0.1684, 1, 0.2135], atol=5e-5)


@pytest.mark.parametrize(("spread", "is_stained"), [(0.05, False), (0.6, True)])
def test_a_share_that_varies_between_cells_is_another_stain(
    spread: float, is_stained: bool
) -> None:
    """Although it rises with the stain as spill does."""
    rng = np.random.default_rng(1)
    own = 10_000 * np.exp(0.4 * rng.standard_normal(2000))
    other = 0.3 * own * np.exp(spread * rng.standard_normal(2000))
    unstained = 25 * rng.standard_normal((2000, 2))
    stained = np.column_stack([own, other])
    row = spillover_row(unstained, stained, 0, "positives", "tube.fcs")
    within = slopes(unstained, stained, 0)
    assert row[1] - within.shares[1] < 0.1
    _, found = within.reduced(row, np.array([False, False]))
    assert list(found) == [False, is_stained]


def test_the_bright_events_are_those_beside_the_unstained_ones() -> None:
    rng = np.random.default_rng(5)
    dim, strong = rng.normal(0, 20, (300, 1)), rng.normal(20_000, 500, (200, 1))
    single_stain = np.concatenate([dim, strong])
    np.testing.assert_array_equal(bright(dim, single_stain, 0), strong)
    # Without anything to compare with, and where fewer than 50 are bright, all are used.
    np.testing.assert_array_equal(bright(dim[:0], single_stain, 0), single_stain)
    few = np.concatenate([dim, strong[:49]])
    np.testing.assert_array_equal(bright(dim, few, 0), few)
