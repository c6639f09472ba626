"""Steps run in processes of their own, which end with the run however that ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coculture.running import stopped_run
from coculture.running.code_files import CodeFiles
from coculture.running.step import Step
from coculture.running.workers import StepError, Workers

Make = Callable[..., Step]
PATIENCE_S = 30
WRITE = "open(outputs.table, 'w').write(str(os.getpid()))"


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "gate.py").write_text("x = 1\n")
    return Workers(tmp_path, CodeFiles(tmp_path / "code"))


def _run(workers: Workers, step: Step, folder: Path, inputs: dict[str, str] | None = None) -> Path:
    """Do a step; returns the table that it writes."""
    table, log = folder / f"{step.script.stem}{step.part}.csv", folder / f"{step.script.stem}.log"
    workers.run(step, inputs or {}, {"table": str(table)}, [str(log)])
    return table


def test_each_step_has_a_process_of_its_own(workers: Workers, script: Make, tmp_path: Path) -> None:
    tables = [_run(workers, script(WRITE, part=part), tmp_path) for part in ("E1", "E2")]
    assert len({os.getpid(), *(int(table.read_text()) for table in tables)}) == 3


def test_a_script_is_imported_once(workers: Workers, script: Make, tmp_path: Path) -> None:
    steps = [script(WRITE, part=part) for part in ("E1", "E2", "E3")]
    path = steps[0].script
    path.write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write('x')\n{path.read_text()}")
    for step in steps:
        _run(workers, step, tmp_path)
    assert (tmp_path / "imported").read_text() == "x"


def test_a_part_of_a_package_is_imported_once(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    """Where it is imported on first use, the steps after the first one find it imported."""
    look = "open(outputs.table, 'w').write(str('scipy.ndimage' in sys.modules))\n"
    first, second = (
        script(look + "import scipy.ndimage", name=name) for name in ("first", "second")
    )
    assert _run(workers, first, tmp_path).read_text() == "False"
    assert _run(workers, second, tmp_path).read_text() == "True"


def test_steps_run_at_the_same_time(workers: Workers, script: Make, tmp_path: Path) -> None:
    """Each waits for the file that the other writes."""
    body = (
        "open(parameters.mine, 'w').close()\n"
        "while not os.path.exists(parameters.other): time.sleep(0.01)\n" + WRITE
    )
    mine, other = str(tmp_path / "mine"), str(tmp_path / "other")
    steps = [
        script(body, part="1", mine=mine, other=other),
        script(body, part="2", mine=other, other=mine),
    ]
    with ThreadPoolExecutor() as threads:
        done = [threads.submit(_run, workers, step, tmp_path) for step in steps]
        assert [one.result(PATIENCE_S).exists() for one in done] == [True, True]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise ValueError", "Unexpected error (ValueError)"),
        ("sys.exit('no')", "Unexpected error (SystemExit: no)"),
        ("os.kill(os.getpid(), 9)", "own was ended by the system; often memory has run out."),
    ],
)
def test_a_step_that_ends_badly_ends_nothing_else(
    workers: Workers, script: Make, tmp_path: Path, body: str, says: str
) -> None:
    with pytest.raises(StepError, match=r"own did not finish. Log: .*own\.log"):
        _run(workers, script(body), tmp_path)
    (failure,) = workers.failures
    assert says in failure
    assert stopped_run.reasons(tmp_path, 0) == [failure]
    assert workers.records.made([str(tmp_path / "own.csv")]) == {}
    assert _run(workers, script(WRITE, name="other"), tmp_path).exists()


def test_a_script_that_cannot_be_imported_fails_its_own_step(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    step = script("pass")
    step.script.write_text("import a_package_that_is_not_there\n")
    with pytest.raises(StepError):
        _run(workers, step, tmp_path)
    assert "a_package_that_is_not_there" in (tmp_path / "own.log").read_text()
    assert _run(workers, script(WRITE, name="other"), tmp_path).exists()


def test_a_script_that_ends_when_it_is_imported_fails_its_own_step(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    step = script("pass")
    step.script.write_text("raise SystemExit('no')\n")
    with pytest.raises(StepError):
        _run(workers, step, tmp_path)
    assert "Unexpected error (SystemExit: no)" in workers.failures[0]
    assert _run(workers, script(WRITE, name="other"), tmp_path).exists()


def test_the_process_that_forks_is_started_again_after_it_was_killed(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    body = "open(outputs.table, 'w').write(str(os.getppid()))"
    first = int(_run(workers, script(body), tmp_path).read_text())
    os.kill(first, signal.SIGKILL)
    _wait(lambda: not _lives(first))
    assert int(_run(workers, script(body, part="again"), tmp_path).read_text()) != first


@pytest.mark.parametrize("what", ["log", "steps"])
def test_what_cannot_be_written_is_named(
    workers: Workers, script: Make, tmp_path: Path, what: str
) -> None:
    """The log, or the record of a step: here folders are in their places."""
    folder = tmp_path / {"log": "own.log", "steps": "steps/own.unfinished"}[what]
    folder.mkdir(parents=True)
    with pytest.raises(StepError):
        _run(workers, script(WRITE), tmp_path)
    (failure,) = workers.failures
    assert str(folder) in failure
    assert "directory" in failure.lower()


def test_code_that_was_edited_meanwhile_makes_no_result(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    code = tmp_path / "code" / "gate.py"
    os.utime(code, (0, 0))
    table = str(_run(workers, script(WRITE), tmp_path))
    code.write_text("x = 2\n")
    step = script(WRITE, name="other")
    with pytest.raises(StepError):
        _run(workers, step, tmp_path)
    assert workers.failures == [f"{code}: edited while the study ran. Run again."]
    assert list(workers.records.made([table, str(tmp_path / "other.csv")])) == [table]


def test_linear_algebra_gets_one_processor(workers: Workers, script: Make, tmp_path: Path) -> None:
    step = script("open(outputs.table, 'w').write(os.environ['OPENBLAS_NUM_THREADS'])")
    assert _run(workers, step, tmp_path).read_text() == "1"


def test_a_program_of_the_study_is_not_imported(
    workers: Workers, script: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pandas.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    step = script("import pandas\n" + WRITE)
    assert _run(workers, step, tmp_path).exists()


def test_a_result_of_other_settings_is_not_read(
    workers: Workers, script: Make, tmp_path: Path
) -> None:
    """Neither of a step as it was before, nor of a step that is not named in `after`."""
    first = script(WRITE, name="first", threshold=1)
    table = str(_run(workers, first, tmp_path))
    _run(workers, script(WRITE, name="middle", after=[first]), tmp_path, {"table": table})
    middle = script(WRITE, name="middle", after=[first])
    _run(workers, script(WRITE, name="last", after=[middle]), tmp_path, {"table": table})
    now = script(WRITE, name="first", threshold=2)
    for step in (script(WRITE, name="last", after=[now]), script(WRITE, name="forgetful")):
        with pytest.raises(StepError):
            _run(workers, step, tmp_path, {"table": table})
        assert workers.failures.pop() == f"{table}: made from other settings. Delete and run again."
        assert step.name == "last" or workers.records.of(step.name) is None


RUN = """
import sys, threading
from pathlib import Path
from coculture.running import lock
from coculture.running.code_files import CodeFiles
from coculture.running.step import Steps
from coculture.running.workers import Workers
folder = Path(sys.argv[1])
lock.take(folder / "lock")
workers = Workers(folder, CodeFiles(), lock.held)
workers.stop_on_signals()
step = Steps(folder / "scripts").step("own", folder=str(folder))
work = threading.Thread(target=workers.run, args=[step, {}, {"table": "t"}, [str(folder / "log")]])
work.start()
work.join()
"""
SLEEP = """
open(parameters.folder + '/pid', 'w').write(str(os.getpid()))
os.rename(parameters.folder + '/pid', parameters.folder + '/working')
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_step_outlives_its_run(script: Make, tmp_path: Path, how: signal.Signals) -> None:
    script(SLEEP)
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
    )
    working = tmp_path / "working"
    _wait(working.exists)
    step = int(working.read_text())
    assert _lives(step)
    run.send_signal(how)
    run.wait(PATIENCE_S)
    _wait(lambda: not _lives(step))


def test_the_next_run_waits_for_the_steps_of_a_killed_one(script: Make, tmp_path: Path) -> None:
    """The lock is free only when the last of them has ended."""
    script(SLEEP)
    run = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)])
    _wait((tmp_path / "working").exists)
    run.kill()
    run.wait()
    take = "import sys; from coculture.running import lock; print(lock.take(sys.argv[1]))"
    next_run = subprocess.run(
        [sys.executable, "-c", take, str(tmp_path / "lock")],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert next_run.stdout == "True\n"
    assert not _lives(int((tmp_path / "working").read_text()))


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)
