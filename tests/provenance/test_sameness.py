"""Two runs are compared by every byte, but for what tells of one run."""

from pathlib import Path

from coculture.provenance.sameness import differences


def _results(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_each_kind_of_difference_is_named(tmp_path: Path) -> None:
    same = {"report.html": "page", "flow/E1/wells.csv": "1"}
    first = _results(tmp_path / "1", {**same, "cultures.csv": "a", "old.csv": ""})
    second = _results(tmp_path / "2", {**same, "cultures.csv": "b", "flow/logs": ""})
    assert differences(first, second) == [
        "cultures.csv: differs",
        "flow/logs: in the second run only",
        "old.csv: in the first run only",
    ]


def test_records_of_one_run_may_differ(tmp_path: Path) -> None:
    told = ["logs/a.log", "steps/b.json", "provenance/run.json", "ro-crate-metadata.json"]
    first = _results(tmp_path / "1", {"a.csv": "1", **dict.fromkeys(told, "first")})
    second = _results(tmp_path / "2", {"a.csv": "1", **dict.fromkeys(told, "second")})
    assert differences(first, second) == []
