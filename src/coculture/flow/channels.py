"""Channels by the names people use: matched against $PnN and $PnS, case and punctuation aside."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from coculture.exchange.problems import CocultureError

_NOT_FLUORESCENCE = re.compile(r"^(fsc|ssc|fs|ss|time|hdr|event|width|forward|side)", re.IGNORECASE)


class ChannelError(CocultureError):
    """A channel that a file does not have, or that two of its channels could be."""


def find_channel(wanted: str, names: Sequence[str], labels: Mapping[str, str]) -> str:
    """The channel of a file that `wanted` means.

    A name ($PnN) comes before a label ($PnS), the same spelling before one that differs in case,
    spaces or punctuation, the whole label or name before some of its words ("7-AAD" in
    "viability;7-AAD;BL"). Of several that fit equally well the pulse area ("...-A") is meant, if
    there is just one.

    Parameters
    ----------
    wanted
        What the config calls the channel.
    names
        The file's channel names ($PnN).
    labels
        Name -> label ($PnS).

    Raises
    ------
    ChannelError
        If no channel fits (the message lists what the file has and the nearest names), or if
        several fit equally well.

    >>> find_channel("annexin v", ["FL1-A", "FL3-A"], {"FL1-A": "Annexin-V", "FL3-A": "7-AAD"})
    'FL1-A'
    """
    bare = _bare(wanted)
    rungs: tuple[Callable[[str], bool], ...] = (
        lambda name: name == wanted,
        lambda name: labels.get(name) == wanted,
        lambda name: _bare(name) == bare,
        lambda name: _bare(labels.get(name, "")) == bare,
        lambda name: _holds(labels.get(name, ""), bare),
        lambda name: _holds(name, bare),
    )
    for fit in rungs:
        fits = [name for name in names if fit(name)]
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1:
            areas = [name for name in fits if name.upper().endswith("-A")]
            if len(areas) == 1:
                return areas[0]
            raise ChannelError(
                f'has several channels that "{wanted}" could mean: {_listed(fits, labels)}; '
                "give the exact name."
            )
    raise ChannelError(_unknown(wanted, names, labels))


def other_names(mine: Mapping[str, str], theirs: Mapping[str, str], their_file: str) -> str:
    """The fault of a file whose channels have other names than in a file of its experiment.

    Both map a channel as the config calls it to its name ($PnN). Empty if the names agree.

    >>> other_names({"GFP": "FL2-A"}, {"GFP": "FL1-A"}, "a.fcs").split(".")[1]
    'fcs: "GFP" is FL2-A here and FL1-A there'
    """
    apart = [
        f'"{wanted}" is {name} here and {theirs[wanted]} there'
        for wanted, name in mine.items()
        if theirs.get(wanted, name) != name
    ]
    if not apart:
        return ""
    return (
        f"names its channels otherwise than {their_file}: {', '.join(apart)}. All files of one "
        "experiment need the same names ($PnN); export them alike, exclude this file, or make it "
        "another experiment's."
    )


def is_fluorescence(name: str) -> bool:
    """Whether a channel name is that of a fluorescence (not scatter, width or time)."""
    return not _NOT_FLUORESCENCE.match(name)


@cache
def _bare(text: str) -> str:
    """Letters and digits only, in small letters.

    >>> _bare("Annexin-V ")
    'annexinv'
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def _holds(text: str, bare: str) -> bool:
    """Whether words that stand together in a name or label are the wanted ones.

    >>> _holds("viability;7-AAD;695/40", "7aad"), _holds("CD38 PE", "cd3")
    (True, False)
    """
    return bare in _runs_of_words(text)


@cache
def _runs_of_words(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    starts = range(len(words))
    return frozenset(
        "".join(words[start:end]) for start in starts for end in range(start + 1, len(words) + 1)
    )


def nearest(wanted: str, known: Sequence[str]) -> list[str]:
    """Up to two of the known names that `wanted` may be a misspelling of, the likeliest first.

    >>> nearest("Annexin V", ["scatter", "annexin", "viability_dye"])
    ['annexin']
    """
    by_spelling = {_bare(text): text for text in known if text}
    return [
        by_spelling[key] for key in difflib.get_close_matches(_bare(wanted), by_spelling, 2, 0.5)
    ]


def _unknown(wanted: str, names: Sequence[str], labels: Mapping[str, str]) -> str:
    near = nearest(wanted, [text for name in names for text in (name, labels.get(name, ""))])
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return f'has no channel "{wanted}".{hint} It has {_listed(names, labels)}.'


def _listed(names: Sequence[str], labels: Mapping[str, str]) -> str:
    return ", ".join(
        f"{name} ({labels[name]})" if labels.get(name, name) not in ("", name) else name
        for name in names
    )
