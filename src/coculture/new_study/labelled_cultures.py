"""Cultures of a study without FCS files, from the labels in its maps of ELISA plates.

"MM1S on HS5 LEN 10uM 2" is replicate 2 of MM1S cells on HS5 with LEN 10uM.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coculture.elisa import PlateError
from coculture.elisa.plates.label_grid import parse_label
from coculture.new_study.name_pattern import STROMA, stroma_named
from coculture.new_study.own_maps import OwnMap
from coculture.study.plate_maps.wells_in_names import plain_well

_REPLICATE = re.compile(r"(?P<rest>.*\S)[\s_-]+#?(?:rep|r|w)?(?P<number>\d{1,2})", re.IGNORECASE)
_ON_STROMA = re.compile(r"(?P<cells>.+?)\s+(?:on|with)\s+(?P<stroma>\S+)(?:\s+(?P<rest>.+))?")
_BOTH = re.compile(r"(?P<one>\S+?)\s*\+\s*(?P<other>\S+)(?:\s+(?P<rest>.+))?")
_ALONE = re.compile(r"(?P<one>\S+)\s+(?:only|alone)(?:\s+(?P<rest>.+))?", re.IGNORECASE)
UNTREATED = "untreated"
"""The treatment of a label that names none."""


@dataclass(frozen=True)
class LabelledCulture:
    """A culture as the label of its wells names it; an empty text is not in the label."""

    experiment: str
    label: str
    cells: str
    stroma: str
    treatment: str
    replicate: int

    @property
    def name(self) -> str:
        return f"{self.experiment}-{self.label}" if self.experiment else self.label


def labelled_cultures(maps: Sequence[OwnMap]) -> list[LabelledCulture]:
    """The cultures that ELISA maps name; none if they name wells of culture plates."""
    named = list(dict.fromkeys(one for own in maps if own.table == "elisa" for one in _named(own)))
    if any(plain_well(label.split()[-1]) for _, label in named):
        return []
    replicates: Counter[tuple[str, ...]] = Counter()
    found = []
    for experiment, label in named:
        parts, number = in_label(label)
        replicates[(experiment, *parts)] += 1
        found.append(
            LabelledCulture(experiment, label, *parts, number or replicates[(experiment, *parts)])
        )
    return found


def in_label(label: str) -> tuple[tuple[str, str, str], int | None]:
    """Cells, stroma and treatment of a label, and its replicate if it has one.

    >>> in_label("MM1S on HS5 LEN 10uM 2")
    (('MM1S', 'HS5', 'LEN 10uM'), 2)
    """
    rest, number = _without_replicate(label)
    return _parts(rest), number


def _without_replicate(label: str) -> tuple[str, int | None]:
    """A label without the number of its replicate, and that number if it has one."""
    match = _REPLICATE.fullmatch(label)
    return (match["rest"], int(match["number"])) if match else (label, None)


def says_stroma(label: str) -> bool:
    """Whether a label says in words what the cells grow on, or that something is alone.

    >>> says_stroma("MM1S on HS5 LEN 2"), says_stroma("HS5 only 1"), says_stroma("MM1S LEN 2")
    (True, True, False)
    """
    label, _ = _without_replicate(label)
    on = _ON_STROMA.fullmatch(label)
    both = _BOTH.fullmatch(label)
    named = [on["stroma"]] if on else [both["one"], both["other"]] if both else []
    return bool(_ALONE.fullmatch(label)) or any(STROMA.fullmatch(one) for one in named)


def _named(own: OwnMap) -> Iterator[tuple[str, str]]:
    """Experiment and label of each culture of a map."""
    for grid in own.drawn.grids:
        for written in grid.wells.values():
            if not written.text:
                continue
            try:
                label = parse_label(written.text)
            except PlateError:
                continue
            if label["role"] == "sample" and label["culture"]:
                yield from ((one, str(label["culture"])) for one in own.homes or ("",))


def _parts(text: str) -> tuple[str, str, str]:
    """Cells, stroma and treatment in a label without its replicate.

    >>> _parts("MM1S on HS5 LEN 10uM"), _parts("HS5 only ctrl"), _parts("U266 alone DEX")
    (('MM1S', 'HS5', 'LEN 10uM'), ('', 'HS5', 'ctrl'), ('U266', 'none', 'DEX'))
    >>> _parts("U266 DEX 10nM"), _parts("MM1S+HS-5")
    (('U266', '', 'DEX 10nM'), ('MM1S', 'HS-5', 'untreated'))
    """
    on = _ON_STROMA.fullmatch(text)
    if on:
        return on["cells"], stroma_named(on["stroma"]), on["rest"] or UNTREATED
    both = _BOTH.fullmatch(text)
    if both:
        stroma = next((both[one] for one in ("other", "one") if STROMA.fullmatch(both[one])), "")
        if stroma:
            cells = both["one"] if stroma == both["other"] else both["other"]
            return cells, stroma, both["rest"] or UNTREATED
    alone = _ALONE.fullmatch(text)
    if alone:
        is_stroma = bool(STROMA.fullmatch(alone["one"]))
        cells, stroma = ("", alone["one"]) if is_stroma else (alone["one"], "none")
        return cells, stroma, alone["rest"] or UNTREATED
    cells, _, rest = text.partition(" ")
    if STROMA.fullmatch(cells):
        return "", cells, rest or UNTREATED
    return cells, "", rest or UNTREATED
