"""Experiments of one day: wells of one culture day may have been declared as several experiments.

Experiments of the same donor and the same cells that were acquired, or cultured, on the same day
share the thaw, the medium and the reagents. Their wells are then repeats of one experiment, and the
number of experiments is smaller than it seems.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many

CODE = "experiments_of_one_day"
_NIGHT = datetime.timedelta(hours=4)
"""Wells of one evening may be acquired until then; no laboratory begins its day before."""
ACQUIRED, CULTURED = "acquired", "cultured"


@dataclass(frozen=True)
class SharedDay:
    """Experiments of the same donor and cells that share a day.

    Attributes
    ----------
    experiments
        Sorted.
    days
        As YYYY-MM-DD, or as cultures.csv gives them; sorted.
    shared
        What happened on these days: `ACQUIRED`, `CULTURED`, or both.
    donor
        Empty where the study names none.
    of
        The number of experiments of the study.
    """

    experiments: tuple[str, ...]
    days: tuple[str, ...]
    shared: tuple[str, ...]
    donor: str
    of: int

    @property
    def sentence(self) -> str:
        """What they share, and what it means for n."""
        donor = (
            f"the same donor ({self.donor}) and the same cells"
            if self.donor
            else ("the same cells")
        )
        left = self.of - len(self.experiments) + 1
        return (
            f"{listed(self.experiments)} have {donor} and were {listed(self.shared)} on the same "
            f"day ({listed(self.days)}). If they are wells of one experiment, the study has "
            f"{many(left, 'experiment')}, not {self.of}."
        )

    @property
    def flag(self) -> Flag:
        """A caution about the study."""
        return Flag(
            Concerns("comparison/findings.csv", "study"),
            CODE,
            "caution",
            self.sentence,
            len(self.experiments),
            1.0,
            "experiments",
        )


def shared_days(cultures: pd.DataFrame, files: pd.DataFrame | None = None) -> list[SharedDay]:
    """The experiments that share a day, in groups.

    Parameters
    ----------
    cultures
        culture, experiment and cells; donor and date where the study gives them.
    files
        Of the FCS files culture and acquired (flow/wells.csv); controls are not used, because
        several experiments may share them. None without flow cytometry.
    """
    days = days_of(cultures, files)
    kinds = _kinds(cultures)
    linked: dict[tuple[str, str], dict[str, set[str]]] = {}
    for one, other in combinations(sorted(kinds), 2):
        if kinds[one].is_like(kinds[other]):
            both = {
                what: of.get(one, frozenset()) & of.get(other, frozenset())
                for what, of in days.items()
            }
            if any(both.values()):
                linked[one, other] = {what: set(common) for what, common in both.items()}
    return [
        SharedDay(
            experiments=group,
            days=tuple(
                sorted({day for each in found for common in each.values() for day in common})
            ),
            shared=tuple(what for what in days if any(each[what] for each in found)),
            donor=listed(donors) if (donors := sorted(_common(kinds, group))) else "",
            of=len(kinds),
        )
        for group in connected(linked)
        for found in [[each for pair, each in linked.items() if pair[0] in group]]
    ]


def days_of(
    cultures: pd.DataFrame, files: pd.DataFrame | None = None
) -> dict[str, Mapping[str, frozenset[str]]]:
    """What happened -> experiment -> its days, where they are known. Arguments of `shared_days`."""
    return {ACQUIRED: _acquired(cultures, files), CULTURED: _cultured(cultures)}


def dependent(shared: Iterable[SharedDay]) -> list[frozenset[str]]:
    """The groups of experiments that may be one experiment."""
    return [frozenset(one.experiments) for one in shared]


@dataclass(frozen=True)
class _Kind:
    donors: frozenset[str]
    cells: frozenset[str]

    def is_like(self, other: "_Kind") -> bool:
        """Whether donor and cells say nothing against one experiment: both have some of the same.

        An experiment that names no donor may have that of the other.
        """
        are_named = bool(self.donors) and bool(other.donors)
        have_same = not are_named or bool(self.donors & other.donors)
        return have_same and bool(self.cells & other.cells)


def _common(kinds: Mapping[str, _Kind], experiments: Iterable[str]) -> frozenset[str]:
    """The donors that all these experiments name."""
    return frozenset.intersection(*(kinds[one].donors for one in experiments))


def _kinds(cultures: pd.DataFrame) -> dict[str, _Kind]:
    donors = cultures["donor"].fillna("") if "donor" in cultures else pd.Series("", cultures.index)
    rows = cultures.assign(donor=donors.map(str), cells=cultures["cells"].map(str))
    return {
        # Experiments with other cells can have the same stroma alone.
        str(name): _Kind(
            frozenset(of["donor"]) - {""}, frozenset(set(of["cells"]) - {""} or of["cells"])
        )
        for name, of in rows.groupby("experiment")
    }


def _acquired(cultures: pd.DataFrame, files: pd.DataFrame | None) -> Mapping[str, frozenset[str]]:
    """Experiment -> the day on which most of its samples were acquired."""
    if files is None or files.empty or "acquired" not in files:
        return {}
    experiment = dict(zip(cultures["culture"], cultures["experiment"], strict=True))
    of = files["culture"].map(experiment)
    days = files["acquired"].fillna("").map(str).map(_day_of_work)
    known = pd.DataFrame({"experiment": of, "day": days})[of.notna() & (days != "")]
    return {
        str(name): frozenset([str(each.mode().iloc[0])])
        for name, each in known.groupby("experiment")["day"]
    }


def _day_of_work(acquired: str) -> str:
    """The day of a moment; the hours after midnight belong to the evening before.

    >>> _day_of_work("2024-03-05T23:50:00"), _day_of_work("2024-03-06T00:40:00")
    ('2024-03-05', '2024-03-05')
    >>> _day_of_work("2024-03-06"), _day_of_work("")
    ('2024-03-06', '')
    """
    try:
        moment = datetime.datetime.fromisoformat(acquired)
    except ValueError:
        return acquired[:10]
    return (moment - _NIGHT).date().isoformat() if "T" in acquired else acquired[:10]


def _cultured(cultures: pd.DataFrame) -> Mapping[str, frozenset[str]]:
    """Experiment -> the days on which its cultures were begun."""
    if "date" not in cultures:
        return {}
    known = cultures[cultures["date"].fillna("") != ""]
    return {str(name): frozenset(map(str, of)) for name, of in known.groupby("experiment")["date"]}


def connected(linked: Iterable[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """The connected experiments, each group sorted."""
    groups: list[set[str]] = []
    for pair in linked:
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(pair).union(*touching))
    for group in sorted(map(sorted, groups)):
        yield tuple(group)
