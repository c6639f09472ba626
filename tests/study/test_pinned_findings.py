"""`make pin-findings`: the file of pins, and what a study reads from it."""

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from coculture.study import StudyError, load, pin_findings

FIRST = datetime.datetime(2024, 3, 1, 12, tzinfo=datetime.UTC)
LATER = FIRST + datetime.timedelta(days=30)


def _configure(folder: Path, **keys: object) -> None:
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text()) | keys
    path.write_text(yaml.safe_dump(config, sort_keys=False))


def _comparison(folder: Path) -> dict[str, Any]:
    section: dict[str, Any] = yaml.safe_load((folder / "config.yaml").read_text())["comparison"]
    return section


@pytest.fixture
def pinned(small_study: Path) -> Path:
    """A study whose findings were pinned."""
    place, is_new = pin_findings(small_study / "config.yaml", FIRST)
    assert is_new
    _configure(small_study, pinned_findings=place.name)
    return small_study


def test_findings_are_pinned_before_there_are_any_data(small_study: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "config.yaml").write_text((small_study / "config.yaml").read_text())
    place, _ = pin_findings(alone / "config.yaml", FIRST)
    (pin,) = yaml.safe_load(place.read_text())["pins"]
    assert pin["pinned"] == "2024-03-01T12:00:00Z"
    by_id = {one["id"]: one for one in pin["stated"]["findings"]}
    section = _comparison(small_study)
    assert list(by_id) == [one["id"] for one in section["findings"]]
    # Limits that the config leaves to their defaults are part of the claim.
    assert by_id["1b"]["margin_points"] == 5
    assert by_id["1a"]["alpha_difference"] == 0.025


def test_unchanged_findings_are_those_pinned(pinned: Path) -> None:
    assert load(pinned / "config.yaml", with_events=False).stated == {
        "pinned": "2024-03-01T12:00:00Z",
        "changes": [],
        "same": ["2024-03-01T12:00:00Z"],
        "others": [],
    }


def test_a_default_written_out_or_another_line_break_is_no_change(pinned: Path) -> None:
    section = _comparison(pinned)
    for finding in section["findings"]:
        finding["statement"] = finding["statement"].replace(" ", "\n", 1)
    section["findings"][1]["alpha_margin"] = 0.05
    _configure(pinned, comparison=section)
    assert not load(pinned / "config.yaml", with_events=False).stated["changes"]


def test_a_margin_of_the_section_changes_the_findings_that_use_it(pinned: Path) -> None:
    section = _comparison(pinned)
    section["margin_points"] = 8
    _configure(pinned, comparison=section)
    changed = load(pinned / "config.yaml", with_events=False).stated["changes"]
    assert ["1b", "margin_points", "5", "8"] in changed
    assert "1a" not in [finding for finding, *_ in changed], "it has no margin"


def test_a_second_pin_is_added_and_none_is_lost(pinned: Path) -> None:
    config = pinned / "config.yaml"
    place, is_new = pin_findings(config, LATER)
    assert not is_new
    original = _comparison(pinned)
    _configure(pinned, comparison={**original, "findings": original["findings"][:-1]})
    _, is_new = pin_findings(config, LATER)
    assert is_new
    assert len(yaml.safe_load(place.read_text())["pins"]) == 2
    assert load(config, with_events=False).stated["pinned"] == "2024-03-31T12:00:00Z"
    _configure(pinned, comparison=original)
    assert load(config, with_events=False).stated["pinned"] == "2024-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)."),
        ("pins: [", "is not a file of pinned findings; it was damaged."),
        ("pins: []", "is not a file of pinned findings."),
        ("pins: [{pinned: yesterday, stated: {findings: []}}]", "is not a file of pinned"),
    ],
)
def test_a_file_that_holds_no_pins_is_refused(pinned: Path, content: str | None, said: str) -> None:
    place = pinned / yaml.safe_load((pinned / "config.yaml").read_text())["pinned_findings"]
    place.unlink() if content is None else place.write_text(content)
    with pytest.raises(StudyError) as raised:
        load(pinned / "config.yaml", with_events=False)
    (problem,) = map(str, raised.value.problems)
    assert "pinned_findings" in problem
    assert said in problem
    assert "make pin-findings STUDY=" in problem


def test_a_config_without_findings_has_nothing_to_pin(small_study: Path) -> None:
    _configure(small_study, comparison={})
    with pytest.raises(StudyError, match="nothing to pin"):
        pin_findings(small_study / "config.yaml", FIRST)
