"""Whatever happened to an FCS file, it is read or refused; no other error leaves the reader."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coculture.exchange.problems import CocultureError
from coculture.flow.compensation.spillover import SpilloverError, embedded_spillover
from coculture.flow.fcs.header import data_sets, read_header
from coculture.flow.fcs.sample import read_fcs

KEYWORDS = (
    "$PAR", "$TOT", "$BYTEORD", "$DATATYPE", "$MODE", "$P1B", "$P1R", "$P1E", "$P1G", "$P2N",
    "$P1S", "$P1DATATYPE", "$SPILLOVER", "SPILL", "$COMP", "$NEXTDATA", "$BEGINDATA", "$ENDDATA",
    "$BEGINSTEXT", "$ENDSTEXT", "$TIMESTEP", "$DATE", "$BTIM", "$P99999999999999999999N",
)  # fmt: skip
VALUES = ("", "0", "-1", "1e300", "1e999", "nan", "²", "2,²,FSC-A,1,0,0,1", "9" * 5_000, "x", "1,2",
          "4,3,2,1", "99999999", "4,A,B,1")  # fmt: skip
OFFSETS = ("99999999", "      -1", "       0", "      58", "    ABCD")

BOUNDED = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@st.composite
def change(draw: st.DrawFn) -> tuple[str, float, str, str]:
    """How a file is changed, where (a part of its length), and with what."""
    how = draw(st.sampled_from(["byte", "end", "keyword", "offset"]))
    where = draw(st.floats(0, 1, exclude_max=True))
    keyword, value = draw(st.sampled_from(KEYWORDS)), draw(st.sampled_from(VALUES))
    return how, where, keyword, draw(st.sampled_from(OFFSETS)) if how == "offset" else value


def _changed(content: bytes, changes: list[tuple[str, float, str, str]]) -> bytes:
    changed, text_first = bytearray(content), int(content[10:18])
    for how, where, keyword, value in changes:
        # Nearly all faults are in the first bytes, which say what the others are.
        place = int(where * min(len(changed), 3_000))
        if how == "byte" and changed:
            changed[place] = ord(value[:1] or "/") % 256
        elif how == "end":
            del changed[place:]
        elif how == "keyword":
            delimiter = content[text_first : text_first + 1]
            text = delimiter.join([b"", keyword.encode(), value.encode(), b""])
            changed[text_first : text_first + len(text)] = text
        elif how == "offset":
            start = 10 + 8 * int(where * 4)
            changed[start : start + 8] = value.encode()
    return bytes(changed)


def _is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "changed.fcs"
        path.write_bytes(content)
        with contextlib.suppress(CocultureError):
            embedded_spillover(read_header(path))
            data_sets(path)
            read_fcs(path)


@pytest.fixture(scope="module")
def tube(small_study_once: Path) -> bytes:
    """A small FCS file."""
    return next(iter(sorted(small_study_once.rglob("*unstained*.fcs")))).read_bytes()


@given(changes=st.lists(change(), min_size=1, max_size=4))
@settings(BOUNDED, max_examples=300)
def test_a_changed_file_is_read_or_refused(
    tube: bytes, changes: list[tuple[str, float, str, str]]
) -> None:
    _is_read_or_refused(_changed(tube, changes))


@pytest.mark.long
@given(changes=st.lists(change(), min_size=1, max_size=6))
@settings(BOUNDED, max_examples=20_000)
def test_many_changed_files_are_read_or_refused(
    tube: bytes, changes: list[tuple[str, float, str, str]]
) -> None:
    _is_read_or_refused(_changed(tube, changes))


@pytest.mark.parametrize("spillover", ["1,²,1", "²,1,1", "1,₂,1"])
def test_a_superscript_is_no_number_of_a_channel(
    tube: bytes, spillover: str, tmp_path: Path
) -> None:
    path = tmp_path / "changed.fcs"
    path.write_bytes(tube)
    header = read_header(path)
    header = replace(header, keywords={**header.keywords, "$SPILLOVER": spillover})
    with pytest.raises(SpilloverError, match=r"changed\.fcs: \$SPILLOVER"):
        embedded_spillover(header)
