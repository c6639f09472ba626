"""When the findings were stated: whether they were pinned, changed since, and before the data.

A pin is what `make pin-findings` wrote: the findings with every limit, and the time. It is compared
with the days on which files say that they were measured, never with the dates of files.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many

PINNED = "findings_pinned"
CHANGED = "findings_changed_since_pinned"
AFTER = "findings_pinned_after_acquisition"
REPLACED = "findings_of_an_earlier_pin"
_FARTHEST_EAST, _FARTHEST_WEST = datetime.timedelta(hours=14), datetime.timedelta(hours=12)
"""Instruments write the time of their place, which may be so far ahead of or behind UTC."""
_MOST_LISTED = 4
FORM = "%Y-%m-%dT%H:%M:%SZ"
"""How a pin writes its time."""


@dataclass(frozen=True)
class Change:
    """One thing that differs from what was pinned.

    Attributes
    ----------
    finding
        Its id; empty for what all findings depend on, such as the factors.
    key
        The key of the config; empty if the finding was added or removed.
    before, now
        As text; empty where there is none.
    """

    finding: str
    key: str
    before: str
    now: str

    @property
    def text(self) -> str:
        """As it continues a list.

        >>> Change("2a", "margin_points", "5", "8").text
        'finding 2a: margin_points was 5, is 8'
        """
        name = f"finding {self.finding}" if self.finding else ""
        if not self.key:
            return f"{name} was {'added' if self.now else 'removed'}"
        where = f"{name}: {self.key}" if name else self.key
        if max(len(self.before), len(self.now)) > 40:
            return f"{where} was changed"
        return f"{where} was {self.before or 'not given'}, is {self.now or 'not given'}"


@dataclass(frozen=True)
class Measured:
    """When the data were measured, as the files themselves say.

    Attributes
    ----------
    first
        The first and the last moment at which the first measurement may have been, in the time of
        its place; None if no file says.
    without_day
        The number of FCS files, plates and tables of values that do not say.
    """

    first: tuple[datetime.datetime, datetime.datetime] | None = None
    without_day: int = 0


@dataclass(frozen=True)
class Pin:
    """What is known about when the findings in force were stated.

    Attributes
    ----------
    at
        When they were pinned, in UTC; None if they were not.
    changes
        What differs from the pin.
    same, others
        The times of every pin of these findings, and of those of other findings.
    """

    at: datetime.datetime | None = None
    changes: tuple[Change, ...] = ()
    measured: Measured = field(default_factory=Measured)
    same: tuple[datetime.datetime, ...] = ()
    others: tuple[datetime.datetime, ...] = ()

    @classmethod
    def of(cls, stated: Mapping[str, Any], measured: Measured) -> "Pin":
        """From what the study found (`study.pinned_findings.read`): pinned, changes, or nothing."""
        if not stated:
            return cls(measured=measured)
        changed = tuple(Change(*one) for one in stated["changes"])
        same, others = (tuple(map(_moment, stated.get(which, ()))) for which in ("same", "others"))
        return cls(_moment(stated["pinned"]), changed, measured, same, others)

    @property
    def before_acquisition(self) -> bool | None:
        """Whether the pin is older than every measurement; None if the order is not known.

        It is not known if a file does not say when it was measured, or if both are so near that
        the time zone of the instrument decides.
        """
        return None if self.at is None else self._is_before(self.at)

    def _is_before(self, at: datetime.datetime) -> bool | None:
        """The same of any moment."""
        if self.measured.first is None:
            return None
        earliest, latest = self.measured.first
        at = at.replace(tzinfo=None)
        if at > latest + _FARTHEST_WEST:
            return False
        is_before = at < earliest - _FARTHEST_EAST
        return True if is_before and not self.measured.without_day else None

    @property
    def replaced(self) -> tuple[datetime.datetime, ...]:
        """Pins of other findings that were the last before the data, or may have been.

        Findings in force that were pinned earlier may have been chosen from several pins.
        """
        if self.at is None or self.changes:
            return ()
        last = max((one for one in self.same if self._is_before(one)), default=self.at)
        return tuple(one for one in self.others if one > last and self._is_before(one) is not False)

    @property
    def stated_in_advance(self) -> bool | None:
        """Whether all findings are in force as they were pinned, before the data were there.

        None without a pin, or if the order of pin and measurements is not known.
        """
        if self.at is not None and (self.changes or self.replaced):
            return False
        return self.before_acquisition

    def states_in_advance(self, findings: Iterable[str]) -> bool:
        """Whether these findings are in force as they were pinned, before the data were there."""
        names = set(findings)
        changed = {one.finding for one in self.changes}
        is_in_force = bool(self.before_acquisition) and not self.replaced
        return is_in_force and not changed & {*names, ""}

    @property
    def order(self) -> str:
        """The order of pin and measurements, as it continues a sentence."""
        if self.measured.first is None:
            return "order unknown: no file says when it was measured"
        day = self.measured.first[0].date().isoformat()
        if self.before_acquisition:
            return f"before the first measurement ({day})"
        if self.before_acquisition is False:
            return f"after the first measurement ({day})"
        if self.measured.without_day:
            lacking = many(self.measured.without_day, "measurement")
            return (
                f"order unknown: {lacking} (FCS files, plates, finished numbers) without a day "
                f"(the first that does: {day})"
            )
        return f"order unknown: the first measurement is near ({day})"

    @property
    def flags(self) -> Iterator[Flag]:
        """What a reader should know of it; without a pin nothing."""
        concerns = Concerns("comparison/findings.csv", "study")
        if self.at is None:
            return
        at = f"{self.at:%Y-%m-%d %H:%M} UTC"
        if self.changes:
            yield Flag(
                concerns,
                CHANGED,
                "caution",
                f"The findings are not those that were pinned on {at}, {self.order}. "
                f"Since then: {_listed([one.text for one in self.changes])}.",
                len(self.changes),
                unit="changes",
            )
        elif self.before_acquisition is False:
            yield Flag(
                concerns,
                AFTER,
                "caution",
                f"The findings were pinned on {at}, {self.order}: they may have been chosen after "
                "the data were seen.",
            )
        elif self.replaced:
            yield Flag(
                concerns,
                REPLACED,
                "caution",
                f"The findings are those pinned on {at}, {self.order}, but other findings were "
                f"pinned after them, on {self.replaced[-1]:%Y-%m-%d %H:%M} UTC. Which of them are "
                "in force may have been chosen after the data were seen.",
                len(self.replaced),
                unit="pins",
            )
        else:
            yield Flag(
                concerns, PINNED, "note", f"The findings are those pinned on {at}, {self.order}."
            )


def _moment(written: str) -> datetime.datetime:
    return datetime.datetime.strptime(written, FORM).replace(tzinfo=datetime.UTC)


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_LISTED
    shown = list(texts[:_MOST_LISTED])
    return listed([*shown, many(more, "more change")] if more > 0 else shown)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What differs between two statements (`study.pinned_findings.statement`)."""
    old, new = ({str(one["id"]): one for one in each["findings"]} for each in (before, now))
    found = [Change(name, "", "given", "") for name in old if name not in new]
    found += [Change(name, "", "", "given") for name in new if name not in old]
    for name in (name for name in new if name in old):
        found += _differences(name, old[name], new[name])
    rest = [
        {key: value for key, value in one.items() if key != "findings"} for one in (before, now)
    ]
    return [*found, *_differences("", *rest)]


def _differences(
    finding: str, before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *now]):
        if before.get(key) != now.get(key):
            yield Change(finding, key, _text(before.get(key)), _text(now.get(key)))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def measured_days(
    flow_wells: pd.DataFrame | None, elisa_wells: pd.DataFrame | None, *, has_values: bool = False
) -> Measured:
    """When the samples of a study were measured.

    Parameters
    ----------
    flow_wells, elisa_wells
        flow/wells.csv (`acquired`) and elisa/wells.csv (`read_on`); None or empty without them.
    has_values
        Whether the study has finished numbers, which never say when they were measured.
    """
    written: list[str] = []
    for wells, key, column in ((flow_wells, "fcs", "acquired"), (elisa_wells, "plate", "read_on")):
        if wells is not None and len(wells):
            samples = wells[wells["role"] == "sample"]
            samples = samples.drop_duplicates(key if key in samples else None)
            days = samples.get(column, pd.Series("", samples.index)).fillna("")
            written += [str(one) for one in days]
    known = [_moments(one) for one in written if one]
    first = (min(low for low, _ in known), min(high for _, high in known)) if known else None
    return Measured(first, written.count("") + has_values)


def _moments(written: str) -> tuple[datetime.datetime, datetime.datetime]:
    """The first and the last moment that a day, a time or an interval of days may mean."""
    first, _, last = written.partition("/")
    low = datetime.datetime.fromisoformat(first)
    high = datetime.datetime.fromisoformat(last or first)
    return low, high if "T" in (last or first) else high + datetime.timedelta(days=1)
