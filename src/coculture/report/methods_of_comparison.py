"""What the Methods section says of how arms were compared and claims tested."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coculture.exchange.vocabulary import ALONE, HOLM, NOT_PINNED, STATED_ORDER, listed
from coculture.report.results import Results

_COMPARED = ("comparison/findings.csv", "comparison/contrasts.csv")
"""The tables that say where a comparison is between experiments."""

_SEVERAL_FAMILIES = (
    " The config divides the findings into families: the correction holds inside each of them, "
    "not for the study."
)

_OVER_DONORS = (
    " Experiments of one donor are not independent. Where at least three donors entered, the "
    "values of each donor's experiments were averaged first, and the means of the donors, each "
    "with the same weight, were tested with (number of donors − 1) degrees of freedom; between "
    "experiments, the means of the donors of a group with at least four. Where fewer entered, the "
    "experiments were tested, and the result holds for these donors."
)

_INSIDE_DONORS = (
    " Where an experiment has cells of several donors, contrasts were computed within experiment "
    "and donor. Donors that share an experiment are not independent: the variance of their mean is "
    "that by donors plus that by experiments, with Satterthwaite's degrees of freedom, and at "
    "least three experiments are needed."
)


def _is_between(table: pd.DataFrame) -> bool:
    """Whether a row of a table of the comparison is between experiments."""
    return "compared" in table and bool(table["compared"].astype(bool).any())


_OTHER_GATES = (
    "thresholds a tenth of a decade higher and lower and from each other source whose controls "
    "passed their test", "the other spillover matrix",
)  # fmt: skip

_OTHER_CURVES = ("four- and five-parameter curves with each weighting",)

_ROBUSTNESS = (
    " Each finding was tested again under every other defensible analysis: {analyses}, percents of "
    "counted cells on their other scale, and sign-flip tests where the number of "
    "experiments allows a p at the level. These verdicts are those of the finding's own tests, "
    "without correction for other findings. Agreement between them is no further evidence, because "
    "they share the same experiments. Tests with one experiment left out are printed and not "
    "counted: they measure how much evidence there is. The error of measurement (counting, "
    "scatter of repeated readings) is part of the variation between experiments and was not added "
    "to it."
)


def _robustness(tables: Mapping[str, Any]) -> str:
    """The analyses that the assays of the study have."""
    measured = [*(_OTHER_GATES if tables.get("flow") else ())]
    measured += _OTHER_CURVES if tables.get("elisa") else ()
    analyses = ", ".join([*measured, *(["each flagged well left out"] if measured else [])])
    text = _ROBUSTNESS.format(analyses=analyses)
    return text if measured else text.replace(": , percents", ": percents")


def comparison_paragraph(results: Results, has_bounds: bool) -> str:
    """How arms were compared and findings tested; bounds are those of wells outside a range."""
    findings = results.table("comparison/findings.csv")
    text = (
        "The unit of replication is the experiment [unit]: wells were averaged within experiment "
        "and arm on the analysis scale. Every contrast was computed within each experiment that "
        "has all arms it needs, and tested with a one-sample t test with n − 1 degrees of freedom."
    )
    tables = map(results.table, _COMPARED)
    if any("donors" in str(one) for table in tables for one in table.get("tested", ())):
        text += _OVER_DONORS
    if "shared_experiment" in results.table("cultures.csv"):
        text += _INSIDE_DONORS
    if any(_is_between(results.table(name)) for name in _COMPARED):
        text += (
            " Arms that share no experiment were compared between experiments: the part of each "
            "group of arms was computed within its own experiments, and the means of the parts "
            "were compared by Welch's t test with Satterthwaite's degrees of freedom [welch]."
        )
    if has_bounds:
        text += (
            " No number was entered for wells outside the range of their assay. The mean of an arm "
            "in an experiment with such wells is the censored-likelihood mean [censored] on the "
            "analysis scale, with 1.5 times the pooled SD between wells; if no well is inside the "
            "range, only a bound of it is known, and beside a bound stands a one-sided confidence "
            "limit. In each test, wells beyond a limit that favour the claim entered at this "
            "limit; for wells that argue against it the censored-likelihood mean was used, and the "
            "claim is not testable if none of these wells in an experiment is inside the range."
        )
    if not findings.empty:
        text += f" The claims of the config were tested as follows: {_tested(findings)}."
        text += _corrected(findings)
        text += (
            " A t test of few differences is not protected against skewed ones by another test: "
            "the protection is the scale, stated beforehand (logarithms for concentrations and "
            "ratios). From six experiments on, a caution names an experiment that makes them "
            "skewed; without one they may still be."
        )
    if not results.table("comparison/robustness.csv").empty:
        text += _robustness(results.config["tables"])
    if "eliminated" in set(findings.get("kind", ())):
        text += " Intervals of the eliminated fraction of an effect are Fieller's [fieller]."
    text += _doses(results.table("comparison/dose_curves.csv"))
    text += _dose_pairs(results.table("comparison/synergy.csv"))
    has_combinations = not results.table("comparison/combination.csv").empty
    bliss = " Combinations were compared with Bliss independence [bliss]." * has_combinations
    drawn = (
        "Bars show the mean of each arm over the experiments with its 95 % interval."
        if results.config["figures"]["style"] == "bars"
        else "Wells and experiments are drawn together as SuperPlots [superplot]."
    )
    return (
        f"{text} A pooled-error analysis (least squares on the means of arms, experiments as "
        "blocks, Dunnett's correction [dunnett] for treatments against untreated) is shown for "
        f"comparison and does not change any verdict.{bliss} {drawn}"
    )


def _doses(curves: pd.DataFrame) -> str:
    """How doses were compared: the trend alone, or curves too."""
    if curves.empty:
        return ""
    text = (
        " The trend with the dose of a drug is a contrast inside experiments, linear in the rank "
        "of the dose, scaled to the least-squares slope for each dose step."
    )
    if set(curves["state"]) <= {"too_few_doses", "no_untreated"}:
        return text
    return (
        f"{text} From four doses on, the means of each experiment were fitted by a 4PL, "
        "y = D + (A − D) / (1 + (x / EC50)^b), by least squares with b between 0.1 and 5 [slope] "
        "and D at most twice the largest effect from untreated; with four or five doses A is the "
        "untreated mean of the experiment, from six on it is fitted. EC50 is the dose midway "
        "between the two plateaus on the scale of the endpoint, given only if it lies above the "
        "lowest dose and at least two doses lie beyond it; otherwise the experiment gives a bound "
        "(the lowest dose, or the dose with half of the effect seen at the highest dose). "
        "IC50 is the dose at half of the untreated mean, read inside the doses. Both are geometric "
        "means over experiments with t intervals; where some experiments give a bound, "
        "maximum-likelihood means of the censored logarithms with likelihood-ratio intervals that "
        "equal the t interval without bounds. A drug without a trend (two-sided .05) has no EC50."
    )


def _dose_pairs(summary: pd.DataFrame) -> str:
    """How drugs that were crossed at several doses were compared."""
    if summary.empty:
        return ""
    text = (
        " Drugs crossed at several doses were compared with three references, on effects above the "
        "same experiment's untreated, (x − u) / (100 − u) of a percent or 1 − x / u of what they "
        "lower: Bliss independence, a + b − a b [bliss], and the highest single agent, the drug "
        "with the higher mean effect over all experiments at these doses"
    )
    if "Loewe" in set(summary.loc[summary["excess"].notna(), "reference"]):
        text += (
            "; and Loewe additivity [loewe], the effect e at which d1 / D1(e) + d2 / D2(e) = 1, "
            "with D(e) from the curve of each drug alone in the same experiment, where e is below "
            "the plateaus of both"
        )
    return f"{text}. The observed minus the expected effect was averaged over all pairs of doses."


def _tested(findings: pd.DataFrame) -> str:
    """Each way of testing once, with the findings that were tested so and the limits of each."""
    by_method: dict[str, dict[str, list[str]]] = {}
    for row in findings.to_dict("records"):
        by_limits = by_method.setdefault(str(row["method"]), {})
        by_limits.setdefault(str(row["limits"]), []).append(str(row["id"]))
    return "; ".join(
        f"{method} ({'; '.join(f'{listed(ids)}: {limits}' for limits, ids in by_limits.items())})"
        for method, by_limits in by_method.items()
    )


def _corrected(findings: pd.DataFrame) -> str:
    """How the findings were corrected for one another."""
    methods = set(findings["corrected_by"])
    if methods <= {ALONE, ""}:
        return "" if len(findings) == 1 else _SEVERAL_FAMILIES
    text = ""
    if methods & {HOLM, NOT_PINNED}:
        text += (
            " A finding is shown if it holds also after Holm's correction [holm] for all findings "
            "of its family, those that are not testable included: on the largest p / level of its "
            "tests, with the limit 1. One that holds only before it is shown by its own test."
        )
    for method, reason in (
        (
            STATED_ORDER,
            " is tested in the order stated before acquisition, each finding at its full level "
            "until the first fails.",
        ),
        (
            NOT_PINNED,
            " has a stated order that was not pinned before acquisition, so it was not used.",
        ),
    ):
        names = sorted(set(findings.loc[findings["corrected_by"] == method, "family"]))
        text += "".join(f" The family {name}{reason}" for name in names)
    return text + (_SEVERAL_FAMILIES if len(set(findings["family"])) > 1 else "")
