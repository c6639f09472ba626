"""Texts that programs on the way from a table to a page have stumbled over."""

import re
from collections.abc import Iterable

from hypothesis import strategies as st

KNOWN = (
    *("{x}", "{", "{{ y }}", "{wildcards.plate}", "{experiment}", "{% raw %}", "%s %(a)d %", "{0}"),
    *(
        "../../up",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "con",
        "nul.txt",
        "E1.",
        "drift.csv",
        "cultures.csv",
    ),
    *("two\nlines", "a\rb", "\u202eright to left", "half \ud800", "\x00", "\x1b[31m", "\ufeffbom"),
    *("=1+2", "+1", "-1", "@SUM(A1)", '=cmd|"/C calc"!A0', "'=1", "\t=1", "constructor"),
    *("__proto__", "toString", "$\\frac{$", "$x$", "_a^b", "<script>alert(1)</script>"),
    *(
        "</script><b>",
        "]]>",
        "&amp;",
        "'",
        '"',
        "a'b\"c",
        "a,b;c\td",
        "NaN",
        "null",
        "1e5",
        "0",
        "007",
    ),
    *(
        "TRUE",
        "nan",
        "none",
        "-",
        "?",
        "x" * 300,
        "y" * 5000,
        "e\u0301",
        "\u00e9",
        "🧫",
        "ﷺ",
        "中文",
    ),
    *(
        "a  b",
        ".",
        "..",
        "~",
        "*",
        "[a-z]",
        "(",
        "\\",
        "|",
        "#",
        "$(touch x)",
        "`x`",
        "a:b",
        "№ ½ ²",
    ),
    # What other things of the studies are called, or the project calls something itself.
    *(
        "e2",
        "IL6_E2",
        "of e2",
        "beads",
        "scatter",
        "side_scatter",
        "annexin",
        "viable",
        "apoptotic",
    ),
    *("B675-A", "Annexin-V", "untreated", "culture", "index", "all", "a\tb", "\u00a0", "\u200b"),
)


FOLDERS = ("experiment", "plate")
"""Folders are called after these, so that the check refuses most texts."""
OF_FOLDERS = tuple(text for text in KNOWN if re.fullmatch("[A-Za-z0-9][A-Za-z0-9._+-]*", text))


def any_name(name: str = "", first: int = 0) -> st.SearchStrategy[str]:
    """A known text, alone or inside of a name, or any other text; the simplest is at `first`."""
    known = st.sampled_from(_from(first, name))
    return known | known.map(lambda text: f"A{text}B") | st.text(min_size=1, max_size=20)


def any_names(of: Iterable[str]) -> st.SearchStrategy[dict[str, str]]:
    """A text for each name of a study, or for some of them."""
    firsts = {name: 7 * place for place, name in enumerate(of)}
    whole = st.fixed_dictionaries({name: any_name(name, first) for name, first in firsts.items()})
    return whole | st.dictionaries(st.sampled_from(sorted(firsts)), any_name(), max_size=3)


def many_at_once(of: Iterable[str], first: int) -> dict[str, str]:
    """A known text for each name, from a place in the list on."""
    return {name: _from(first + 7 * place, name)[0] for place, name in enumerate(of)}


def _from(first: int, name: str) -> tuple[str, ...]:
    """The known texts, from a place in the list on."""
    known = OF_FOLDERS if name in FOLDERS else KNOWN
    start = first % len(known)
    return known[start:] + known[:start]
