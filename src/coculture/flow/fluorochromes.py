"""In which detectors fluorochromes are usually read, by the names of detectors."""

import re
from collections.abc import Mapping, Sequence

_DETECTORS: Mapping[str, tuple[str, str]] = {
    "FITC": (
        r"fitc|gfp|alexa ?(fluor ?)?488|af488|syto ?9|cfse",
        r"fitc|gfp|alexa.?(fluor.?)?488|b5[0-3]\d|bl1|fl1|blue.?5[0-3]\d",
    ),
    "PE": (
        r"(?<!per)\bpe\b(?!-?cy)|phycoerythrin|dsred",
        r"\bpe\b(?!-?cy)|(b|yl?|g)5[78]\d|bl2|yl1|fl2",
    ),
    "PI": (
        r"\bpi\b|propidium",
        r"\bpi\b|\bpe\b(?!-?cy)|(b|yl?|g)(5[789]\d|6[0-3]\d)|bl[23]|yl[12]|fl[23]",
    ),
    "7-AAD": (
        r"7-?aad|per-?cp|draq ?7",
        r"7-?aad|per-?cp|b6[5-9]\d|b7[01]\d|bl3|fl3",
    ),
    "APC": (
        r"apc(?!-?(cy|h|alexa))|alexa ?(fluor ?)?647|af647|cy5\b",
        r"apc(?!-?(cy|h\d|alexa))|alexa.?(fluor.?)?647|r6[5-8]\d|rl1|fl4",
    ),
    "DAPI": (
        r"dapi|pacific ?blue|bv ?421|zombie ?violet",
        r"dapi|pacific|bv ?421|v4[2-6]\d|vl1",
    ),
}
"""Fluorochrome -> how it is written in the name of a stain, and how its usual detectors are named.

Detectors: by fluorochrome (BD Diva), laser and filter (B530, R660), or number (FL1, BL1, RL1).
"""


def usual_detectors(stain: str, names: Sequence[str]) -> list[str]:
    """Those of the channels (`$PnN`) in which the fluorochrome of a stain is usually read.

    >>> usual_detectors("7-AAD", ["FSC-A", "APC-A", "PerCP-Cy5-5-A"])
    ['PerCP-Cy5-5-A']
    """
    patterns = [
        detector
        for fluorochrome, detector in _DETECTORS.values()
        if re.search(fluorochrome, stain, re.IGNORECASE)
    ]
    return [name for name in names if any(re.search(one, name, re.IGNORECASE) for one in patterns)]
