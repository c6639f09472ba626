"""Write the path of an SVG in few characters: steps from point to point, in hundredths of a point.

Every point is rounded where it lies and the steps are taken between the rounded points, so the
rounding does not add up along the path.
"""

import re
from collections.abc import Iterator

_POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points after each command that has any; matplotlib writes no other, and all absolute."""
_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PER_UNIT = 100


def compact(path: str) -> str:
    """`path` (the attribute d) with relative commands; as it is if it has commands unknown here.

    >>> compact("M 545.919 216.39 L 545.5 216.39 L 545.5 217 z")
    'm545.92 216.39-.42 0 0 .61z'
    """
    tokens = _TOKEN.findall(path)
    letters = {token for token in tokens if token.isalpha()}
    if not tokens or not letters <= {*_POINTS, "z", "Z"} or not tokens[0].isalpha():
        return " ".join(path.split())
    return "".join(_written(tokens))


def draws_nothing(path: str) -> bool:
    """Whether `path` only moves: the line of a mark that is drawn as a point.

    >>> draws_nothing("m46.49 127.41"), draws_nothing("m1 1 1 1"), draws_nothing("")
    (True, False, True)
    """
    letters = sum(one.isalpha() for one in path)
    return letters <= 1 and len(_TOKEN.findall(path)) <= 1 + 2


def _written(tokens: list[str]) -> Iterator[str]:
    x = y = start_x = start_y = place = 0
    command, before = "", ""
    while place < len(tokens):
        if tokens[place].isalpha():
            command = tokens[place]
            place += 1
        if command in "zZ":
            yield "z"
            x, y, before = start_x, start_y, ""
            continue
        size = 2 * _POINTS[command]
        values = [round(float(one) * _PER_UNIT) for one in tokens[place : place + size]]
        place += size
        steps = [value - (y if i % 2 else x) for i, value in enumerate(values)]
        x, y = values[-2:]
        if command == "M":
            start_x, start_y = x, y
        # After a move, further points are lines; a command is not repeated.
        written = command.lower()
        is_same = written != "m" and (written == before or (before, written) == ("m", "l"))
        yield _numbers(steps, after_number=True) if is_same else written + _numbers(steps)
        before = written


def _numbers(steps: list[int], after_number: bool = False) -> str:
    text = ""
    for step in steps:
        number = _number(step)
        needs_space = (text or after_number) and not number.startswith("-")
        text += f" {number}" if needs_space else number
    return text


def _number(hundredths: int) -> str:
    sign, whole = "-" if hundredths < 0 else "", abs(hundredths)
    units, rest = divmod(whole, _PER_UNIT)
    fraction = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{sign}{units or ('' if fraction else '0')}{fraction}"
