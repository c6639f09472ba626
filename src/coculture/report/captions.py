"""What each kind of figure is called and what a reader should look for in it.

A figure's kind is the name of its file; a figure without an entry is shown under that name.
"""

TITLES = {
    "findings": "The findings at a glance",
    "arms_apoptosis": "Percent apoptotic, by arm",
    "arms_il6": "IL-6, by arm",
    "interaction_apoptosis": "Does one drug change what the other does to apoptosis?",
    "interaction_il6": "Does one drug change what the other does to IL-6?",
    "plates": "Where the cultures stood",
    "combination": "The combination against what its parts predict",
    "gating_strategy": "How the cells were gated",
    "control_histograms": "Where the thresholds come from",
    "contact_sheet": "Every well",
    "threshold_sensitivity": "How much the thresholds matter",
    "spillover": "Spillover between channels",
    "standard_curve": "Standard curve",
    "plate": "The plate",
    "standards_recovery": "Standards and controls over all plates",
    "changes": "From on study to six months",
}

ARMS = "arms_"
OF_ARMS = (
    "Small marks are wells, large marks are experiments, lines join one experiment. Tests use the "
    "experiments."
)

CAPTIONS = {
    "interaction_apoptosis": "Parallel lines: each drug does what it does alone.",
    "interaction_il6": "Parallel lines: each drug does what it does alone.",
    "plates": "Drifts across a plate and edge effects would show here.",
    "findings": ("Each finding's estimate with its interval, and the line it is tested against."),
    "combination": (
        "Expected is Bliss independence: what two drugs do that act without regard to each other."
    ),
    "gating_strategy": (
        "One gate a row, in the order they were applied, for a control, an untreated sample and "
        "the most apoptotic one. What a gate keeps goes on to the next row."
    ),
    "control_histograms": (
        "Each threshold with the files that set it; one threshold serves all treatments of an "
        "experiment."
    ),
    "threshold_sensitivity": (
        "Percent apoptotic when the Annexin V threshold is moved by up to a tenth of a decade."
    ),
    "contact_sheet": (
        "Annexin V against the viability dye for every file, with the percent of cells in each "
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


def title(kind: str) -> str:
    """The heading of a figure of this kind.

    >>> title("arms_tnf")
    'TNF, by arm'
    """
    if kind in TITLES or not kind.startswith(ARMS):
        return TITLES.get(kind, kind.replace("_", " "))
    return f"{kind.removeprefix(ARMS).upper()}, by arm"


def caption(kind: str) -> str:
    """What to look for in a figure of this kind."""
    return OF_ARMS if kind.startswith(ARMS) else CAPTIONS.get(kind, "")
