"""The analytes' names as they stand in column names, result tables and file names."""

import re
import unicodedata

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(" "), strict=True))


def column_prefix(analyte: str) -> str:
    """The analyte's name as it stands in column names: lower case, no punctuation, Greek in words.

    >>> column_prefix("IL-6"), column_prefix("IL-1β")
    ('il6', 'il1beta')
    """
    letters = unicodedata.normalize("NFKD", analyte).casefold()
    spelled = "".join(_GREEK.get(letter, letter) for letter in letters)
    return re.sub(r"[^a-z0-9]", "", spelled)
