"""The wavelength in the name of a reading, and whether the reader's software computed it."""

import re

_WAVELENGTH = r"(?<!\d)(?<!\d\.)([2-9]\d\d|1000)(?!\d)"
_ANY = re.compile(_WAVELENGTH)
_NANOMETRES = re.compile(rf"{_WAVELENGTH}\s*nm", re.IGNORECASE)
_AT_THE_END = re.compile(rf".*{_WAVELENGTH}(?:\(\d+\))?\W*")
_PAIR = re.compile(rf"{_WAVELENGTH}\s*[,/]\s*{_WAVELENGTH}(?:\s*nm)?")
_LAYOUT = re.compile(
    r".*\b(lay-?out|plate ?map|template|sample ?(id|no|number|name)s?|well ?ids?|groups?)\b.*",
    re.IGNORECASE,
)
_LAYOUT_ITSELF = re.compile(r"(plate[ -]?)?(lay-?out|map)s?\b.*", re.IGNORECASE)
_DIFFERENCE = re.compile(rf"{_WAVELENGTH}\s*(?:nm)?\s*[-–−/]\D{{0,4}}{_WAVELENGTH}", re.IGNORECASE)
_COMPUTED = re.compile(
    r"blank .*|blank(ed|[- _]?(corrected|subtracted)).*|log .*|conc.*|\[.*\]|"
    r".*(?<![a-z])(std\.? ?dev|cv|count|mean|average|delta|diff(erence)?|ratio|corr(ected)?|"
    r"subtracted|normali[sz]ed)(?![a-z]).*",
    re.IGNORECASE,
)

_RESULT = re.compile(
    r"conc\b.*|.*\bconc(entration)?s?\b.*|.*\b(recovery|ratio|dilution|count|std\.? ?dev|cv)\b.*",
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


def is_wavelength_pair(text: str) -> bool:
    """Whether a name is nothing but the wavelengths of excitation and emission.

    >>> is_wavelength_pair("504,531"), is_wavelength_pair("485/528"), is_wavelength_pair("0,531")
    (True, True, False)
    """
    return _PAIR.fullmatch(text) is not None


def is_layout_title(text: str) -> bool:
    """Whether a title announces a layout of the plate, not readings.

    >>> is_layout_title("Plate Layout"), is_layout_title("Plate 1")
    (True, False)
    """
    return _LAYOUT.fullmatch(text) is not None


def is_title_of_layout(text: str) -> bool:
    """Whether a title is that of a layout, whatever numbers are below it.

    >>> is_title_of_layout("Plate Layout"), is_title_of_layout("Sample IDs, wash template")
    (True, False)
    """
    return _LAYOUT_ITSELF.fullmatch(text) is not None


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


def is_result(text: str) -> bool:
    """Whether a name is that of results or statistics, which are never taken for readings.

    >>> is_result("[Concentration]"), is_result("Std Dev"), is_result("Blank 450")
    (True, True, False)
    """
    return _RESULT.fullmatch(text) is not None
