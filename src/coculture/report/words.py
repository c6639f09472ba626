"""The words of the page that a biologist need not know, each with its meaning."""

WORDS = {
    "Experiment": "An independent repeat, such as a day or a donor. n counts these, not wells.",
    "Arm": "One combination of cells, stroma, dose of every drug, and hours.",
    "95 % CI": (
        "Confidence interval: in 95 of 100 studies like this one it would hold the true value."
    ),
    "90 % CI": (
        "The same for 90 of 100. It goes with one-sided tests at 0.05: a claim that something is "
        "not raised holds where the whole interval lies below the margin."
    ),
    "p": "How often chance alone would give a result at least this strong.",
    "p, Holm": "p after correction for testing several findings at once.",
    "Shown, not shown, not testable": (
        "The verdict of the test of a claim that the config states. Not shown is not proof of the "
        "opposite."
    ),
    "LLOQ, ULOQ": (
        "Lower and upper limit of quantification, times the dilution. Outside them a value is "
        "known only as below or above the limit."
    ),
    "Censored": "Outside LLOQ and ULOQ: a well of which only a bound is known.",
    "Not parallel at a dilution": (
        "The culture's wells at this dilution give another concentration than the least diluted "
        "ones in range, by more than the limit and more than chance. They are left out."
    ),
    "Dilutions contradict": (
        "One dilution says above (or below) a bound that the value from another dilution excludes: "
        "a hook effect, or wells confused."
    ),
    "4PL": "Four-parameter logistic curve, the S-shape of an ELISA's standards.",
    "Viable, early, late, necrotic": (
        "Negative for both stains; Annexin V alone; both; the viability dye alone. Apoptotic is "
        "early and late together."
    ),
    "FMO": "Fluorescence minus one: a control stained with all dyes but one.",
    "Live peak": (
        "A rule for a threshold: so many SD above the peak of the live cells in the stained wells, "
        "the same for all treatments of an experiment."
    ),
    "Specific apoptosis": "100 (treated - untreated) / (100 - untreated), in percent.",
    "Bliss": (
        "What two drugs would do together if neither changed what the other does. Fewer viable "
        "cells than that is more than additive."
    ),
    "Pooled error": (
        "A second analysis in which all arms share one error; it assumes that every drug varies "
        "alike between experiments."
    ),
    "PCLI": (
        "Plasma cell labeling index: the percent of plasma cells that are making DNA, which is how "
        "fast a myeloma grows."
    ),
    "Logicle": "An axis that is logarithmic for large values and linear around zero.",
}
