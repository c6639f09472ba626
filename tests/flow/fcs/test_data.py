"""The data segment: what follows it, and ranges that are no power of two."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import read_fcs
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import read_header
from coculture.flow.fcs.text import FcsError

WriteFcs = Callable[..., Path]
NAMES = ["FSC-A", "FL1-A", "FL2-A"]


@pytest.fixture
def written() -> NDArray[np.float64]:
    return np.random.default_rng(4).integers(0, 1000, (20, 3)).astype(np.float64)


@pytest.mark.parametrize("after", [b"00000000", b"1A2B3C4D", b"\0" * 4096, b"\r\n"])
def test_what_follows_the_data_is_left_alone(
    write_fcs: WriteFcs, written: NDArray[np.float64], after: bytes
) -> None:
    path = write_fcs(written, NAMES)
    path.write_bytes(path.read_bytes() + after)
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.notes == ()


@pytest.mark.parametrize("top", ["1000", "1000.0", "1e3", "0", "4294967296"])
def test_ranges_that_are_no_power_of_two(
    write_fcs: WriteFcs, written: NDArray[np.float64], top: str
) -> None:
    keywords = {f"$P{n}R": top for n in (1, 2, 3)}
    path = write_fcs(written, NAMES, formats=["u4"] * 3, keywords=keywords)
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("formats", [["f4"] * 3, ["f8"] * 3, ["u2", "u3", "u4"]])
@pytest.mark.parametrize("every", [1, 2, 7, 30])
def test_only_every_kth_event(
    write_fcs: WriteFcs, written: NDArray[np.float64], order: str, formats: list[str], every: int
) -> None:
    header = read_header(write_fcs(written, NAMES, formats=formats, order=order))
    found = read_events(header, ["FL2-A", "FSC-A"], every)
    np.testing.assert_array_equal(found, written[::every, [2, 0]])


def test_a_file_that_became_shorter_is_named(write_fcs: WriteFcs) -> None:
    path = write_fcs(np.ones((100, 2)), ["A", "B"])
    header = read_header(path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(FcsError, match=r"tube\.fcs: became shorter while it was read"):
        read_events(header)
