"""Which channel is which: from the labels of the files, else nothing."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coculture.flow.channels import is_fluorescence, same_name
from coculture.flow.stain_labels import says
from coculture.new_study.fcs_facts import FcsFacts
from coculture.new_study.known import NOTHING, Known

_SCATTER = {
    "forward_scatter_area": ("FSC-A", "FS-A", "FSC.A", "FS INT", "FSC-H", "FSC"),
    "forward_scatter_height": ("FSC-H", "FS-H", "FSC.H", "FS PEAK"),
    "side_scatter_area": ("SSC-A", "SS-A", "SSC.A", "SS INT", "SSC-H", "SSC"),
    "time": ("Time", "TIME", "HDR-T"),
}
"""The usual names of the channels that are no stains, the best first."""
LABEL = "$PnS"
_ANNEXIN = re.compile(r"\banx?[\s-]?v?\b|\bannx?[\s-]?v?\b|\bannexin", re.IGNORECASE)
_DYE = re.compile(r"\bdye\b|\bviability\b|\blive[\s/-]?dead\b|\bl/d\b|\bdead\b", re.IGNORECASE)
"""How the names of tubes call the two, whatever they are conjugated to."""
_OF_STROMA = re.compile(r"\bCD(?:105|90|73|29|44|146|271)\b|\bSTRO-?1\b", re.IGNORECASE)
"""Markers of mesenchymal stroma (ISCT, Dominici 2006, and others in use), which the population of
a co-culture is usually gated to lack."""
_ANNEXIN_USUALLY, _DYE_USUALLY = ("FITC", "APC", "Annexin"), ("PI", "7-AAD", "DAPI", "PerCP")
"""Annexin V is usually conjugated to one of these, and the dye is one of those."""


@dataclass(frozen=True)
class Stains:
    """The channels of a study as its config names them.

    `others` are labelled channels that are neither Annexin V nor a dye: perhaps markers.
    """

    scatter: Mapping[str, Known]
    annexin: Known
    viability_dye: Known
    others: tuple[Known, ...]

    def channel_in(self, text: str) -> str:
        """The stain that a text names, as the config does; empty if it names none or several."""
        named = {one.text for one in self._all() if one and _names(text, one.text)}
        for one, pattern in ((self.annexin, _ANNEXIN), (self.viability_dye, _DYE)):
            named |= {one.text} if one and pattern.search(text) else set()
        return named.pop() if len(named) == 1 else ""

    def _all(self) -> tuple[Known, ...]:
        return (self.annexin, self.viability_dye, *self.others)


def is_of_stroma(label: str) -> bool:
    """Whether a label names a marker of stroma.

    >>> is_of_stroma("CD105 BV421"), is_of_stroma("CD138")
    (True, False)
    """
    return bool(_OF_STROMA.search(label))


def stains_of(files: Sequence[FcsFacts]) -> Stains:
    """The channels that most of the files have, and what their labels say of them."""
    present = Counter(name for one in files for name in one.labels)
    names = [name for name, times in present.items() if 2 * times > len(files)]
    labels = {
        name: Counter(one.labels.get(name, "") for one in files).most_common(1)[0][0]
        for name in names
    }
    scatter: dict[str, Known] = {}
    for role, usual in _SCATTER.items():
        by_lower = {name.lower(): name for name in names}
        found = next((by_lower[one.lower()] for one in usual if one.lower() in by_lower), "")
        # One channel cannot be both the area and the height.
        if found and found not in {one.text for one in scatter.values()}:
            scatter[role] = Known(found, "$PnN")
    stained = [name for name in names if is_fluorescence(name)]
    kinds = {name: says(name, labels[name]) for name in stained}
    return Stains(
        scatter,
        _only("annexin", kinds, labels) or _usual(_ANNEXIN_USUALLY, stained, labels),
        _only("viability_dye", kinds, labels) or _usual(_DYE_USUALLY, stained, labels),
        tuple(
            Known(labels[name], LABEL)
            for name in stained
            if kinds[name] is None and labels[name] and not same_name(labels[name], name)
        ),
    )


def _only(kind: str, kinds: Mapping[str, str | None], labels: Mapping[str, str]) -> Known:
    """The one channel of a kind, by its label; nothing if there is none, or several."""
    found = [name for name, one in kinds.items() if one == kind]
    areas = [name for name in found if name.upper().endswith("-A")]
    found = areas if len(areas) == 1 else found
    if len(found) != 1:
        return NOTHING
    label = labels[found[0]]
    return Known(label or found[0], LABEL if label else "$PnN")


def _usual(fluorochromes: Sequence[str], names: Sequence[str], labels: Mapping[str, str]) -> Known:
    """The one channel of files without labels that is named after a usual fluorochrome."""
    if any(labels[name] for name in names):
        return NOTHING
    found = [name for name in names if any(_names(name, one) for one in fluorochromes)]
    return (
        Known(found[0], "the name of the detector, a guess", True) if len(found) == 1 else NOTHING
    )


def _names(text: str, stain: str) -> bool:
    """Whether a text names a stain: whole, or by its first word (Annexin of Annexin V-APC)."""
    bare = "".join(sign for sign in text.lower() if sign.isalnum())
    whole = "".join(sign for sign in stain.lower() if sign.isalnum())
    first = "".join(sign for sign in stain.lower().split()[0] if sign.isalnum())
    return whole in bare or (len(first) > 1 and first in bare)
