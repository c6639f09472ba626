"""Numbers as people write them in tables: with a decimal point or an unambiguous decimal comma."""

import math
import re
from collections.abc import Iterable

_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?P<mark>[.,])\d{3}((?P=mark)\d{3})*")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")


def finite_number(text: str) -> float | None:
    """The finite number that a cell holds, or None; a comma that marks no thousands is decimal.

    >>> finite_number("1e3"), finite_number("12,3"), finite_number("1,000"), finite_number("nan")
    (1000.0, 12.3, None, None)
    """
    if _DECIMAL_COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def has_decimal_commas(texts: Iterable[str]) -> bool:
    """Whether any of the texts is a number whose comma can only be decimal."""
    return any(_DECIMAL_COMMA.fullmatch(one) and not _THOUSANDS.fullmatch(one) for one in texts)


def ambiguous(text: str, *, decimal_commas: bool = False) -> str:
    """What to do about a number that can be read in two ways; empty for any other text.

    1,000 is always ambiguous, 1.000 only where other numbers have decimal commas.

    >>> ambiguous("1,000")
    'may be 1000 or 1.0; write it without a mark between thousands, or with other decimals.'
    """
    match = _THOUSANDS.fullmatch(text)
    if match is None or (match["mark"] == "." and not decimal_commas):
        return ""
    mark = match["mark"]
    whole = text.replace(mark, "")
    if text.count(mark) > 1:
        return f"has marks between thousands; write it as {whole}."
    fraction = float(text.replace(mark, "."))
    return (
        f"may be {whole} or {fraction}; write it without a mark between thousands, or with other "
        "decimals."
    )
