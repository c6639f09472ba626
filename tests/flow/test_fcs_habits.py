"""Habits of other vendors' writers: read rightly, or refused or noted by name."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import FcsError, SpilloverError, read_fcs
from coculture.flow.compensation.spillover import embedded_spillover
from coculture.flow.fcs.header import read_header

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
        ("$TIMESTEP", "-0.01", "time cannot run backwards"),
        ("$TOT", "-20", r"says that it has -20 events"),
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


@pytest.mark.parametrize("after", [b"00000000", b"1A2B3C4D", b"\0" * 4096, b"\r\n"])
def test_what_follows_the_data_is_left_alone(
    write_fcs: WriteFcs, written: NDArray[np.float64], after: bytes
) -> None:
    path = write_fcs(written, NAMES)
    path.write_bytes(path.read_bytes() + after)
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.notes == ()


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
    with pytest.raises(FcsError, match="1,2,3,4 or 4,3,2,1 can be read"):
        read_fcs(write_fcs(written, NAMES, keywords={"$BYTEORD": order}))


@pytest.mark.parametrize(("order", "written_as"), [("2,1", ">"), ("1,2", "<"), ("4, 3, 2, 1", ">")])
def test_byte_orders_of_other_lengths(
    write_fcs: WriteFcs, written: NDArray[np.float64], order: str, written_as: str
) -> None:
    path = write_fcs(
        written, NAMES, formats=["u2"] * 3, order=written_as, keywords={"$BYTEORD": order}
    )
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize("top", ["1000", "1000.0", "1e3", "0", "4294967296"])
def test_ranges_that_are_no_power_of_two(
    write_fcs: WriteFcs, written: NDArray[np.float64], top: str
) -> None:
    keywords = {f"$P{n}R": top for n in (1, 2, 3)}
    path = write_fcs(written, NAMES, formats=["u4"] * 3, keywords=keywords)
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize(
    ("keywords", "date"),
    [
        ({"$DATE": "02-JAN-2020"}, "2020-01-02"),
        ({"$DATE": "2-Jan-20"}, "2020-01-02"),
        ({"$DATE": "02 JAN 2020"}, "2020-01-02"),
        ({"$DATE": "2020/01/02"}, "2020-01-02"),
        ({"$DATE": "20200102"}, "2020-01-02"),
        ({"$DATE": "2020-01-02T10:11:12Z", "$BTIM": "10:11:12:59", "$ETIM": "late"}, "2020-01-02"),
        ({"$BEGINDATETIME": "2020-01-02T10:11:12.5+01:00"}, "2020-01-02"),
        ({"$DATE": "01/02/2020"}, "01/02/2020"),
        ({"$DATE": "31-FEB-2020"}, "31-FEB-2020"),
        ({}, ""),
    ],
)
def test_dates(
    write_fcs: WriteFcs,
    written: NDArray[np.float64],
    keywords: dict[str, str],
    date: str,
) -> None:
    assert read_fcs(write_fcs(written, NAMES, keywords=keywords)).date == date


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
        ("3,FL1-A,FL2-A,1,0.1,0.2,1", "announces 3 channels, that is 3 names and 9 values, but 6"),
        ("2,FL1-A,FL2-A,1,,0.2,1", "2 names and 4 values, but 5 entries follow"),
        ("2,1,0.1,0.2,1", "2 names and 4 values, but 4 entries follow"),
        ("2,FL1-A,FL1-A,1,0,0,1", "names a channel twice: FL1-A, FL1-A"),
        ("2,FL1-A,FL2-A,1,0.1,nan,1", "is not a matrix of numbers"),
        ("2,FL1-A,FL2-A,1,a,b,1", "is not a matrix of numbers"),
        ("0", "does not begin with the number of its channels"),
        ("-1,FL1-A,1", "does not begin with the number of its channels"),
    ],
)
def test_spillover_that_does_not_fit_itself(
    write_fcs: WriteFcs, written: NDArray[np.float64], value: str, message: str
) -> None:
    path = write_fcs(written, NAMES, keywords={"$SPILLOVER": value})
    with pytest.raises(SpilloverError, match=rf"^tube\.fcs: \$SPILLOVER .*{message}"):
        embedded_spillover(read_header(path))
    np.testing.assert_array_equal(read_fcs(path).events, written)
