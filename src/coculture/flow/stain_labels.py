"""Whether the labels of a file agree with what the config calls Annexin V and the viability dye."""

from collections.abc import Mapping
from typing import Literal

from coculture.flow.channels import same_name, words_of

Stain = Literal["annexin", "viability_dye"]

_ANNEXIN = ("annexin", "annexinv", "anxv", "annv", "anxa5")
_DYES = (
    "7aad", "7aminoactinomycind", "pi", "propidium", "propidiumiodide", "dapi", "sytox", "topro",
    "topro3", "livedead", "viability", "viabilitydye", "zombie", "ghostdye", "fvd", "fvs", "draq7",
)  # fmt: skip
"""Dyes that dead cells take up, in lower case without punctuation."""
_FLUOROCHROMES = ("fitc", "pe", "percp", "apc", "cy5", "cy55", "cy7", "pb", "pacificblue", "bv421")
"""A label with one of these may be that of a detector: a MACSQuant has `PI/PE-Cy5-A`."""


def says(name: str, label: str) -> Stain | None:
    """What the label ($PnS) of a channel says that it is; None if it says neither, or both.

    A name ($PnN) is often that of the detector, so that Annexin V can be in a channel named
    DAPI-A. No detector is named after Annexin V.

    >>> says("B670-A", "7-AAD"), says("Annexin V-APC-A", ""), says("DAPI-A", "DAPI-A")
    ('viability_dye', 'annexin', None)
    """
    own = frozenset() if same_name(name, label) else words_of(label)
    is_annexin = any(word in own | words_of(name) for word in _ANNEXIN)
    is_detector = any(word in own for word in _FLUOROCHROMES)
    is_dye = any(word in own for word in _DYES) and not is_detector
    if is_annexin == is_dye:
        return None
    return "annexin" if is_annexin else "viability_dye"


def contradiction(
    wanted: Mapping[Stain, str], names: Mapping[str, str], labels: Mapping[str, str]
) -> str:
    """What is wrong if a channel is labelled as the other stain; empty if none is.

    Parameters
    ----------
    wanted
        Stain -> its channel as the config names it.
    names
        Channel as the config names it -> its name ($PnN), for those that the file has.
    labels
        Name -> label ($PnS).
    """
    faults = []
    for stain, channel in wanted.items():
        name = names.get(channel, "")
        label = labels.get(name, "")
        said = says(name, label)
        if said not in (None, stain):
            shown = f"{name} ({label})" if label and label != name else name
            faults.append(f"flow.channels.{stain} is {channel!r}, but the file calls it {shown}")
    if not faults:
        return ""
    both = " The two seem to be swapped." if len(faults) == 2 else ""
    return (
        f"{'; '.join(faults)}.{both} Live and dead cells would be counted in the wrong quadrants. "
        "Correct flow.channels; if the label in the file is wrong, correct it there."
    )
