"""A spillover matrix from a CSV file: read, or refused with its row, its column and what to do."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import SpilloverError, check_spillover_file
from coculture.flow.compensation.spillover_csv import fitted_to, spillover_from_csv

WriteFcs = Callable[..., Path]
RIGHT = ",A,B\nA,1,0.1\nB,0.2,1\n"
NAMES = ["FL1-A", "FL2-A"]
LABELS = {"FL1-A": "Annexin V", "FL2-A": "7-AAD"}


def write(folder: Path, text: str) -> Path:
    path = folder / "matrix.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "\ufeff" + RIGHT,
        RIGHT.replace(",", ";"),
        RIGHT.replace(",", "\t"),
        "stain,B,A\n A ,0.1,1\nB,1,0.2\n,,\n",
    ],
)
def test_every_form(tmp_path: Path, text: str) -> None:
    matrix = spillover_from_csv(write(tmp_path, text))
    assert list(matrix.index) == list(matrix.columns) == ["A", "B"]
    np.testing.assert_array_equal(matrix, [[1, 0.1], [0.2, 1]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the spillover matrix is empty. Write the channels in the first row"),
        (",\n", "is empty"),
        (",A,B\n", "has only one row"),
        (",A,B\nA,1,n/a\nB,0,1\n", r'row 2 \(A\), column B: "n/a" is not a number. Write 0'),
        (",A,B\nA,1,\nB,0,1\n", r'row 2 \(A\), column B: "" is not a number'),
        (",A,B\nA,1,inf\nB,0,1\n", r'column B: "inf" is not a number'),
        (",A,B\nA,1,0\nB,10 %,1\n", r'row 3 \(B\), column A: "10 %" is a percent.* 0.1 for 10 %'),
        (";A;B\nA;1;0,1\nB;0;1\n", r"row 2 \(A\), column B: .0,1. has a decimal comma.*: 0.1"),
        (",A,B\nA,1,0\nB,0,1\nB,0,1\n", r"row 4: B is there already \(row 3\). Take one"),
        (",A,A\nA,1,0\nB,0,1\n", r"column 3: A is there already \(column 2\)"),
        (",A,B\nA,1\nB,0,1\n", r"row 2 \(A\): it has 1 values for 2 channels"),
        (",A,B\nA,1,0\n", "it has no row for B"),
        (",A\nA,1\nB,0\n", "it has no column for B"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpilloverError, match=rf"^matrix\.csv.*{message}"):
        spillover_from_csv(write(tmp_path, text))


def test_labels_are_understood() -> None:
    of_labels = pd.DataFrame([[1, 0.1], [0, 1]], index=["7-AAD", "annexin v"])
    fitted = fitted_to(of_labels.set_axis(of_labels.index, axis=1), "m.csv", NAMES, LABELS)
    assert list(fitted.index) == list(fitted.columns) == ["FL2-A", "FL1-A"]


@pytest.mark.parametrize(
    ("channels", "scale", "message"),
    [
        (["FL1-A", "PE-A"], 1, r'm.csv, row 3: an FCS file has no channel "PE-A"'),
        (["FL1-A", "Annexin V"], 1, r"row 3: Annexin V is the same channel .* as FL1-A \(FL1-A\)"),
        (["FL1-A", "FL2-A"], 100, "They are percents: divide all values by 100"),
        (["FL1-A", "FL2-A"], 0, "Write 1 for each stain in its own channel"),
    ],
)
def test_a_matrix_that_does_not_fit_the_files(
    channels: list[str], scale: float, message: str
) -> None:
    matrix = pd.DataFrame(scale * np.eye(2), index=channels, columns=channels)
    with pytest.raises(SpilloverError, match=message):
        fitted_to(matrix, "m.csv", NAMES, LABELS)


def test_the_check_compares_it_with_the_files(tmp_path: Path, write_fcs: WriteFcs) -> None:
    fcs = write_fcs(np.ones((3, 2)), NAMES, keywords={"$P1S": "Annexin V"})
    files = pd.DataFrame({"fcs": ["a.fcs"], "path": [str(fcs)], "experiment": ["E1"]})
    right = write(tmp_path, RIGHT.replace("A", "Annexin V").replace("B", "FL2-A"))
    assert check_spillover_file(str(right), files) == []
    other = write(tmp_path, RIGHT.replace("A", "PE").replace("B", "FL2-A"))
    (fault,) = check_spillover_file(str(other), files)
    assert fault.startswith('matrix.csv, row 2: an FCS file has no channel "PE".')
    (fault,) = check_spillover_file(str(write(tmp_path, "")), files)
    assert "is empty" in fault
