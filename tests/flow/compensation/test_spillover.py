"""The spillover matrix: read, checked and applied."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.flow import SpilloverError, read_fcs
from coculture.flow.compensation.spillover import (
    check_spillover,
    embedded_spillover,
    is_same_matrix,
    spillover_matrix,
    spillover_table,
    unmixing,
)
from coculture.flow.compensation.spillover_csv import spillover_from_csv
from coculture.flow.fcs.header import read_header

WriteFcs = Callable[..., Path]
TRUE = np.array([[1.0, 0.25, 0.02], [0.01, 1.0, 0.15], [0.0, 0.05, 1.0]])
NAMES = ["FSC-A", "FL1-A", "FL2-A"]


@pytest.fixture
def written() -> NDArray[np.float64]:
    return np.random.default_rng(4).integers(0, 1000, (20, 3)).astype(np.float64)


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
        ("2,FL1-A,FL9-A,1,0.1,0.2,1", "the channel 'FL9-A', which is not in the file"),
        ("2,FL1-A,FL2-A,1,0.1,0.2", "2 names and 4 values should follow, but there are 5"),
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


def test_names_with_commas_and_spaces(write_fcs: WriteFcs) -> None:
    names = ["FITC, A", "PE , Cy5,A", "FITC", "APC-A"]
    value = ",".join(["4", *names, *map(str, np.eye(4).ravel())])
    path = write_fcs(np.zeros((3, 4)), names, keywords={"$SPILLOVER": value})
    matrix = embedded_spillover(read_header(path))
    assert matrix is not None
    assert list(matrix.columns) == names


def test_a_label_with_a_comma(write_fcs: WriteFcs) -> None:
    keywords = {"$SPILLOVER": "2,FL1-A,CD38, PE,1,0.1,0.2,1", "$P2S": "CD38, PE"}
    matrix = embedded_spillover(
        read_header(write_fcs(np.zeros((3, 2)), ["FL1-A", "FL2-A"], keywords=keywords))
    )
    assert matrix is not None
    assert list(matrix.columns) == ["FL1-A", "FL2-A"]


def test_the_order_of_channels_makes_no_other_matrix() -> None:
    one = pd.DataFrame(TRUE, index=NAMES, columns=NAMES)
    turned = one.loc[NAMES[::-1], NAMES[::-1]]
    assert is_same_matrix(one, turned)
    assert not is_same_matrix(one, turned.T)
    assert not is_same_matrix(one, turned.iloc[1:, 1:])


def test_a_matrix_that_cannot_be_undone_is_refused() -> None:
    alike = pd.DataFrame([[1.0, 1.0], [1.0, 1.0]], index=["A", "B"], columns=["A", "B"])
    with pytest.raises(SpilloverError, match="A and B cannot be separated"):
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


@pytest.mark.parametrize(
    ("names", "value"),
    [
        (NAMES, "2, FL1-A , FL2-A, 1, 0.1, 0.2, 1"),
        (NAMES, "2,FL1-A,FL2-A,1,0.1,0.2,1,"),
        (["FSC-A", "Annexin,FITC", "FL2-A"], "2,Annexin,FITC,FL2-A,1,0.1,0.2,1"),
        (["FSC-A", "FITC", "CD3,4,A"], "2,FITC,CD3,4,A,1,0.1,0.2,1"),
    ],
)
def test_spillover_with_blanks_and_commas(
    write_fcs: WriteFcs, written: NDArray[np.float64], names: list[str], value: str
) -> None:
    path = write_fcs(written, names, keywords={"$SPILLOVER": value})
    matrix = embedded_spillover(read_header(path))
    assert matrix is not None
    assert list(matrix.index) == list(matrix.columns) == names[1:]
    np.testing.assert_array_equal(matrix, [[1, 0.1], [0.2, 1]])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "3,FL1-A,FL2-A,1,0.1,0.2,1",
            "3 channels, so 3 names and 9 values should follow, but there are 6",
        ),
        ("2,FL1-A,FL2-A,1,,0.2,1", "2 names and 4 values should follow, but there are 5"),
        ("2,1,0.1,0.2,1", "2 names and 4 values should follow, but there are 4"),
        ("2,FL1-A,FL1-A,1,0,0,1", "names a channel twice: FL1-A, FL1-A"),
        ("2,FL1-A,FL2-A,1,0.1,nan,1", "is not a matrix of numbers"),
        ("2,FL1-A,FL2-A,1,a,b,1", "is not a matrix of numbers"),
        ("0", "does not begin with the number of channels"),
        ("-1,FL1-A,1", "does not begin with the number of channels"),
    ],
)
def test_spillover_that_does_not_fit_itself(
    write_fcs: WriteFcs, written: NDArray[np.float64], value: str, message: str
) -> None:
    path = write_fcs(written, NAMES, keywords={"$SPILLOVER": value})
    with pytest.raises(SpilloverError, match=rf"^tube\.fcs: \$SPILLOVER .*{message}"):
        embedded_spillover(read_header(path))
    np.testing.assert_array_equal(read_fcs(path).events, written)
