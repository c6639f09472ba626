"""Files that contradict themselves, where their values settle what is right."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import FcsError, read_fcs

WriteFcs = Callable[..., Path]
NAMES = ["FSC-A", "FL1-A", "Time"]


def events(rows: int = 50, top: int = 250) -> NDArray[np.float64]:
    written = np.random.default_rng(1).integers(0, top, (rows, 3)).astype(np.float64)
    written[:, 2] = np.sort(written[:, 2])
    return written


def test_ten_bits_in_words_of_sixteen(write_fcs: WriteFcs) -> None:
    written = events(top=1024)
    ten = {f"$P{n}B": "10" for n in (1, 2, 3)} | {f"$P{n}R": "1024" for n in (1, 2, 3)}
    for total in ("50", None):
        path = write_fcs(
            written, NAMES, formats=["u2"] * 3, version="FCS2.0", keywords=ten | {"$TOT": total}
        )
        sample = read_fcs(path)
        np.testing.assert_array_equal(sample.events, written)
        assert sample.notes == (
            "FSC-A, FL1-A, Time: $PnB says 10 bits, but the values are in words of 16 bits, as the "
            "length of the data shows; they were read as such.",
        )


def test_packed_bits_are_refused(write_fcs: WriteFcs) -> None:
    ten = {"$P2B": "10", "$P2R": "1024"}
    path = write_fcs(events(), NAMES, formats=["u2", "u1", "u2"], keywords=ten)
    with pytest.raises(FcsError, match=r"stores FL1-A in 10 bits .* do not lie in wider words"):
        read_fcs(path)
    # The length fits, but a value has more than ten bits.
    full = events()
    full[7, 1] = 1024
    with pytest.raises(FcsError, match="stores FL1-A in 10 bits"):
        read_fcs(write_fcs(full, NAMES, formats=["u2"] * 3, keywords=ten))


@pytest.mark.parametrize("last", ["Time", "Event #"])
def test_the_place_where_the_counter_is_steady(write_fcs: WriteFcs, last: str) -> None:
    """A whole channel away, every value is as plausible as in its place."""
    written = events()
    written[:, 2] = np.arange(50)
    path = write_fcs(written, [*NAMES[:2], last], header_shift=4)
    path.write_bytes(path.read_bytes() + bytes(4))
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert "grows steadily was used" in sample.notes[1]


def test_an_unnamed_counter_settles_the_place(write_fcs: WriteFcs) -> None:
    """Two bytes away, the low half of a number is read as the high half of the next."""
    written = np.column_stack([np.full(50, 7), np.arange(50), np.full(50, 7)])
    names = ["A", "B", "C"]
    path = write_fcs(written, names, formats=["u4"] * 3, header_shift=2)
    path.write_bytes(path.read_bytes() + bytes(4))
    sample = read_fcs(path)
    assert "the one that has a steady event counter was used" in sample.notes[1]
    np.testing.assert_array_equal(sample.events, written)


def test_two_places_that_nothing_tells_apart(write_fcs: WriteFcs) -> None:
    path = write_fcs(np.ones((50, 3)), ["A", "B", "C"], header_shift=4)
    path.write_bytes(path.read_bytes() + np.ones(1, "<f4").tobytes())
    with pytest.raises(FcsError, match=r"gives two places for its data.*both are possible"):
        read_fcs(path)


def test_floats_have_no_logarithmic_amplifier(write_fcs: WriteFcs) -> None:
    written = events() + 0.25
    path = write_fcs(written, NAMES, keywords={"$P2E": "4,0", "$P2R": "1024", "$P2G": "1"})
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.notes == (
        "FL1-A: $PnE gives a logarithmic amplifier, but the values are floating-point, which are "
        "linear; $PnE was ignored.",
    )


@pytest.mark.parametrize(
    ("step", "seconds", "note"),
    [
        ("0,01", 0.01, "$TIMESTEP '0,01' was read as 0.01 s."),
        ("0.01 s", 0.01, "$TIMESTEP '0.01 s' was read as 0.01 s."),
        ("tick", 1.0, "$TIMESTEP 'tick' is not a number; time is in the file's own unit."),
    ],
)
def test_a_time_step_that_is_no_number(
    write_fcs: WriteFcs, step: str, seconds: float, note: str
) -> None:
    written = events()
    sample = read_fcs(write_fcs(written, NAMES, keywords={"$TIMESTEP": step}))
    np.testing.assert_allclose(sample.events["Time"], written[:, 2] * seconds)
    assert sample.notes == (note,)


@pytest.mark.parametrize("start", ["|", "", "/"])
def test_the_supplemental_text_is_read(write_fcs: WriteFcs, start: str) -> None:
    """With its own delimiter, or without the first one."""
    between = start or "|"
    pairs = [
        "$SPILLOVER",
        "2,FSC-A,FL1-A,1,0.1,0.2,1",
        "$P2S",
        "Annexin V",
        "$OP",
        "Other",
        "$X",
        "",
    ]
    supplement = (start + between.join(pairs) + between).encode()
    places = {"$BEGINSTEXT": "00000000", "$ENDSTEXT": "00000000", "$OP": "First", "$P2S": ""}
    whole = write_fcs(events(), NAMES, keywords=places).read_bytes()
    first = len(whole)
    for place in (first, first + len(supplement) - 1):
        whole = whole.replace(b"TEXT|00000000", f"TEXT|{place:08d}".encode(), 1)
    path = write_fcs(events(), NAMES)
    path.write_bytes(whole + supplement)
    sample = read_fcs(path)
    assert sample.labels["FL1-A"] == "Annexin V"
    assert sample.keywords["$OP"] == "First"
    assert sample.spillover is not None
    assert sample.spillover.loc["FSC-A", "FL1-A"] == 0.1
    assert sample.notes == (
        "From the supplemental TEXT segment were added: $SPILLOVER, $P2S.",
        "The supplemental TEXT segment has another value of $OP; that of the first TEXT segment "
        "was used.",
    )
