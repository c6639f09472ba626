"""Headers and keywords as other vendors write them: read correctly, or refused with a reason."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import FcsError, read_fcs

WriteFcs = Callable[..., Path]
NAMES = ["FSC-A", "FL1-A", "FL2-A"]


@pytest.fixture
def written() -> NDArray[np.float64]:
    return np.random.default_rng(4).integers(0, 1000, (20, 3)).astype(np.float64)


def test_without_a_total_the_data_tell_it(
    write_fcs: WriteFcs, written: NDArray[np.float64]
) -> None:
    path = write_fcs(written, NAMES, version="FCS2.0", keywords={"$TOT": None})
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize("form", ["{:<8d}", "{:08d}", "{:\0<8d}"])
def test_offsets_of_the_header_however_filled_up(
    write_fcs: WriteFcs, written: NDArray[np.float64], form: str
) -> None:
    path = write_fcs(written, NAMES)
    content = path.read_bytes()
    offsets = [int(content[start : start + 8]) for start in range(10, 58, 8)]
    header = "".join(form.format(offset) for offset in offsets).encode()
    path.write_bytes(content[:10] + header + content[58:])
    np.testing.assert_array_equal(read_fcs(path).events, written)


def test_supplemental_text(write_fcs: WriteFcs, written: NDArray[np.float64]) -> None:
    keywords = {"$P3N": None, "$P3B": None, "$BEGINSTEXT": "0" * 10, "$ENDSTEXT": "1" * 10}
    path = write_fcs(written, NAMES, keywords=keywords)
    content = path.read_bytes()
    extra = b"|$P3N|FL2-A|$P3B|32|$P2S|CD38|$PAR|7|"
    first, last = len(content), len(content) + len(extra) - 1
    content = content.replace(b"|" + b"0" * 10, f"|{first:010d}".encode())
    path.write_bytes(content.replace(b"|" + b"1" * 10, f"|{last:010d}".encode()) + extra)
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert list(sample.events.columns) == NAMES
    assert sample.labels["FL1-A"] == "CD38"
    assert sample.keywords["$PAR"] == "3", "the primary TEXT goes first"


def test_offsets_too_large_for_the_header(
    write_fcs: WriteFcs, written: NDArray[np.float64]
) -> None:
    path = write_fcs(written, NAMES)
    content = path.read_bytes()
    path.write_bytes(content[:26] + b"       0" * 2 + content[42:])
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize("delimiter", ["/", "\\", "|", "\x0c", "!", "*", "^", "\t", "\x1e"])
def test_delimiters(write_fcs: WriteFcs, written: NDArray[np.float64], delimiter: str) -> None:
    note = f"one{delimiter}two"
    path = write_fcs(written, NAMES, delimiter=delimiter, keywords={"NOTE": note, "$P2S": ""})
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.keywords["NOTE"] == note
    assert sample.labels["FL1-A"] == ""


def test_keywords_in_small_letters(write_fcs: WriteFcs, written: NDArray[np.float64]) -> None:
    path = write_fcs(written, NAMES, keywords={"$MODE": "l", "$DATATYPE": "f", "Well ID": "A1"})
    content = path.read_bytes()
    small = re.sub(rb"\|\$[A-Z0-9]+\|", lambda found: found[0].lower(), content)
    assert small != content
    path.write_bytes(small)
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.well == "A1"


@pytest.mark.parametrize("order", ["2,1,4,3", "3,4,1,2", "1234", ""])
def test_mixed_byte_orders_are_refused(
    write_fcs: WriteFcs, written: NDArray[np.float64], order: str
) -> None:
    with pytest.raises(FcsError, match="only 1,2,3,4 and 4,3,2,1 can be read"):
        read_fcs(write_fcs(written, NAMES, keywords={"$BYTEORD": order}))


@pytest.mark.parametrize(("order", "written_as"), [("2,1", ">"), ("1,2", "<"), ("4, 3, 2, 1", ">")])
def test_byte_orders_of_other_lengths(
    write_fcs: WriteFcs, written: NDArray[np.float64], order: str, written_as: str
) -> None:
    path = write_fcs(
        written, NAMES, formats=["u2"] * 3, order=written_as, keywords={"$BYTEORD": order}
    )
    np.testing.assert_array_equal(read_fcs(path).events, written)


def test_signs_that_nobody_sees_are_left_out_of_values(
    write_fcs: WriteFcs, written: NDArray[np.float64]
) -> None:
    """They would be in the sheet, the page and figures, which then cannot be read."""
    keywords = {"$CYT": "Can\x1bto\x00 \u202eII\uffff", "$P2S": "G\x01FP\u00a0\u00e9"}
    sample = read_fcs(write_fcs(written, NAMES, keywords=keywords))
    assert sample.cytometer == "Canto II"
    assert sample.labels[NAMES[1]] == "GFP\u00a0\u00e9"
