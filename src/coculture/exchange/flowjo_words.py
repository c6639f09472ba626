"""Headings of FlowJo's Table Editor in words, for sentences and titles."""

import re

_FREQUENCY = re.compile(r"freq\. of (?P<of>.+)", re.IGNORECASE)
_INTENSITY = re.compile(
    r"(?P<what>(?:robust )?\w+(?: mean)?) \((?:[^)]*::\s*)?(?P<channel>[^)]+)\)", re.I
)


def in_words(heading: str) -> str:
    """A heading in words; any other name as it is.

    >>> in_words("Cells/Live/Annexin+ | Freq. of Parent"), in_words("Cells/Live | Count")
    ('percent Annexin+ of Live', 'number of Live')
    >>> in_words("Live/CD38+ | Freq. of Total"), in_words("Live | Median (Comp-APC-A :: CD38)")
    ('percent CD38+ of all events', 'median CD38 of Live')
    >>> in_words("viability"), in_words("CD4/CD8 ratio")
    ('viability', 'CD4/CD8 ratio')
    """
    path, bar, statistic = heading.partition("|")
    gates = [gate.strip() for gate in path.split("/") if gate.strip()]
    if not bar or not gates:
        return heading
    name = " ".join(statistic.split())
    frequency, intensity = _FREQUENCY.fullmatch(name), _INTENSITY.fullmatch(name)
    if frequency:
        return f"percent {gates[-1]} of {_whole(frequency['of'], gates)}"
    if name.casefold() == "count":
        return f"number of {gates[-1]}"
    if intensity:
        return f"{intensity['what'].lower()} {intensity['channel'].strip()} of {gates[-1]}"
    return heading


def _whole(of: str, gates: list[str]) -> str:
    """What a frequency is a part of."""
    above = [*gates[:-1]]
    steps = {"parent": 1, "grandparent": 2}.get(of.casefold())
    if of.casefold() == "total" or (steps and len(above) < steps):
        return "all events"
    return above[-steps] if steps else of
