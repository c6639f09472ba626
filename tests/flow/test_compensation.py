"""Spillover: estimated, read, checked, undone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import SpilloverError, read_fcs, spillover_from_single_stains
from coculture.flow.compensation.spillover import (
    check_spillover,
    embedded_spillover,
    spillover_from_csv,
    spillover_matrix,
    spillover_table,
    unmixing,
)
from coculture.flow.fcs.header import read_header

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


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("$SPILLOVER", "2,FL1-A,FL2-A,1,0.1,0.2,1"),
        ("SPILL", "2,FL1-A,FL2-A,1,0.1,0.2,1"),
        ("$SPILLOVER", "2,2,3,1,0.1,0.2,1"),
        ("$SPILLOVER", "2,CD3,cd-38,1,0.1,0.2,1"),
        ("$COMP", "2,1,0.1,0.2,1"),
    ],
)
def test_embedded_by_name_number_or_label(write_fcs: WriteFcs, keyword: str, value: str) -> None:
    path = write_fcs(
        np.zeros((3, 4)),
        ["FSC-A", "FL1-A", "FL2-A", "Time"],
        keywords={keyword: value, "$P2S": "CD3", "$P3S": "CD38"},
    )
    matrix = embedded_spillover(read_header(path))
    assert matrix is not None
    assert list(matrix.index) == list(matrix.columns) == ["FL1-A", "FL2-A"]
    np.testing.assert_array_equal(matrix, [[1, 0.1], [0.2, 1]])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2,FL1-A,FL9-A,1,0.1,0.2,1", "names the channel 'FL9-A', which the file lacks"),
        ("2,FL1-A,FL2-A,1,0.1,0.2", "2 names and 4 values, but 5 entries"),
        ("two,FL1-A", "does not begin with the number"),
    ],
)
def test_embedded_that_does_not_fit(write_fcs: WriteFcs, value: str, message: str) -> None:
    path = write_fcs(np.zeros((3, 2)), ["FL1-A", "FL2-A"], keywords={"$SPILLOVER": value})
    with pytest.raises(SpilloverError, match=message):
        embedded_spillover(read_header(path))
    sample = read_fcs(path)
    assert sample.spillover is None
    assert "$SPILLOVER" in sample.notes[-1]


def test_a_matrix_that_cannot_be_undone_is_refused() -> None:
    alike = pd.DataFrame([[1.0, 1.0], [1.0, 1.0]], index=["A", "B"], columns=["A", "B"])
    with pytest.raises(SpilloverError, match="two stains look alike"):
        check_spillover(alike, "csv")
    with pytest.raises(SpilloverError, match=r"diagonal that is not 1: 1, 0\.5"):
        check_spillover(pd.DataFrame([[1.0, 0], [0, 0.5]]), "csv")


def test_unmixing_undoes_the_spill() -> None:
    names = ["A", "B", "C"]
    matrix = pd.DataFrame(TRUE, index=names, columns=names)
    true = np.random.default_rng(1).lognormal(5, 2, (100, 3))
    seen, coefficients = unmixing(matrix, ["C", "A"])
    observed = (true @ TRUE)[:, [names.index(name) for name in seen]]
    np.testing.assert_allclose(observed @ coefficients, true[:, [2, 0]], rtol=1e-9)


def test_unmixing_looks_only_at_channels_with_a_part() -> None:
    matrix = pd.DataFrame([[1, 0.1, 0], [0.2, 1, 0], [0, 0, 1]], index=[*"ABC"], columns=[*"ABC"])
    assert unmixing(matrix, ["A"])[0] == ["A", "B"]
    assert unmixing(matrix, ["C"])[0] == ["C"]


def test_table_and_csv_bring_the_matrix_back(tmp_path: Path) -> None:
    matrix = pd.DataFrame(TRUE, index=list("ABC"), columns=list("ABC"))
    back = spillover_matrix(spillover_table(matrix))
    assert back is not None
    pd.testing.assert_frame_equal(back, matrix)
    assert spillover_matrix(spillover_table(None)) is None
    path = tmp_path / "matrix.csv"
    spillover_table(matrix).to_csv(path, index=False)
    np.testing.assert_array_equal(spillover_from_csv(path), TRUE)


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
