"""Parts of a step side by side: results and errors of one process, and no process left over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coculture.flow.fcs.text import FcsError
from coculture.running import side_by_side


@pytest.mark.parametrize("processes", [1, 2, 3, 20])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_results_are_in_the_order_of_the_items(processes: int, count: int) -> None:
    found = side_by_side.each(lambda item: 10 * item, range(count), processes)
    assert found == [10 * item for item in range(count)]


def test_items_are_divided_over_processes() -> None:
    found = side_by_side.each(lambda _: os.getpid(), range(6), 3)
    assert found[0] == os.getpid()
    assert [found.count(one) for one in dict.fromkeys(found)] == [2, 2, 2]


def test_an_error_is_that_of_one_process() -> None:
    """An FcsError cannot be pickled: its arguments are not those of Exception."""

    def refuse(item: int) -> int:
        if item == 5:
            raise FcsError(Path("five.fcs"), "is cut short.")
        return item

    with pytest.raises(FcsError, match=r"five\.fcs: is cut short"):
        side_by_side.each(refuse, range(6), 2)


def test_a_process_that_the_system_ended_has_run_out_of_memory() -> None:
    here = os.getpid()

    def end(item: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(MemoryError):
        side_by_side.each(end, range(4), 2)


def test_no_process_outlives_the_step(tmp_path: Path) -> None:
    """A step ends with os._exit when nobody waits for its outcome."""
    code = f"""
import os, pathlib, time
from coculture.running import side_by_side

here = os.getpid()

def work(item):
    folder = pathlib.Path({str(tmp_path)!r})
    if os.getpid() == here:
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.01)
        os._exit(1)
    (folder / str(os.getpid())).touch()
    time.sleep(60)

side_by_side.each(work, range(3), 3)
"""
    subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    others = [int(one.name) for one in tmp_path.iterdir()]
    assert len(others) == 2
    until = time.monotonic() + 5
    while any(_runs(one) for one in others):
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
