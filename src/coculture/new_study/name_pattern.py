"""The pattern in the names of tubes: which part is the experiment, the cells, the treatment.

A pattern is text with fields in braces: `{experiment}-{cells}-{treatment}-{replicate}`.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

FIELDS = ("experiment", "donor", "cells", "stroma", "treatment", "hours", "replicate")
CONTROL_WORDS = (
    *("untreated", "ctrl", "control", "vehicle", "veh", "dmso", "none", "nt", "medium", "mock"),
    *("unt", "ut", "no drug", "no treatment", "pbs", "0"),
)
"""Treatments that are none."""
_FEWEST = 0.8
"""A guess must match so many of the names."""
_EXPERIMENT = re.compile(r"(?:e|exp|experiment|day|d|donor|n|run|rep)[\s_]*\d+", re.IGNORECASE)
_REPLICATE = re.compile(r"(?:rep|r|w|#)?\d{1,2}|[a-d]", re.IGNORECASE)
_MOST_CELLS = 6
STROMA = re.compile(
    r"(?:(?P<none>no|w/?o|without|minus|-)[\s_-]?)?(?:on[\s_-]?)?"
    r"(?:hs-?5|hs-?27a?|stroma(?:\s?cells?)?|b?m?msc|bmsc|hmsc|saka-?t?|fibroblasts?)"
    r"|mono(?:culture)?|alone|suspension",
    re.IGNORECASE,
)
"""Words for what cells grow on, and for nothing."""


class PatternError(ValueError):
    """A pattern has an unknown field, or none; the message is a whole sentence."""


@dataclass(frozen=True)
class NamePattern:
    """A pattern, and what it finds in a name."""

    text: str

    def __post_init__(self) -> None:
        fields = re.findall(r"{(.*?)}", self.text)
        unknown = [field for field in fields if field not in FIELDS]
        if unknown or not fields or len(set(fields)) < len(fields):
            raise PatternError(
                f'"{self.text}" is no pattern of names. Write each of these fields at most once: '
                f"{', '.join(f'{{{field}}}' for field in FIELDS)}."
            )

    def fields_of(self, name: str) -> dict[str, str]:
        """The fields in a name; empty if the pattern does not match it."""
        match = self._expression().fullmatch(name.strip())
        return match.groupdict() if match else {}

    def _expression(self) -> re.Pattern[str]:
        parts = re.split(r"{(.*?)}", self.text)
        texts, fields = parts[::2], parts[1::2]
        found = re.escape(texts[0])
        for field, text in zip(fields, texts[1:], strict=True):
            # A treatment may contain what separates the other fields.
            inside = ".+" if field == "treatment" else r"[^\s_-]+?|.+?"
            found += f"(?P<{field}>{inside}){re.escape(text)}"
        return re.compile(found, re.IGNORECASE)


def guess(names: Sequence[str], sessions: Sequence[int]) -> NamePattern | None:
    """The pattern that most names of samples have; None if there is none.

    Parameters
    ----------
    sessions
        The session of each name: the experiment is a part that is the same within each.
    """
    found = [
        pattern for separator in ("-", "_", " ") if (pattern := _with(separator, names, sessions))
    ]
    return max(
        found, key=lambda one: (len(re.findall("{", one.text)), _share(one, names)), default=None
    )


def _share(pattern: NamePattern, names: Sequence[str]) -> float:
    return sum(bool(pattern.fields_of(name)) for name in names) / max(1, len(names))


def _with(separator: str, names: Sequence[str], sessions: Sequence[int]) -> NamePattern | None:
    parts = [name.split(separator) for name in names]
    if sum(len(one) >= 2 for one in parts) < _FEWEST * len(parts) or not parts:
        return None
    fields: list[str] = []
    first = [one[0] for one in parts]
    if _is_experiment(first, sessions):
        fields.append("experiment")
    rest = [one[len(fields) :] for one in parts]
    has_replicate = _most(bool(one) and bool(_REPLICATE.fullmatch(one[-1])) for one in rest)
    middle = [one[: -1 if has_replicate else None] for one in rest]
    if _are_cells(middle):
        fields.append("cells")
        if _are_stroma(one[1] for one in middle if len(one) > 2):
            fields.append("stroma")
    fields.append("treatment")
    if has_replicate:
        fields.append("replicate")
    pattern = NamePattern(separator.join(f"{{{field}}}" for field in fields))
    return pattern if len(fields) > 1 and _share(pattern, names) >= _FEWEST else None


def _most(answers: Iterable[bool]) -> bool:
    given = list(answers)
    return bool(given) and sum(given) >= _FEWEST * len(given)


def _is_experiment(texts: Sequence[str], sessions: Sequence[int]) -> bool:
    """Whether a part names the session, or looks like the name of an experiment."""
    if _most(bool(_EXPERIMENT.fullmatch(text)) for text in texts):
        return True
    by_session: dict[int, set[str]] = {}
    for text, session in zip(texts, sessions, strict=True):
        by_session.setdefault(session, set()).add(text)
    names = [next(iter(one)) for one in by_session.values()]
    alike = all(len(one) == 1 for one in by_session.values())
    return alike and len(names) > 1 and len(set(names)) == len(names)


def _are_cells(parts: Sequence[Sequence[str]]) -> bool:
    """Whether the first of several parts names cells: few of them, each with several treatments."""
    if not _most(len(one) >= 2 for one in parts):
        return False
    treatments: dict[str, set[tuple[str, ...]]] = {}
    for one in parts:
        if len(one) >= 2:
            treatments.setdefault(one[0], set()).add(tuple(one[1:]))
    few = len(treatments) <= _MOST_CELLS
    return few and all(len(one) > 1 for one in treatments.values())


def _are_stroma(texts: Iterable[str]) -> bool:
    """Whether a part says what the cells grow on, in two ways at least or always the same."""
    return _most(bool(STROMA.fullmatch(text)) for text in texts)


def stroma_named(text: str) -> str:
    """The stroma that a part of a name says; empty for none.

    >>> stroma_named("HS5"), stroma_named("noHS5"), stroma_named("mono")
    ('HS5', '', '')
    """
    match = STROMA.fullmatch(text.strip())
    is_none = match is not None and (match["none"] or re.match("mono|alone|susp", text, re.I))
    return "" if is_none else text


def replicate_number(text: str) -> str:
    """The number of a replicate, whose name is a number or a letter; empty if it has none.

    >>> replicate_number("rep2"), replicate_number("b"), replicate_number("")
    ('2', '2', '')
    """
    number = re.sub(r"\D", "", text)
    letter = text.strip().lower()
    is_letter = len(letter) == 1 and letter in "abcd"
    return number or (str("abcd".index(letter) + 1) if is_letter else "")


def is_untreated(treatment: str) -> bool:
    """Whether the name of a treatment says that there is none."""
    return treatment.strip().lower() in CONTROL_WORDS


def drugs_of(treatments: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Treatment -> drug -> its dose and unit as the name has them, both empty where it has none.

    A number without a unit is a dose where another treatment has the same drug with another number
    (BTZ2, BTZ5); else it is a part of the name (IL6). Drugs have + between them, or - or _ where
    each is by itself a treatment (DEX-IL1Ra of a study with DEX and with IL1Ra).

    >>> drugs_of(["DEX 100nM + IL-1Ra"])
    {'DEX 100nM + IL-1Ra': {'DEX': ('100', 'nM'), 'IL-1Ra': ('', '')}}
    >>> drugs_of(["BTZ2", "BTZ5", "IL6"])
    {'BTZ2': {'BTZ': ('2', '')}, 'BTZ5': {'BTZ': ('5', '')}, 'IL6': {'IL6': ('', '')}}
    """
    found: dict[str, dict[str, tuple[str, str]]] = {}
    bare = _drugs_with_bare_doses(treatments)
    for treatment in treatments:
        drugs = {}
        if not is_untreated(treatment):
            for part in _parts(treatment, treatments):
                match = _DOSE.fullmatch(part)
                numbered = _NUMBERED.fullmatch(part)
                if match:
                    drugs[match["drug"].strip(" _-")] = match["dose"], match["unit"]
                elif numbered and numbered["drug"] in bare:
                    drugs[numbered["drug"]] = numbered["dose"], ""
                else:
                    drugs[part] = "", ""
        found[treatment] = drugs
    return found


def _parts(treatment: str, treatments: Sequence[str]) -> list[str]:
    """The drugs with their doses that a treatment combines."""
    alone = {one.strip() for one in treatments if not is_untreated(one)} - {treatment.strip()}
    joined = [one.strip() for one in re.split(r"\s*(?:\+|&|\band\b)\s*", treatment)]
    return [part for one in joined for part in _treatments_in(one, alone) or [one]]


def _treatments_in(text: str, alone: Collection[str]) -> list[str]:
    """The treatments that a text consists of, with - or _ between them; none if it does not."""
    for mark in re.finditer("[-_]", text):
        first, rest = text[: mark.start()].strip(), text[mark.end() :].strip()
        others = _treatments_in(rest, alone) if first in alone else []
        if others:
            return [first, *others]
    return [text] if text in alone else []


def _drugs_with_bare_doses(treatments: Sequence[str]) -> set[str]:
    """The drugs that are named with two different numbers, and never without."""
    named = {part for treatment in treatments for part in _parts(treatment, treatments)}
    doses: dict[str, set[str]] = {}
    for part in named:
        match = _NUMBERED.fullmatch(part)
        if match and match["drug"] not in named and match["drug"].upper() not in _CODES:
            doses.setdefault(match["drug"], set()).add(match["dose"])
    return {drug for drug, found in doses.items() if len(found) > 1}


_CODES = frozenset(
    """
    ABT ACY AMG AT AZD BAY BGB BMS BV CC CCL CD CPI CX CXCL FK GDC GM GSK HDAC HS IC IL INK
    IPI JQ KU LY MG MI MK MLN NVP ONX PD PF PLX PR PX QVD RO S SB SGN SP STA TAK TG TNF TW
    UO VX WP
    """.split()  # noqa: SIM905  a list of short words
)
"""What the number is a part of: codes of makers, cytokines and antigens (ABT-199 is no dose)."""
_NUMBERED = re.compile(r"(?P<drug>[A-Za-z][A-Za-z-]*?)[\s_-]*(?P<dose>\d+(?:\.\d+)?)")
_DOSE = re.compile(
    r"(?P<drug>.*?[A-Za-z].*?)[\s_-]*(?P<dose>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>[pnuµm]M|[pnuµm]g/m[lL]|U/m[lL]|Gy)"
)


def matches(pattern: NamePattern, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Name -> its fields, for the names that the pattern matches."""
    found = {name: pattern.fields_of(name) for name in names}
    return {name: fields for name, fields in found.items() if fields}
