"""When two values differ, and how a value is written."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from coculture.exchange.vocabulary import is_missing

RELATIVE = 1e-9
"""Numbers that are closer are the same: another build of a package may sum in another order, which
moves the last of 16 digits. What is drawn or decided needs far fewer."""


def differ(before: Any, now: Any) -> bool:
    """Whether two values are not the same; missing ones are.

    >>> differ(1.0, 1.0 + 1e-12), differ(1.0, 1.001), differ(None, float("nan"))
    (False, True, False)
    """
    if is_missing(before) or is_missing(now):
        return is_missing(before) != is_missing(now)
    if _is_number(before) and _is_number(now):
        return not math.isclose(before, now, rel_tol=RELATIVE)
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return before.keys() != now.keys() or any(differ(before[key], now[key]) for key in before)
    if _is_list(before) and _is_list(now):
        return len(before) != len(now) or any(map(differ, before, now))
    return bool(before != now)


def written(value: Any) -> str:
    """A value with all its digits; nothing if it is missing.

    >>> written(0.1), written([1, "a"]), written(None), written(True), written(3.0)
    ('0.1', '[1, "a"]', '', 'true', '3')
    """
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
