"""A step logs what it prints, and fails in words that the user understands."""

import multiprocessing
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from coculture.running import fork_server, raw_files, work
from coculture.running.step import Step

Make = Callable[..., Step]


def _done(
    step: Step, folder: Path, made: Mapping[str, str] | None = None
) -> tuple[work.Outcome, str]:
    """How a step ended that was done in a process of its own, and its log."""
    log = folder / "logs" / "step.log"
    log.parent.mkdir(exist_ok=True)
    task = work.Task(step, {}, {"table": str(folder / "table.csv")}, str(log), made or {})
    ours, theirs = multiprocessing.Pipe()

    def run() -> None:
        theirs.send(work.do(task, fork_server._main(step.script)))

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return ours.recv(), log.read_text()


WRITE = "open(outputs.table, 'w').write('a table')"


def test_a_step_that_ends_well(script: Make, tmp_path: Path) -> None:
    outcome, log = _done(script(f"print('working', parameters.a)\n{WRITE}", a=1), tmp_path)
    table = tmp_path / "table.csv"
    assert table.read_text() == "a table"
    assert outcome.made == {str(table): raw_files.sha256(table)}
    assert outcome.failure == ""
    assert log == "working 1\n"


def test_what_it_used_is_measured(script: Make, tmp_path: Path) -> None:
    body = (
        f"x = bytearray(300_000_000)\nx[::4096] = b'1' * len(x[::4096])\ntime.sleep(0.3)\n{WRITE}"
    )
    outcome, _ = _done(script(body), tmp_path)
    assert 0.3 <= outcome.seconds < 30
    assert 0 < outcome.cpu_seconds < outcome.seconds + 1
    assert 300 < outcome.peak_memory_mb < 3000


def test_output_of_programs_that_it_starts_is_in_the_log(script: Make, tmp_path: Path) -> None:
    _, log = _done(script(f"os.system('echo from a program')\n{WRITE}"), tmp_path)
    assert "from a program" in log


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise OSError(errno.ENOSPC, 'No space', 'a.csv')", "a.csv: the disk is full."),
        ("raise OSError(errno.EROFS, 'Read-only')", "table.csv: the disk is read-only"),
        ("raise MemoryError", "this step needs more memory than is free"),
        ("import mmap\nmmap.mmap(-1, 2**60)", "this step needs more memory than is free"),
        (
            "from coculture.running import lock\nraise lock.AnotherRunError('E1 is run.')",
            "E1 is run.",
        ),
        ("raise KeyError('odd')", "Unexpected error (KeyError: 'odd')"),
        ("sys.exit('no')", "Unexpected error (SystemExit: no)"),
        ("raise KeyboardInterrupt", "Unexpected error (KeyboardInterrupt)"),
        (
            "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd",
            "Unexpected error (own.main.<locals>.Odd: <exception str() failed>)",
        ),
        ("pass", "table.csv"),
    ],
)
def test_what_went_wrong_is_one_sentence(
    script: Make, tmp_path: Path, body: str, reason: str
) -> None:
    outcome, log = _done(script(body), tmp_path)
    assert outcome.made == {}
    assert reason in outcome.failure
    assert ("Traceback" in log) == ("Unexpected error" in outcome.failure)


def test_a_step_that_cannot_log_says_so(script: Make, tmp_path: Path) -> None:
    (tmp_path / "logs/step.log").mkdir(parents=True)
    task = work.Task(script(WRITE), {}, {"table": "t"}, str(tmp_path / "logs/step.log"), {})
    outcome = work.do(task, lambda *_: None)
    assert "IsADirectoryError" in outcome.failure


def test_a_raw_file_that_is_not_the_checked_one_fails_the_step(
    script: Make, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.fcs"
    raw.write_bytes(b"changed")
    step = script(WRITE, files=[{"path": str(raw), "sha256": "0" * 64}])
    outcome, _ = _done(step, tmp_path)
    assert outcome.made == {}
    assert outcome.failure == (
        f"{raw}: changed during the run; make sure nothing is writing to it, then restart."
    )


def test_a_raw_file_that_vanished_is_named_rather_than_what_came_of_it(
    script: Make, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.fcs"
    step = script("raise ValueError('odd')", files=[{"path": str(gone), "sha256": "0" * 64}])
    outcome, _ = _done(step, tmp_path)
    assert outcome.failure == (
        f"{gone}: existed when the run began and cannot be read now (No such file or directory)."
    )


def test_a_result_that_somebody_edited_is_not_used(script: Make, tmp_path: Path) -> None:
    wells = tmp_path / "wells.csv"
    wells.write_text("as made")
    made = {str(wells): raw_files.sha256(wells)}
    assert _done(script(WRITE), tmp_path, made)[0].failure == ""
    wells.write_text("as edited")
    outcome, _ = _done(script(WRITE), tmp_path, made)
    assert outcome.failure == (
        f"{wells}: changed since it was made. Results are not to be edited: delete the file and "
        "run again, and it is made again."
    )
