"""What a tube is, by the words in its name."""

import re
from dataclasses import dataclass

from coculture.new_study.known import Known
from coculture.new_study.stains import Stains, is_of_stroma

_STROMA = r"\bstroma\w*|\bhs-?5\b|\bhs-?27a?\b|\bmsc\b|\bbmsc\b"
_WORDS = {
    "beads": re.compile(r"\b(?:ultra|one)?(?:comp)?[\s_-]*beads?\b|\bcomp[\s_-]?beads\b", re.I),
    "counting": re.compile(r"\b(?:count\w*|rainbow|calib\w*|cst|qc)\b", re.I),
    "fmo": re.compile(r"\bfmo\b|\bminus\b", re.I),
    "unstained": re.compile(r"\bunst(?:ained)?\b|\bus\b|\bno[\s_-]?stain\b|\bblank\b", re.I),
    "single": re.compile(r"\bsingle\b|\bss\b|\bcomp\b|\bcompensation\b|\bsc\b", re.I),
    "only": re.compile(r"\bonly\b|\balone\b", re.I),
    "stroma": re.compile(_STROMA, re.I),
    "stroma alone": re.compile(rf"(?:{_STROMA})(?:\s*cells?\b)?[\s-]*\b(?:only|alone)\b", re.I),
}


_OF_STAINING = (
    re.compile(r"\bfmo\b", re.I),
    *(_WORDS[word] for word in ("unstained", "single", "beads")),
)
"""The words that the name of a culture does not have, whatever its stains."""


@dataclass(frozen=True)
class TubeRole:
    """The role of a tube for flow.csv, the channel of a control, and what is in it.

    `is_stroma_alone`: whether its name says that no cells are on the stroma ("HS5 only").
    """

    role: Known
    channel: Known
    is_beads: bool = False
    is_stroma_alone: bool = False


def control_in(name: str) -> str:
    """The word in a name that says that it is a control and no culture; empty if none does.

    >>> control_in("Unstained.fcs"), control_in("FMO-PI"), control_in("E1-DEX-1")
    ('unstained', 'fmo', '')
    """
    spaced = re.sub(r"[_.]", " ", name)
    found = (word.search(spaced) for word in _OF_STAINING)
    return next((one[0].strip().lower() for one in found if one), "")


def role_of(name: str, stains: Stains) -> TubeRole:
    """The role that the name of a tube says; a name without such words is a sample."""
    # Words are also apart where the name has _ between them.
    spaced = name.replace("_", " ")
    found = {word: match for word, pattern in _WORDS.items() if (match := pattern.search(spaced))}
    channel = stains.channel_in(spaced)
    decided = _decided(found, channel, stains)
    if decided is None:
        return TubeRole(Known("sample", "no word of a control", True), Known())
    role, words = decided
    source = " ".join(dict.fromkeys(found[word][0].strip().lower() for word in words))
    needs_channel = role in ("single_stain", "fmo", "population_negative")
    return TubeRole(
        Known(role, f'"{source}" in the name', True),
        Known(channel, f'"{channel}" in the name', True) if channel and needs_channel else Known(),
        "beads" in found and role != "beads",
        "stroma alone" in found,
    )


def _decided(
    found: dict[str, re.Match[str]], channel: str, stains: Stains
) -> tuple[str, tuple[str, ...]] | None:
    """The role, and the words that decided it."""
    if "fmo" in found:
        by_stain = {stains.annexin.text: "fmo_annexin", stains.viability_dye.text: "fmo_dye"}
        return (by_stain.get(channel, "fmo") if channel else "fmo"), ("fmo",)
    if "beads" in found and "counting" in found and not channel:
        return "beads", ("beads", "counting")
    if "unstained" in found:
        return "unstained", ("unstained", *(("beads",) if "beads" in found else ()))
    is_marker = channel in {one.text for one in stains.others} and not is_of_stroma(channel)
    if "stroma alone" in found and is_marker and not {"single", "beads"} & set(found):
        # Stroma lacks the marker: this is no single stain, which would have nothing positive.
        return "population_negative", ("stroma alone",)
    if channel and ("single" in found or "beads" in found or "only" in found):
        words = tuple(word for word in ("single", "only", "beads") if word in found)
        return "single_stain", words
    if "stroma" in found and "only" in found:
        return "population_negative", ("stroma", "only")
    return None
