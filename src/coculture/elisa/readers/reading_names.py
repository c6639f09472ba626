"""The wavelength in the name of a reading, and whether the reader's software computed it."""

import re

_WAVELENGTH = r"(?<!\d)([2-9]\d\d|1000)(?!\d)"
_ANY = re.compile(_WAVELENGTH)
_NANOMETRES = re.compile(rf"{_WAVELENGTH}\s*nm", re.IGNORECASE)
_AT_THE_END = re.compile(rf".*{_WAVELENGTH}(?:\(\d+\))?\W*")
_DIFFERENCE = re.compile(rf"{_WAVELENGTH}\s*(?:nm)?\s*[-–−/]\D{{0,4}}{_WAVELENGTH}", re.IGNORECASE)
_COMPUTED = re.compile(
    r"blank .*|blank(ed|[- _]?(corrected|subtracted)).*|log .*|conc.*|\[.*\]|"
    r".*(?<![a-z])(std\.? ?dev|cv|count|mean|average|delta|diff(erence)?|ratio|corr(ected)?|"
    r"subtracted|normali[sz]ed)(?![a-z]).*",
    re.IGNORECASE,
)


def wavelength_in(text: str) -> float:
    """The wavelength in a name, with its unit or at the end; NaN if there is none or several.

    >>> wavelength_in("abs450:450"), wavelength_in("OD_450nm_raw"), wavelength_in("A450(1)")
    (450.0, 450.0, 450.0)
    >>> wavelength_in("Label1"), wavelength_in("A450-A570")
    (nan, nan)
    """
    stated = set(_NANOMETRES.findall(text))
    if not stated and _AT_THE_END.fullmatch(text):
        stated = set(_ANY.findall(text))
    return float(stated.pop()) if len(stated) == 1 else float("nan")


def is_difference(text: str) -> bool:
    """Whether a name contains a difference of two wavelengths, as for a corrected reading.

    >>> is_difference("450 nm - 570 nm"), is_difference("abs450:450"), is_difference("485/20,528")
    (True, False, False)
    """
    return any(one != other for one, other in _DIFFERENCE.findall(text))


def is_computed(text: str) -> bool:
    """Whether a name is that of values which the reader's software computed from readings.

    >>> is_computed("Blank corrected based on Raw Data (450)"), is_computed("Raw Data (450)")
    (True, False)
    """
    return is_difference(text) or _COMPUTED.fullmatch(text) is not None
