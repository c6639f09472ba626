"""What each kind of figure is called and what a reader should look for in it.

A figure's kind is the name of its file; a figure without an entry is shown under that name.
"""

from collections.abc import Mapping

from coculture.report.in_words import analyte_name
from coculture.report.results import POOLED_ERROR

ARMS = "arms_"
INTERACTION = "interaction_"
"""Families of kinds, each with a figure for apoptosis and for every analyte."""

TITLES = {
    "findings": "The findings at a glance",
    "arms_apoptosis": "Percent apoptotic, by arm",
    ARMS: "{analyte}, by arm",
    "interaction_apoptosis": "Does one drug change what the other does to apoptosis?",
    INTERACTION: "Does one drug change what the other does to {analyte}?",
    "combination": "The combination against what its parts predict",
    "plates": "Where the cultures stood",
    "gating_strategy": "How the cells were gated",
    "contact_sheet": "Every well",
    "control_histograms": "Where the thresholds come from",
    "threshold_sensitivity": "How much the thresholds matter",
    "spillover": "Spillover between channels",
    "drift": "Whether the cytometer drifted between experiments",
    "standard_curve": "Standard curve",
    "plate": "The plate",
    "standards_recovery": "Standards and controls over all plates",
    "changes": "From on study to six months",
}
"""In the order in which the page shows them."""

_BY_ARM = (
    "Small marks are wells, large marks are experiments, lines join one experiment. Tests use the "
    "experiments."
)

PRIMARY_ONLY = ("findings", "combination", INTERACTION)
"""Kinds, or families of kinds, that only the primary analysis has."""

CAPTIONS = {
    "plates": (
        "Each well against the mean of its arm in its experiment, so that treatments do not show. "
        "Drifts across a plate and edge effects would."
    ),
    "findings": "Each finding's estimate with its interval, and the line it is tested against.",
    "combination": (
        "Expected is Bliss independence: what two drugs do that act without regard to each other."
    ),
    "gating_strategy": (
        "One gate a row, in the order they were applied, for a control, an untreated sample and "
        "the most apoptotic one. What a gate keeps goes on to the next row."
    ),
    "control_histograms": (
        "Each threshold with the files that set it; one threshold serves all treatments of an "
        "experiment. Unstained cells lack the stains alone: transduced ones carry their reporter "
        "and stand at its positive end."
    ),
    "threshold_sensitivity": (
        "Percent apoptotic when the Annexin V threshold is moved by up to a tenth of a decade."
    ),
    "contact_sheet": (
        "Annexin V against the viability dye for every sample, with the percent of cells in each "
        "quadrant."
    ),
    "spillover": "How much of each stain (row) shows up in each channel (column), as a fraction.",
    "standard_curve": (
        "Standards, the fitted curve with its 95 % interval, and the samples where they fall. "
        "Outside the shaded range a value is reported as a bound."
    ),
    "plate": "Optical density and state of every well as it lay on the plate.",
    "standards_recovery": (
        "Concentration read back from each standard and control, in percent of what was pipetted."
    ),
    "changes": "One line a patient.",
}


def title(kind: str, analytes: Mapping[str, str]) -> str:
    """The heading of a figure of this kind; `analytes` are `analyte_names`.

    >>> title("arms_il6_pooled_error", {"il6": "IL-6"}), title("arms_tnf", {})
    ('IL-6, by arm', 'TNF, by arm')
    """
    kind = kind.removesuffix(POOLED_ERROR)
    if kind in TITLES:
        return TITLES[kind]
    family = _family(kind)
    if family:
        return TITLES[family].format(analyte=analyte_name(kind.removeprefix(family), analytes))
    words = kind.replace("_", " ")
    return words[:1].upper() + words[1:]


def _family(kind: str) -> str:
    """The family of a kind; empty for one that stands alone."""
    return next((family for family in (ARMS, INTERACTION) if kind.startswith(family)), "")


def caption(kind: str) -> str:
    """What to look for in a figure of this kind."""
    kind = kind.removesuffix(POOLED_ERROR)
    if kind.startswith(ARMS):
        return _BY_ARM
    if kind.startswith(INTERACTION):
        return "Parallel lines: each drug does what it does alone."
    return CAPTIONS.get(kind, "")


def is_primary_only(kind: str) -> bool:
    """Whether figures of this kind show the primary analysis, whichever the reader chooses.

    >>> is_primary_only("interaction_il6"), is_primary_only("arms_il6")
    (True, False)
    """
    return kind.startswith(PRIMARY_ONLY)


def order(kind: str) -> tuple[int, str]:
    """Where figures of this kind stand in their part; those without a title come last."""
    kind = kind.removesuffix(POOLED_ERROR)
    known = list(TITLES)
    entry = kind if kind in TITLES else _family(kind)
    return (known.index(entry) if entry else len(known)), kind
