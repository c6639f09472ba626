"""The TEXT segment of an FCS file: keywords and values."""

import math
import re
import unicodedata
from pathlib import Path

from coculture.exchange.problems import CocultureError


class FcsError(CocultureError):
    """An FCS file cannot be read correctly. The message names the file and the problem."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path.name}: {fault}")
        self.fault = fault


def parse_text(text: str) -> dict[str, str]:
    r"""Keywords (in capital letters) and values of a TEXT segment.

    Its first character is the delimiter. In a value, a doubled delimiter means the character
    itself (FCS 3.1, section 3.2). Directly after a keyword it means an empty value, which the
    standard forbids but CellQuest and others write. The final delimiter may be missing.

    Control signs in values of the standard's keywords are left out: no page, figure or workbook
    can show them.

    >>> parse_text("/$SYS/a//b/$P1S//$P2S/FITC")
    {'$SYS': 'a/b', '$P1S': '', '$P2S': 'FITC'}
    """
    delimiter = text[0]
    body = text.rstrip("\0 \r\n" + delimiter)[1:]
    # Hardly any file has a doubled delimiter, and to look for them takes three times as long.
    words = _words(body, delimiter) if delimiter * 2 in body else body.split(delimiter)
    if len(words) % 2:
        words.append("")
    named = zip((word.strip().upper() for word in words[::2]), words[1::2], strict=True)
    return {
        keyword: (seen(value) if keyword.startswith("$") else value).strip()
        for keyword, value in named
    }


def seen(value: str) -> str:
    r"""A value without signs that nobody sees, but line ends and tabs.

    >>> seen("Canto\x00 II\x1b")
    'Canto II'
    """
    if value.isprintable():
        return value
    return "".join(
        one
        for one in value
        if one in "\t\n\r" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn")
    )


def _words(body: str, delimiter: str) -> list[str]:
    """Keywords and values by turns, in a text with doubled delimiters."""
    pieces = re.split(f"({re.escape(delimiter)}+)", body)
    words: list[str] = []
    word = pieces[0]
    for run, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        reading_keyword = len(words) % 2 == 0
        if reading_keyword and len(run) % 2 == 0:
            # One ends the keyword and one the value, which is empty or of delimiters only.
            words += [word, delimiter * (len(run) // 2 - 1)]
            word = piece
        elif reading_keyword:
            words.append(word)
            word = delimiter * (len(run) // 2) + piece
        elif len(run) % 2 == 0:
            word += delimiter * (len(run) // 2) + piece
        else:
            words.append(word + delimiter * (len(run) // 2))
            word = piece
    words.append(word)
    return words


def whole_number(path: Path, keywords: dict[str, str], keyword: str, default: int) -> int:
    """The whole number of a keyword; `default` if it is missing or empty.

    Raises
    ------
    FcsError
        If it is not a whole number.
    """
    written = keywords.get(keyword, "")
    if not written:
        return default
    number = finite_number(path, keyword, written)
    if number != int(number):
        raise FcsError(path, f"has {keyword} {written!r}, which is not a whole number.")
    return int(number)


def finite_number(path: Path, keyword: str, written: str) -> float:
    """The number that is `written` as the value of `keyword`.

    Raises
    ------
    FcsError
        If it is not a finite number.
    """
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FcsError(path, f"has {keyword} {written!r}, which is not a number.")
    return number
