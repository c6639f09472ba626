"""When findings were stated: the order of a pin and the measurements, and what has changed."""

import datetime
from typing import Any

import pandas as pd
import pytest

from coculture.comparison.pin import Change, Measured, Pin, changes, measured_days

AT = "2024-03-01T12:00:00Z"


def _pin(measured: Measured, changed: list[list[str]] | None = None) -> Pin:
    return Pin.of({"pinned": AT, "changes": changed or []}, measured)


def _files(*acquired: str) -> pd.DataFrame:
    names = [f"{number}.fcs" for number in range(len(acquired))]
    return pd.DataFrame({"role": "sample", "fcs": names, "acquired": list(acquired)})


def _plates(*read_on: str) -> pd.DataFrame:
    names = [f"P{number}" for number in range(len(read_on))]
    return pd.DataFrame({"role": "sample", "plate": names, "read_on": list(read_on)})


@pytest.mark.parametrize(
    ("files", "plates", "before"),
    [
        (["2024-03-05T10:00:00", "2024-03-12T10:00:00"], [], True),
        (["2024-03-05"], ["2024-03-06"], True),
        (["2024-02-05T10:00:00", "2024-03-12T10:00:00"], [], False),
        (["2024-03-05"], ["2024-02-20"], False),
        (["2024-03-05", ""], [], None),
        (["2024-02-05", ""], [], False),
        (["2024-03-05"], [""], None),
        (["2024-03-01T20:00:00"], [], None),
        (["2024-03-01"], [], None),
        ([], ["2024-01-04/2024-04-01"], None),
        ([], ["2024-04-06/2024-06-04"], True),
        ([], [], None),
    ],
)
def test_the_order_is_known_only_if_the_files_say_it(
    files: list[str], plates: list[str], before: bool | None
) -> None:
    """A time zone may move a moment by 14 hours; 4/1/2024 may be in January or in April."""
    found = _pin(measured_days(_files(*files), _plates(*plates)))
    assert found.before_acquisition is before
    assert found.states_in_advance(["1"]) == (before is True)


def test_finished_numbers_never_say_when_they_were_measured() -> None:
    days = measured_days(_files("2024-03-05"), None, has_values=True)
    assert _pin(days).before_acquisition is None
    assert "1 measurement (FCS files, plates, finished numbers) without a day" in _pin(days).order


def test_controls_are_no_measurements_of_the_study() -> None:
    files = _files("2024-02-05", "2024-03-05").assign(role=["unstained", "sample"])
    assert _pin(measured_days(files, None)).before_acquisition is True


def _stated(**changed: Any) -> dict[str, Any]:
    one = {"id": "1", "margin_points": 5.0, "arm": {"dex_nM": 1000}}
    return {"findings": [one | changed], "factors": [{"name": "DEX"}]}


def test_what_has_changed_is_named() -> None:
    assert not changes(_stated(), _stated())
    (margin,) = changes(_stated(), _stated(margin_points=8.0))
    assert margin == Change("1", "margin_points", "5", "8")
    removed, added = changes(_stated(), _stated(id="2"))
    assert [removed.text, added.text] == ["finding 1 was removed", "finding 2 was added"]
    (factors,) = changes(_stated(), {**_stated(), "factors": []})
    assert factors.text == "factors was [{'name': 'DEX'}], is []"


def test_a_changed_finding_was_not_stated_in_advance() -> None:
    days = measured_days(_files("2024-03-05"), None)
    found = _pin(days, [["1", "margin_points", "5", "8"]])
    assert found.before_acquisition is True
    assert not found.states_in_advance(["1", "2"])
    assert found.states_in_advance(["2"])
    assert not _pin(days, [["", "factors", "a", "b"]]).states_in_advance(["2"])


def test_the_flags_say_it() -> None:
    days = measured_days(_files("2024-03-05"), None)
    (pinned,) = _pin(days).flags
    assert (pinned.severity, pinned.sentence) == (
        "note",
        "The findings are those pinned on 2024-03-01 12:00 UTC, before the first measurement "
        "(2024-03-05).",
    )
    (changed,) = _pin(days, [["1", "margin_points", "5", "8"]]).flags
    assert changed.severity == "caution"
    assert changed.sentence.endswith("Since then: finding 1: margin_points was 5, is 8.")
    (after,) = _pin(measured_days(_files("2024-02-01"), None)).flags
    assert (after.severity, "after the first measurement" in after.sentence) == ("caution", True)
    assert not list(Pin(measured=days).flags)
    assert Pin(datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)).order.startswith("order unknown")


EARLIER, LATER, AFTER_THE_DATA = "2024-02-01", "2024-03-02", "2024-04-01"


@pytest.mark.parametrize(
    ("same", "others", "is_replaced"),
    [
        ([], [EARLIER], False),
        ([], [LATER], True),
        ([], [AFTER_THE_DATA], False),
        (["2024-03-03"], [LATER], False),
        (["2024-04-02"], [LATER], True),
    ],
    ids=["replaced it", "replaced by it", "later than the data", "pinned again", "again too late"],
)
def test_one_of_several_pins_may_have_been_chosen_after_the_data(
    same: list[str], others: list[str], is_replaced: bool
) -> None:
    """Two sets of findings were pinned before the data; the earlier one is in force."""
    days = measured_days(_files("2024-03-12T10:00:00"), None)
    times = {
        "same": [AT, *(f"{one}T12:00:00Z" for one in same)],
        "others": [f"{one}T12:00:00Z" for one in others],
    }
    found = Pin.of({"pinned": AT, "changes": [], **times}, days)
    assert found.stated_in_advance is not is_replaced
    assert found.states_in_advance(["1"]) is not is_replaced
    (flag,) = found.flags
    assert flag.severity == ("caution" if is_replaced else "note")
    assert ("chosen after the data were seen" in flag.sentence) is is_replaced
