"""Names as tables, files and sentences write them: analytes as columns, labels in sentences."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(" "), strict=True))


def column_prefix(analyte: str) -> str:
    """The analyte as column names have it: lower case, no punctuation, Greek letters spelled out.

    A sign of a marker is kept as a word, so that CD38+ and CD38- have different columns.

    >>> column_prefix("IL-6"), column_prefix("IL-1β"), column_prefix("CD38+ CD138-")
    ('il6', 'il1beta', 'cd38poscd138neg')
    """
    signed = re.sub(r"(?<=\w)[-−](?!\w)", "neg", analyte.replace("+", "pos"))
    letters = unicodedata.normalize("NFKD", signed).casefold()
    spelled = "".join(_GREEK.get(letter, letter) for letter in letters)
    return re.sub(r"[^a-z0-9]", "", spelled)


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key that puts E2 before E10.

    >>> sorted(["E10", "E2", "E1"], key=natural_key)
    ['E1', 'E2', 'E10']
    """
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def natural_order(names: "pd.Series[str]") -> "pd.Series[int]":
    """The place of each name of a column among all of them, E2 before E10: a key for sorting.

    >>> natural_order(pd.Series(["E10", "E2", "E10"])).tolist()
    [1, 0, 1]
    """
    place = {name: number for number, name in enumerate(sorted(set(names), key=natural_key))}
    return names.map(place)


def relabelled(text: str, labels: Mapping[str, str]) -> str:
    """`text` with each name in `labels` replaced by its label, longest names first.

    All at once, because the label of one name may be another name.

    >>> relabelled("wt: DEX; control", {"wt": "control", "control": "mock"})
    'control: DEX; mock'
    """
    if not labels:
        return text
    longest_first = sorted(labels, key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest_first)
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: str(labels[found[0]]), text)
