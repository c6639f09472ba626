"""What each step made is remembered between runs."""

from collections.abc import Callable
from pathlib import Path

from coculture.running.records import Made, Record, Records
from coculture.running.step import Step
from coculture.running.work import Outcome

Make = Callable[..., Step]


def test_a_record_is_read_again_as_it_was_written(script: Make, tmp_path: Path) -> None:
    step = script("pass", part="E1")
    Records(tmp_path / "steps").end(step, Outcome({"a.csv": "12ab"}, 1.23456, 0.5, 100.04))
    again = Records(tmp_path / "steps")
    assert again.all() == [Record("own/E1", step.made_from, {"a.csv": "12ab"}, 1.235, 0.5, 100.0)]
    assert again.made(["a.csv", "raw.fcs"]) == {"a.csv": Made("12ab", step.made_from)}


def test_what_a_step_is_making_has_no_checksum(script: Make, tmp_path: Path) -> None:
    step = script("pass")
    records = Records(tmp_path / "steps")
    records.end(step, Outcome({"a.csv": "12ab"}, 1, 1, 1))
    records.begin(step, ["a.csv"])
    assert records.made(["a.csv"]) == Records(tmp_path / "steps").made(["a.csv"]) == {}
    assert records.of("own") == Record("own", step.made_from, {"a.csv": None})


def test_a_forgotten_step_is_gone(script: Make, tmp_path: Path) -> None:
    records = Records(tmp_path / "steps")
    records.begin(script("pass"), ["a.csv"])
    records.forget("own")
    assert records.all() == Records(tmp_path / "steps").all() == []


def test_a_damaged_record_is_none(script: Make, tmp_path: Path) -> None:
    records = Records(tmp_path / "steps")
    records.begin(script("pass", name="good"), ["a.csv"])
    for number, text in enumerate(
        (
            "",
            "{",
            "[]",
            "null",
            '{"step": "a"}',
            '{"odd": 1}',
            '{"step": "6", "made_from": "x", "made": null}',
            '{"step": "7", "made_from": "x", "made": {"a.csv": 1}}',
            '{"step": 8, "made_from": "x", "made": {}}',
            '{"step": "../../elsewhere", "made_from": "x", "made": {}}',
        )
    ):
        (tmp_path / "steps" / f"{number}.json").write_text(text)
    (tmp_path / "steps" / "folder.json").mkdir()
    assert [record.step for record in Records(tmp_path / "steps").all()] == ["good"]
