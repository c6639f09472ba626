"""Gates of the config: copies of automatic gates stay automatic, edited ones become manual."""

from typing import Any

import pytest

from coculture.flow.gating.sources import manual

AUTOMATIC: dict[str, Any] = {
    "channels": ["FL1-A"],
    "threshold": 178.2,
    "keep": "above",
    "source": "live_peak",
    "rule": "peak of the live cells",
    "note": "0.8 % of the FMO control is above it",
    "controls": ["fmo.fcs"],
    "samples": ["a.fcs"],
    "events": 1000,
}
ADJUSTED = AUTOMATIC | {"threshold": 190.0}
"""The automatic gate after another gate was edited."""


def test_a_copied_block_stays_what_it_was() -> None:
    assert manual.block(dict(AUTOMATIC), AUTOMATIC) == AUTOMATIC
    assert manual.block(dict(AUTOMATIC), ADJUSTED, [AUTOMATIC]) == AUTOMATIC
    assert list(manual.block(dict(AUTOMATIC), AUTOMATIC)) == list(AUTOMATIC)


@pytest.mark.parametrize("key", ["threshold", "keep", "channels"])
def test_an_edited_block_is_manual(key: str) -> None:
    edited = {"threshold": 200.0, "keep": "below", "channels": ["FL9-A"]}[key]
    block = manual.block(AUTOMATIC | {key: edited}, AUTOMATIC)
    assert block[key] == edited
    assert block["source"] == "manual"
    assert not {"controls", "samples", "events", "note"} & set(block)
    assert block.get("automatic") == (None if key == "channels" else 178.2)


def test_the_threshold_of_the_present_rule_is_recorded() -> None:
    edited = AUTOMATIC | {"threshold": 200.0}
    assert manual.block(edited, ADJUSTED, [AUTOMATIC])["automatic"] == 190.0
    assert "automatic" not in manual.block(edited, None)


def test_the_users_note_is_kept() -> None:
    edited = AUTOMATIC | {"threshold": 200.0, "note": "by eye"}
    assert manual.block(edited, AUTOMATIC)["note"] == "by eye"
    checked = AUTOMATIC | {"note": "checked"}
    assert manual.block(checked, AUTOMATIC) == checked
    own = {"channels": ["FL1-A"], "threshold": 178.2, "keep": "above", "rule": "by eye"}
    assert manual.block(own, AUTOMATIC) == {
        "channels": ["FL1-A"],
        "threshold": 178.2,
        "keep": "above",
        "source": "manual",
        "rule": manual.RULE,
        "note": "by eye",
        "automatic": 178.2,
    }


def test_a_manual_block_that_is_copied_again_stays_the_same() -> None:
    block = manual.block(AUTOMATIC | {"threshold": 200.0, "note": "by eye"}, AUTOMATIC)
    assert manual.block(block, AUTOMATIC) == block
    at_the_same_number = AUTOMATIC | {"source": "manual"}
    assert manual.block(at_the_same_number, AUTOMATIC)["source"] == "manual"
