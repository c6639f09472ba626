"""What the study no longer contains is removed from its results; nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture import report
from coculture.running import leftovers, raw_files
from coculture.running.records import Records
from coculture.running.step import Step
from coculture.running.work import Outcome

Make = Callable[..., Step]


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which runs are made: paths of results are relative to it."""
    monkeypatch.chdir(tmp_path)
    return Path("results/mine")


def _made(records: Records, step: Step, results: Path, *names: str) -> list[Path]:
    paths = [results / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("made")
    log = results / "logs" / f"{step.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    records.begin(step, map(str, paths))
    records.end(step, Outcome(dict.fromkeys(map(str, paths), "0"), 1, 1, 1))
    return paths


def test_results_of_a_part_that_is_gone_are_removed_and_named(script: Make, results: Path) -> None:
    records = Records(results / "steps")
    e1, e2 = (script("pass", part=part) for part in ("E1", "E2"))
    stays = _made(records, e1, results, "flow/E1/wells.csv", "figures/flow/E1/spillover.svg")
    goes = _made(records, e2, results, "flow/E2/wells.csv", "figures/flow/E2/spillover.svg")
    said = leftovers.remove(
        Records(results / "steps"), results, [(e1, [str(path) for path in stays])]
    )
    assert said == [
        "Removed 2 files of results/mine/figures/flow/E2, results/mine/flow/E2: the study no "
        "longer has what they were made from."
    ]
    assert all(path.exists() for path in stays)
    assert not any(path.parent.exists() for path in goes)
    assert not (results / "logs/own/E2.log").exists()
    assert (
        leftovers.remove(Records(results / "steps"), results, [(e1, [str(path) for path in stays])])
        == []
    )


def test_files_of_others_stay(script: Make, results: Path) -> None:
    records = Records(results / "steps")
    step = script("pass", part="E2")
    _made(records, step, results, "flow/E2/wells.csv")
    note = results / "flow/E2/my note.txt"
    note.write_text("mine")
    (said,) = leftovers.remove(records, results, [])
    assert "1 file of" in said
    assert note.read_text() == "mine"


def test_a_step_that_did_not_end_leaves_nothing(script: Make, results: Path) -> None:
    records = Records(results / "steps")
    half = results / "flow/E2/wells.csv"
    half.parent.mkdir(parents=True)
    half.write_text("hal")
    records.begin(script("pass", part="E2"), [str(half)])
    assert len(leftovers.remove(Records(results / "steps"), results, [])) == 1
    assert not half.exists()


def test_a_figure_that_a_step_no_longer_draws_is_removed(script: Make, results: Path) -> None:
    records = Records(results / "steps")
    step = script("pass")
    arms, il6 = _made(records, step, results, "figures/arms.svg", "figures/arms_il6.svg")
    (said,) = leftovers.remove(records, results, [(step, [str(arms)])])
    assert "Removed 1 file of results/mine/figures" in said
    assert arms.exists()
    assert not il6.exists()
    assert records.of("own")


def _pages(results: Path, experiments: int, plates: int) -> list[str]:
    """The report of a study of so many experiments and plates: its page, and those beside it."""
    samples = {f"E{number}": 10 for number in range(1, experiments + 1)}
    beside = report.parts(samples, [f"P{number}" for number in range(1, plates + 1)])
    return [str(results / path) for path in ("report.html", *(part.path for part in beside))]


@pytest.mark.parametrize(
    ("experiments", "plates", "stay", "said"),
    [
        (6, 9, 16, []),
        (5, 8, 14, ["Removed 2 files of results/mine/report: "]),
        # A small study has everything in one page.
        (4, 8, 1, ["Removed 15 files of results/mine/report: "]),
    ],
)
def test_pages_of_what_a_smaller_study_no_longer_has_are_removed(
    script: Make, results: Path, experiments: int, plates: int, stay: int, said: list[str]
) -> None:
    records = Records(results / "steps")
    step = script("pass")
    before = [Path(path).relative_to(results) for path in _pages(results, 6, 9)]
    _made(records, step, results, *map(str, before))
    now = _pages(results, experiments, plates)
    told = leftovers.remove(Records(results / "steps"), results, [(step, now)])
    assert [one.partition("the study")[0] for one in told] == said
    there = {str(path) for path in results.rglob("*.html")}
    assert there == set(now)
    assert len(there) == stay
    assert (results / "report").exists() == (stay > 1)


def test_a_file_that_another_step_makes_now_stays(script: Make, results: Path) -> None:
    records = Records(results / "steps")
    _made(records, script("pass", name="old"), results, "wells.csv")
    step = script("pass", name="new")
    (wells,) = _made(records, step, results, "wells.csv")
    assert leftovers.remove(records, results, [(step, [str(wells)])]) == []
    assert wells.exists()
    assert records.of("old") is None


def test_nothing_outside_the_results_is_removed(
    script: Make, results: Path, tmp_path: Path
) -> None:
    """Whatever somebody wrote into a record."""
    raw = tmp_path / "raw.fcs"
    raw.write_text("data")
    linked = results / "flow/E2"
    linked.parent.mkdir(parents=True)
    linked.symlink_to(tmp_path)
    records = Records(results / "steps")
    step = script("pass", part="E2")
    names = [str(raw), "results/mine/../../raw.fcs", "results/mine/flow/E2/raw.fcs"]
    records.begin(step, names)
    assert leftovers.remove(records, results, [(step, [])]) == []
    assert leftovers.remove(records, results, []) == []
    assert raw.exists()


def test_what_a_command_made_is_outdated_by_the_next_run(results: Path) -> None:
    power = results / "plan/power.csv"
    power.parent.mkdir(parents=True)
    power.write_text("a table")
    Records(results / "steps").keep("plan", [power])
    (said,) = leftovers.remove(Records(results / "steps"), results, [])
    assert "Removed 1 file of results/mine/plan" in said
    assert not power.parent.exists()


def test_an_edited_result_is_named(script: Make, results: Path) -> None:
    """One that was deleted is made again without a word; one that is not finished is no result."""
    records = Records(results / "steps")
    a, b = results / "a.csv", results / "b.csv"
    for path in (a, b):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as made")
    digest = raw_files.sha256(a)
    records.end(script("pass"), Outcome({str(a): digest, str(b): digest}, 1, 1, 1))
    records.begin(script("pass", name="other"), [str(results / "c.csv")])
    (results / "c.csv").write_text("hal")
    leftovers.require_none_edited(Records(results / "steps"))
    b.unlink()
    leftovers.require_none_edited(Records(results / "steps"))
    a.write_text("as edited")
    with pytest.raises(leftovers.EditedResultError, match=r"1 result changed .*\n  results/mine/a"):
        leftovers.require_none_edited(Records(results / "steps"))
    assert a.read_text() == "as edited"
