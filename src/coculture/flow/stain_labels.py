"""Whether the labels of a file agree with what the config calls Annexin V and the viability dye."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coculture.flow.channels import same_name, words_of

Kind = Literal["annexin", "viability_dye"]

_ANNEXIN = ("annexin", "annexinv", "anxv", "annv", "anxa5")
_DYES = (
    "7aad", "7aminoactinomycind", "pi", "propidium", "propidiumiodide", "dapi", "sytox", "topro",
    "topro3", "livedead", "viability", "viabilitydye", "zombie", "ghostdye", "fvd", "fvs", "draq7",
)  # fmt: skip
"""Dyes that dead cells take up, in lower case without punctuation."""
_FLUOROCHROMES = ("fitc", "pe", "percp", "apc", "cy5", "cy55", "cy7", "pb", "pacificblue", "bv421")
"""A label with one of these may be that of a detector: a MACSQuant has `PI/PE-Cy5-A`."""


@dataclass(frozen=True)
class Labelled:
    """A stain of the config.

    Attributes
    ----------
    key
        The key of the config that names its channel.
    called
        annexin, viability_dye, or its own name.
    channel
        As the config names it.
    """

    key: str
    called: str
    channel: str

    @property
    def kind(self) -> Kind | None:
        """Which of the two it is; None for other stains."""
        if self.called == "annexin":
            return "annexin"
        return "viability_dye" if self.called == "viability_dye" else says("", self.called)


def says(name: str, label: str) -> Kind | None:
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
    wanted: Sequence[Labelled], names: Mapping[str, str], labels: Mapping[str, str]
) -> str:
    """What is wrong if a channel is labelled as the other stain; empty if none is.

    Parameters
    ----------
    wanted
        The stains of the config.
    names
        Channel as the config names it -> its name ($PnN), for those that the file has.
    labels
        Name -> label ($PnS).
    """
    faults = []
    for stain in wanted:
        name = names.get(stain.channel, "")
        label = labels.get(name, "")
        said = says(name, label)
        if stain.kind is not None and said not in (None, stain.kind):
            shown = f"{name} ({label})" if label and label != name else name
            faults.append(f"{stain.key} is {stain.channel!r}, but the file calls it {shown}")
    if not faults:
        return ""
    both = " The two seem to be swapped." if len(faults) == 2 else ""
    return (
        f"{'; '.join(faults)}.{both} {_WHAT[len(wanted) == 2]} Correct the config; if the label in "
        "the file is wrong, correct it there."
    )


_WHAT = {
    True: "Live and dead cells would be counted in the wrong quadrants.",
    False: "Cells would be counted by another stain than the config says.",
}
"""Whether there are two stains -> what a wrong channel does."""
