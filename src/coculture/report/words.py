"""The words of the page that a biologist need not know, each with its meaning."""

WORDS = {
    "Experiment": "An independent repeat, such as a day or a donor. n counts these, not wells.",
    "Arm": "One combination of cells, stroma, dose of every drug, and hours.",
    "95 % CI": (
        "Confidence interval: in 95 of 100 studies like this one it would hold the true value."
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
    "4PL": "Four-parameter logistic curve, the S-shape of an ELISA's standards.",
    "Viable, early, late, necrotic": (
        "Negative for both stains; Annexin V alone; both; the viability dye alone. Apoptotic is "
        "early and late together."
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
    "Logicle": "An axis that is logarithmic for large values and linear around zero.",
}
