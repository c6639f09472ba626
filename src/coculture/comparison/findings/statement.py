"""What the statement of a finding says in words, as far as it can be read with certainty.

A statement is free text. Read are only phrases that name the endpoint beside a verb of direction
("does not raise apoptosis", "the lowest IL-6"), names of drugs and cells, and superlatives.
Anything else is left alone, because a false warning teaches people to ignore warnings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Direction = Literal["raised", "lowered"]

_STEMS: dict[Direction, tuple[str, ...]] = {
    "raised": (
        *("rais(?:e|es|ed|ing)", "increas(?:e|es|ed|ing)", "elevat(?:e|es|ed|ing)"),
        *("enhanc(?:e|es|ed|ing)", "boost(?:s|ed|ing)?", "augment(?:s|ed|ing)?"),
        *("induc(?:e|es|ed|ing)", "stimulat(?:e|es|ed|ing)", "promot(?:e|es|ed|ing)"),
        *("rise", "rises", "higher", "highest", "more", "maximal"),
    ),
    "lowered": (
        *("lower(?:s|ed|ing)?", "lowest", "reduc(?:e|es|ed|ing|tion)", "decreas(?:e|es|ed|ing)"),
        *("diminish(?:es|ed|ing)?", "inhibit(?:s|ed|ing)?", "suppress(?:es|ed|ing)?"),
        *("fall", "falls", "drop", "drops", "less", "minimal"),
    ),
}
_AFTER: dict[Direction, str] = {
    "raised": "higher|highest|raised|increased|elevated",
    "lowered": "lower|lowest|lowered|reduced|decreased|inhibited",
}
"""Words of direction after the endpoint and "is"; without it they may have another object."""
_BETWEEN = (
    r"(?:the|in|of|its|their|a|an|percent|percentage|level|levels|amount|secretion|release|"
    r"production|secreted)"
)
_NEGATIONS = frozenset(
    {"not", "never", "no", "without", "neither", "nor", "hardly", "barely", "scarcely", "cannot"}
    | {"fails", "failed", "doesn't", "don't", "didn't", "won't", "isn't", "wasn't"}
)
_STILL_POSITIVE = frozenset({"only", "just", "merely"})
"""After a negation: "not only lowers"."""
_REACH = 3
"""Words before a verb in which a negation belongs to it."""
_SMALL = r"\s+by\s+(?:less|no more|at most|under|below)\b"
"""After the endpoint: "raises apoptosis by less than 5 points"."""
_ASIDE = frozenset(
    {"without", "unlike", "not", "no", "lacking", "absence", "independent", "independently"}
    | {"besides", "except", "whether", "or"}
)
"""Words before a name that is mentioned without being part of the claim."""
_ASIDE_OF_CELLS = _ASIDE | {"than", "versus", "vs", "compared", "relative", "untreated", "vehicle"}
"""Of cells also those of a comparison: "than in untreated control cells" may mean the untreated."""
_SUPERLATIVES = (
    "lowest", "highest", "maximal", "maximum", "minimal", "minimum", "largest", "smallest",
    "greatest", "strongest", "weakest",
)  # fmt: skip
_OF_A_DOSE = r"(?:doses?|concentrations?|amounts?|dilutions?|times?|days?|passages?)"


@dataclass(frozen=True)
class Mention:
    """A phrase about an endpoint: "not raise apoptosis"."""

    phrase: str
    direction: Direction
    is_negated: bool


def mentions(statement: str, endpoint: str) -> list[Mention]:
    """Every phrase that says whether the endpoint is raised or lowered.

    >>> mentions("IL-1Ra lowers IL-6 and does not raise apoptosis", "apoptosis")
    [Mention(phrase='raise apoptosis', direction='raised', is_negated=True)]
    """
    return [*_before(statement, endpoint), *_after(statement, endpoint)]


def _before(statement: str, endpoint: str) -> Iterator[Mention]:
    name = rf"{re.escape(endpoint)}(?![\w-])"
    for direction, stems in _STEMS.items():
        verb = rf"(?<![\w-])(?:{'|'.join(stems)})\s+(?:{_BETWEEN}\s+){{0,3}}{name}"
        for found in re.finditer(verb, statement, re.IGNORECASE):
            is_small = re.match(_SMALL, statement[found.end() :], re.IGNORECASE) is not None
            is_negated = _is_negated(statement[: found.start()]) or is_small
            yield Mention(found[0], direction, is_negated)


def _after(statement: str, endpoint: str) -> Iterator[Mention]:
    name = rf"(?<![\w-]){re.escape(endpoint)}"
    for direction, words in _AFTER.items():
        verb = rf"{name}\s+(?:is|was|are|were|remains)\s+(?:(not|no)\s+)?(?:{words})\b"
        for found in re.finditer(verb, statement, re.IGNORECASE):
            yield Mention(found[0], direction, found[1] is not None)


def _is_negated(before: str) -> bool:
    words = re.findall(r"[\w']+", before.lower().replace("’", "'"))[-_REACH:]
    for position, word in enumerate(words):
        if word in _NEGATIONS and not _STILL_POSITIVE & {*words[position + 1 :]}:
            return True
    return False


def names(statement: str, name: str) -> bool:
    """Whether the statement names a drug as a part of its claim.

    >>> names("DEX lowers IL-6", "DEX"), names("Unlike DEX, LEN lowers IL-6", "DEX")
    (True, False)
    """
    pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return any(
        not _is_aside(statement[: found.start()], _ASIDE)
        for found in re.finditer(pattern, statement, re.IGNORECASE)
    )


def names_cells(statement: str, labels: Iterable[str]) -> set[str]:
    """The labels of cells that the statement names: "in control cells", "X-transduced cells"."""
    found, left = set(), statement
    for label in sorted(labels, key=len, reverse=True):
        pattern = rf"(?<![\w-]){re.escape(label)}(?:[- ]\w+)?[ -]cells?\b"
        for match in re.finditer(pattern, left, re.IGNORECASE):
            if not _is_aside(left[: match.start()], _ASIDE_OF_CELLS):
                found.add(label)
        left = re.sub(pattern, lambda match: "x" * len(match[0]), left, flags=re.IGNORECASE)
    return found


def _is_aside(before: str, words: frozenset[str]) -> bool:
    return bool(words & {*re.findall(r"[\w']+", before.lower())[-_REACH:]})


def superlative(statement: str, endpoint: str) -> str:
    """The first superlative that is not about a dose; empty without.

    >>> superlative("the lowest IL-6", "IL-6"), superlative("at the highest DEX dose", "IL-6")
    ('lowest', '')
    """
    for found in re.finditer(rf"\b(?:{'|'.join(_SUPERLATIVES)})\b", statement, re.IGNORECASE):
        rest = statement[found.end() :]
        of_dose = re.match(rf"\s+(?:(\S+)\s+)?{_OF_A_DOSE}\b", rest, re.IGNORECASE)
        if of_dose is None or (of_dose[1] or "").lower() == endpoint.lower():
            return found[0].lower()
    return ""
