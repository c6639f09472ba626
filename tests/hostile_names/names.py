"""Texts that programs on the way from a table to a page have stumbled over."""

from hypothesis import strategies as st

from tests.hostile_names.studies import NAMES

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
)


def any_name() -> st.SearchStrategy[str]:
    """A known text, alone or inside of a name, or any other text."""
    known = st.sampled_from(KNOWN)
    return known | known.map(lambda text: f"A{text}B") | st.text(min_size=1, max_size=20)


def any_names() -> st.SearchStrategy[dict[str, str]]:
    """A text for each name of a study, or for some of them."""
    whole = st.fixed_dictionaries({name: any_name() for name in NAMES})
    return whole | st.dictionaries(st.sampled_from(sorted(NAMES)), any_name(), max_size=3)
