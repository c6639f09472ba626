"""Finding a channel by its name ($PnN) or label ($PnS), ignoring case and punctuation."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from coculture.exchange.problems import CocultureError
from coculture.flow.fluorochromes import usual_detectors

_NOT_FLUORESCENCE = re.compile(r"^(fsc|ssc|fs|ss|time|hdr|event|width|forward|side)", re.IGNORECASE)


_ALIKE = 0.7
"""How alike two names are (difflib) if one may be a misspelling of the other; 7-AAD and APC-A are
0.5."""


class ChannelError(CocultureError):
    """A file lacks a channel, or several of its channels could be meant."""


def find_channel(wanted: str, names: Sequence[str], labels: Mapping[str, str]) -> str:
    """Name ($PnN) of the channel of a file that `wanted` means.

    A name ($PnN) is preferred to a label ($PnS), an exact match to one that differs in case,
    spaces or punctuation, and the whole label or name to some of its words ("7-AAD" in
    "viability;7-AAD;BL"). Of several equally good matches the pulse area ("...-A") is taken, if
    there is only one.

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
        If no channel matches (the message lists the channels of the file and the most similar
        names), or if several match equally well.

    >>> find_channel("annexin v", ["FL1-A", "FL3-A"], {"FL1-A": "Annexin-V", "FL3-A": "7-AAD"})
    'FL1-A'
    """
    bare = _bare(wanted)
    matches: tuple[Callable[[str], bool], ...] = (
        lambda name: name == wanted,
        lambda name: labels.get(name) == wanted,
        lambda name: _bare(name) == bare,
        lambda name: _bare(labels.get(name, "")) == bare,
        lambda name: _holds(labels.get(name, ""), bare),
        lambda name: _holds(name, bare),
    )
    for is_match in matches:
        found = [name for name in names if is_match(name)]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            areas = [name for name in found if name.upper().endswith("-A")]
            if len(areas) == 1:
                return areas[0]
            raise ChannelError(
                f'has several channels that "{wanted}" could mean: {_listed(found, labels)}; '
                "give the exact name."
            )
    raise ChannelError(_unknown(wanted, names, labels))


def name_mismatch(mine: Mapping[str, str], theirs: Mapping[str, str], their_file: str) -> str:
    """What is wrong if a file has other channel names than another file of its experiment.

    Both map a channel as the config names it to its name ($PnN). Empty if the names agree.

    >>> name_mismatch({"GFP": "FL2-A"}, {"GFP": "FL1-A"}, "a.fcs").split(".")[1]
    'fcs: "GFP" is FL2-A here and FL1-A there'
    """
    different = [
        f'"{wanted}" is {name} here and {theirs[wanted]} there'
        for wanted, name in mine.items()
        if theirs.get(wanted, name) != name
    ]
    if not different:
        return ""
    return (
        f"has other channel names than {their_file}: {', '.join(different)}. All files of one "
        "experiment need the same channel names ($PnN). Export them in the same way, exclude this "
        "file, or move it to another experiment."
    )


def is_fluorescence(name: str) -> bool:
    """Whether a channel name is one of fluorescence (not scatter, width or time)."""
    return not _NOT_FLUORESCENCE.match(name)


def words_of(text: str) -> frozenset[str]:
    """Each word of a name or label, and several in a row, in lower case without punctuation.

    >>> sorted(words_of("7-AAD BL"))
    ['7', '7aad', '7aadbl', 'aad', 'aadbl', 'bl']
    """
    return _runs_of_words(text)


def same_name(name: str, label: str) -> bool:
    """Whether a label only repeats the name of the channel, perhaps without its "-A".

    >>> same_name("PE-A", "PE"), same_name("FL1-A", "FITC")
    (True, False)
    """
    pulse = re.compile(r"-[AHW]$", re.IGNORECASE)
    return _bare(pulse.sub("", name)) == _bare(pulse.sub("", label))


@cache
def _bare(text: str) -> str:
    """The letters and digits of `text`, in lower case.

    >>> _bare("Annexin-V ")
    'annexinv'
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def _holds(text: str, bare: str) -> bool:
    """Whether `bare` is one word, or several consecutive words, of a name or label.

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


def similar_names(wanted: str, known: Sequence[str]) -> list[str]:
    """Up to two known names that `wanted` could be a misspelling of, the most similar first.

    >>> similar_names("Annexin V", ["scatter", "annexin", "viability_dye"])
    ['annexin']
    """
    by_spelling = {_bare(text): text for text in known if text}
    return [
        by_spelling[key] for key in difflib.get_close_matches(_bare(wanted), by_spelling, 2, _ALIKE)
    ]


def _unknown(wanted: str, names: Sequence[str], labels: Mapping[str, str]) -> str:
    near = similar_names(wanted, [text for name in names for text in (name, labels.get(name, ""))])
    usual = usual_detectors(wanted, names)
    hint = f" Nearest: {', '.join(near)}." if near else ""
    if not near and usual:
        hint = f" Its fluorochrome is usually read in {_listed(usual, labels)}."
    return f'has no channel "{wanted}".{hint} It has {_listed(names, labels)}.'


def _listed(names: Sequence[str], labels: Mapping[str, str]) -> str:
    return ", ".join(
        f"{name} ({labels[name]})" if labels.get(name, name) not in ("", name) else name
        for name in names
    )
