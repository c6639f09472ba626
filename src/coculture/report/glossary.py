"""The glossary of the page: terms that a biologist need not know."""

import pandas as pd

from coculture.exchange.outcomes import outcomes_of
from coculture.report.results import Results

_TERMS = {
    "Experiment": "An independent repeat, such as a day or a donor. n counts these, not wells.",
    "Arm": "One combination of cells, stroma, medium, level of every factor, and hours.",
    "95 % CI": (
        "Confidence interval: in 95 of 100 studies like this one it would contain the true value."
    ),
    "90 % CI": (
        "The same for 90 of 100. It agrees with a one-sided test at 0.05: a claim that something "
        "is not raised is shown if the whole interval is below the margin."
    ),
    "p": "Probability that chance alone gives a result at least this strong.",
    "p, Holm": "p corrected for testing several contrasts at once.",
    "Shown, not shown, not testable": (
        "The verdict of the test of a claim in the config. Shown holds also after Holm's "
        "correction for all claims of the family. Not shown does not mean that the opposite is "
        "true."
    ),
    "Shown by its own test": (
        "The test of this claim alone holds, but not after the correction: with this many claims "
        "chance alone would too often let one of them hold."
    ),
    "Holm ratio": (
        "The largest p of a claim's tests, divided by its level and corrected by Holm for the "
        "other claims of its family. At most 1 if the claim is shown."
    ),
    "LLOQ, ULOQ": (
        "Lower and upper limit of quantification, times the dilution. Outside them it is only "
        "known that a value is below or above the limit."
    ),
    "Bound": (
        "What is known of a value outside the range of its assay: at most, or at least, this much. "
        "Such a well is called censored."
    ),
    "Dilutions disagree": (
        "The culture's dilutions give different concentrations, by more than a factor 1.54 and "
        "more than chance. Those that agree make the value; where no two do, there is none. A "
        "single dilution cannot show a hook or a matrix effect."
    ),
    "Replicates disagree": (
        "Wells of the same dilution and plate differ by more than a factor 1.54 and more than "
        "chance. Of three or more, those that agree are used; of two, neither."
    ),
    "Dilutions contradict": (
        "One dilution gives a bound that the value from another dilution does not fit: a hook "
        "effect, or swapped wells."
    ),
    "4PL": "Four-parameter logistic curve, the S-shape of an ELISA's standards.",
    "Viable, early, late, necrotic": (
        "Negative for both stains; Annexin V alone; both; the viability dye alone. Apoptotic means "
        "early and late together."
    ),
    "FMO": "Fluorescence minus one: a control stained with all dyes except one.",
    "Live peak": (
        "A rule for a threshold: a number of SD above the peak of the live cells in the stained "
        "wells, the same for all treatments of an experiment."
    ),
    "Specific apoptosis": "100 (treated - untreated) / (100 - untreated), in percent.",
    "Bliss": (
        "The effect of two drugs together if neither changes the effect of the other. Fewer viable "
        "cells than that is more than additive."
    ),
    "Pooled error": (
        "A second analysis in which all arms share one error. It assumes that every drug varies "
        "equally between experiments."
    ),
    "PCLI": (
        "Plasma cell labeling index: percent of plasma cells that are making DNA, a measure of how "
        "fast a myeloma grows."
    ),
    "Logicle": "An axis that is logarithmic for large values and linear around zero.",
}

_OF_ONE_TABLE = {
    "flow": (
        *("Viable, early, late, necrotic", "FMO", "Live peak", "Specific apoptosis", "Logicle"),
    ),
    "elisa": (
        *("LLOQ, ULOQ", "Dilutions disagree", "Replicates disagree", "Dilutions contradict"),
        "4PL",
    ),
    "clinical": ("PCLI",),
}
"""Terms that only studies with this table need."""


_OF_ANNEXIN_WITH_DYE = ("Viable, early, late, necrotic", "Specific apoptosis")
"""Terms of studies of Annexin V with a viability dye."""


_OF_MARGINS = ("not_raised", "not_lowered", "equivalent", "eliminated")
"""Kinds of findings with a test against a margin, whose interval is one of 90 %."""


def glossary(results: Results) -> dict[str, str]:
    """The terms that a study needs, with their meaning."""
    config = results.config
    tables = config["tables"]
    needless = {
        term for table, terms in _OF_ONE_TABLE.items() if not tables.get(table) for term in terms
    }
    if not outcomes_of(config["flow"]).are_standard:
        needless |= {*_OF_ANNEXIN_WITH_DYE}
    findings = config["comparison"]["findings"]
    needed = {
        "90 % CI": any(one["kind"] in _OF_MARGINS for one in findings),
        "Shown, not shown, not testable": bool(findings),
        "Bound": _has_bounds(results.table("comparison/arms.csv")),
        "FMO": _has_fmo(results.table("flow/wells.csv")),
        "Bliss": not results.table("comparison/combination.csv").empty,
    }
    needless |= {term for term, is_needed in needed.items() if not is_needed}
    return {term: meaning for term, meaning in _TERMS.items() if term not in needless}


def _has_bounds(arms: pd.DataFrame) -> bool:
    """Whether the mean of any arm rests on a value outside the range of its assay."""
    return "censored" in arms and bool((arms["censored"] > 0).any())


def _has_fmo(wells: pd.DataFrame) -> bool:
    return "role" in wells and bool(wells["role"].astype(str).str.startswith("fmo").any())
