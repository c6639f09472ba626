"""The words that several stages share: states, verdicts, and how lists and numbers are written."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import pandas as pd

BELOW_BACKGROUND = "below_background"
"""A median signal that is not above that of the FMO or unstained tube."""
BELOW_LIMIT, ABOVE_LIMIT = "below_limit", "above_limit"
"""A finished number that values.csv gives as "<5" or ">100"."""
BELOW_RANGE = ("below_lloq", "below_curve", BELOW_BACKGROUND, BELOW_LIMIT)
"""Less than the limit: under the LLOQ, beyond the curve's asymptote at zero, or as above."""
ABOVE_RANGE = ("above_uloq", "above_curve", "overflow", ABOVE_LIMIT)
"""More than the limit: over the ULOQ, beyond the other asymptote, off the reader, or as above."""

NOT_MEASURED = "missing"
"""The state of a measurement that was not planned: no table of its assay names the culture."""


class Verdict(StrEnum):
    """The verdict on a finding, as the column `verdict` of comparison/findings.csv has it.

    The first holds also after the correction for the findings of its family, the second does not.
    """

    SHOWN = "shown"
    SHOWN_ALONE = "shown by its own test"
    NOT_SHOWN = "not shown"
    NOT_TESTABLE = "not testable"


SHOWN, SHOWN_ALONE, NOT_SHOWN, NOT_TESTABLE = VERDICTS = tuple(Verdict)

HOLM, STATED_ORDER = "Holm", "stated order"
"""How a finding was corrected for the others of its family."""
NOT_PINNED = "Holm; the stated order was not pinned before acquisition"
"""An order that may have been chosen after the data were seen protects from nothing."""
ALONE = "alone in its family"
"""Nothing to correct for, which a reader must see where the study has other findings."""

MISSING = "–"
"""What is shown where there is no value."""


def nearest(name: str, known: Sequence[str]) -> str:
    """A closing sentence that offers the names most like `name`, or all of them.

    >>> nearest("annexn", ["annexin", "time"])
    'Did you mean annexin?'
    >>> nearest("LEN (µM)", ["len_uM", "dex_nM"])
    'Did you mean len_uM?'
    """
    by_letters = {_letters(one): one for one in known}
    close = [
        by_letters[one] for one in get_close_matches(_letters(name), by_letters, n=2, cutoff=0.75)
    ]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known are: {', '.join(known)}."


def _letters(name: str) -> str:
    """A name as people compare names: without case, spaces, brackets and hyphens."""
    typed = name.lower().translate({ord(sign): "u" for sign in "µμ"})
    return re.sub(r"\W|_", "", typed) or typed


def listed(words: Iterable[str]) -> str:
    """Words with commas and a last "and".

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    given = list(words)
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} and {given[-1]}"


def heading(name: str) -> str:
    """A name at the beginning of a heading or on an axis: plain words begin in upper case.

    Names with capitals or digits in their first word (p53, mTOR) are left as they are.

    >>> heading("viability (%)"), heading("IL-6"), heading("p53"), heading("mTOR")
    ('Viability (%)', 'IL-6', 'p53', 'mTOR')
    """
    first = re.split(r"[\s(]", name, maxsplit=1)[0].replace("-", "")
    return name[:1].upper() + name[1:] if first.isalpha() and first.islower() else name


def many(count: int, thing: str) -> str:
    """A count with its noun.

    >>> many(1, "FCS file"), many(2, "FCS file")
    ('1 FCS file', '2 FCS files')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def number(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant digits as people write it; text and whole numbers as is.

    >>> number(0.0123456), number(12345.6), number(48.0), number(float("nan")), number("E1")
    ('0.0123', '12,346', '48', '–', 'E1')
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, str | bool):
        return str(value)
    if float(value).is_integer():
        return f"{float(value):,.0f}".replace("-", "−")
    if abs(value) >= 10 ** (digits - 1):
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{digits}g}" if abs(value) >= 1e-4 else f"{value:.1e}"
    return text.replace("-", "−", 1) if value < 0 else text


def is_missing(value: Any) -> bool:
    """Whether there is nothing to show."""
    return value is None or value == "" or (isinstance(value, float) and pd.isna(value))


def state_in_words(state: str) -> str:
    """The state of a well or culture as people write it.

    >>> state_in_words("below_lloq")
    'below LLOQ'
    """
    return state.replace("_", " ").replace("lloq", "LLOQ").replace("uloq", "ULOQ")
