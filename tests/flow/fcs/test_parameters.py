"""Parameters as other vendors write them: read correctly, or refused with a reason."""

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


@pytest.mark.parametrize(
    ("amplifier", "decades"), [("4,1", 4), ("4,0", 4), (" 4.0 , 0.0 ", 4), ("0,1", 0), ("0", 0)]
)
@pytest.mark.parametrize("version", ["FCS2.0", "FCS3.1"])
def test_amplifiers(
    write_fcs: WriteFcs,
    written: NDArray[np.float64],
    amplifier: str,
    decades: int,
    version: str,
) -> None:
    keywords = {"$P2E": amplifier, **{f"$P{n}R": "1024" for n in (1, 2, 3)}}
    path = write_fcs(written, NAMES, formats=["u2"] * 3, keywords=keywords, version=version)
    linear = 10 ** (decades * written[:, 1] / 1024) if decades else written[:, 1]
    events = read_fcs(path).events
    np.testing.assert_allclose(events["FL1-A"], linear, rtol=1e-14)
    np.testing.assert_array_equal(events["FSC-A"], written[:, 0])


def test_a_gain_of_zero_is_none_and_a_negative_one_is_refused(
    write_fcs: WriteFcs, written: NDArray[np.float64]
) -> None:
    read = read_fcs(write_fcs(written, NAMES, keywords={"$P1G": "0", "$P2G": "2.0"})).events
    np.testing.assert_array_equal(read, written / [1, 2, 1])
    with pytest.raises(FcsError, match=r"has \$P2G '-2': the gain of FL1-A cannot be negative"):
        read_fcs(write_fcs(written, NAMES, keywords={"$P2G": "-2"}))


@pytest.mark.parametrize(
    ("keyword", "value", "message"),
    [
        ("$P2E", "-4,1", "neither number can be negative"),
        ("$P2E", "4,-1", "neither number can be negative"),
        ("$TIMESTEP", "-0.01", "cannot be negative"),
        ("$TOT", "-20", r"has -20 events"),
    ],
)
def test_numbers_that_cannot_be_negative(
    write_fcs: WriteFcs, written: NDArray[np.float64], keyword: str, value: str, message: str
) -> None:
    names = ["FSC-A", "FL1-A", "Time"]
    path = write_fcs(written, names, formats=["u2"] * 3, keywords={keyword: value})
    with pytest.raises(FcsError, match=rf"^tube\.fcs: .*{message}"):
        read_fcs(path)


def test_a_time_step_of_zero_is_none(write_fcs: WriteFcs, written: NDArray[np.float64]) -> None:
    path = write_fcs(written, ["FSC-A", "FL1-A", "Time"], keywords={"$TIMESTEP": "0"})
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize(("version", "notes"), [("FCS3.2", 0), ("FCS3.1", 1)])
def test_a_number_format_of_each_parameter(
    write_fcs: WriteFcs, written: NDArray[np.float64], version: str, notes: int
) -> None:
    mixed = written + np.array([0.5, 0, 0])
    path = write_fcs(
        mixed,
        NAMES,
        formats=["f4", "u2", "u4"],
        keywords={"$P2DATATYPE": "I", "$P3DATATYPE": "I", "$P2R": "1024"},
        version=version,
    )
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, mixed)
    assert len([note for note in sample.notes if "$P2DATATYPE of FL1-A" in note]) == notes
