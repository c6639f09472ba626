"""The Methods section of a paper about this study."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.outcomes import ANNEXIN, Outcomes, outcomes_of, stains_of
from coculture.exchange.vocabulary import ALONE, HOLM, NOT_PINNED, STATED_ORDER, listed, number
from coculture.report.references import REFERENCES, Reference
from coculture.report.results import Results

_COMPENSATION = {
    "each_file": "the spillover matrix in each file, which may differ between files",
    "single_stains": "a spillover matrix estimated from each experiment's single stains ({method})",
    "embedded": "the spillover matrix that the cytometer wrote into the files",
    "csv": "the spillover matrix in {file}",
}
_INSTEAD = {
    "single_stains": "had a matrix estimated from single stains",
    "none": "had no compensation in this analysis",
}
_SPILLOVER_METHODS = {
    "positives": "medians of the events above the unstained control's 99.5th percentile",
    "all_events": "medians of all events minus those of the unstained control",
}
_ZERO_STANDARDS = {
    "fit": "the zero standard was part of the fit",
    "subtract": "the mean of the blanks was subtracted first",
}
_FACTORS_APPLIED = (
    " The values of cultures were divided by the factor of their plate, estimated by least squares "
    "on the logarithms of what was on several plates."
)
_DIGITS_OF_SHA = 12
"""Enough to tell files apart; the list of raw files has all 64."""
_COMPARED = ("comparison/findings.csv", "comparison/contrasts.csv")
"""The tables that say where a comparison is between experiments."""
_SEVERAL_FAMILIES = (
    " The config divides the findings into families: the correction holds inside each of them, "
    "not for the study."
)
_CITED = re.compile(r"\[([a-z]+)\]")


@dataclass(frozen=True)
class Methods:
    """Paragraphs with numbered citations in brackets, and the references in that order."""

    paragraphs: tuple[str, ...]
    references: tuple[Reference, ...]


def methods(results: Results, versions: Mapping[str, str]) -> Methods:
    """The paragraphs of the Methods section.

    Parameters
    ----------
    results
        Read are the config, the gates, the curves, the finished numbers with their file, and
        comparison/findings.csv.
    versions
        Version of every program by its name.
    """
    config = results.config
    has_elisa = bool(config["tables"].get("elisa"))
    parts = [_flow(config["flow"], results.gates)] if config["tables"].get("flow") else []
    if has_elisa:
        parts.append(_elisa(config["elisa"], results.curves))
    if len(results.table("study/values.csv")):
        parts.append(_values(results))
    parts.append(_comparison(results, has_elisa))
    if versions:
        computed = ", ".join(f"{name} {version}" for name, version in versions.items())
        parts.append(f"Figures use the colours of Okabe and Ito [colours]. Software: {computed}.")
    cited = list(dict.fromkeys(name for part in parts for name in _CITED.findall(part)))
    numbered = {name: str(i) for i, name in enumerate(cited, 1)}
    paragraphs = tuple(_CITED.sub(lambda found: f"[{numbered[found[1]]}]", part) for part in parts)
    return Methods(paragraphs, tuple(REFERENCES[name] for name in cited))


def _flow(flow: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]]) -> str:
    compensation, outcomes = flow["compensation"], outcomes_of(flow)
    text = "FCS files [fcs] were read on the linear scale (amplifier and gain applied)."
    if compensation["source"] == "single_stains" and _stained_channels(flow) == 1:
        text += " One channel is stained, so there is no spill to correct."
    elif compensation["source"] in _COMPENSATION:
        how = _COMPENSATION[compensation["source"]].format(
            method=_SPILLOVER_METHODS[compensation["method"]], file=compensation["file"]
        )
        text += f" They were compensated with {how} [compensation]."
        text += _otherwise_compensated(compensation["source"], gates)
    else:
        text += " They were not compensated."
    populations = "; ".join(_population(one) for one in flow["populations"]) or "all single cells"
    return (
        f"{text} Gates, in order: scatter range, acquisition time, debris, single cells, "
        f"population ({populations}){_stain_gates(outcomes)}. "
        "Each threshold was set once per experiment and applied to all treatments of that "
        f"experiment{_gate_rules(gates, outcomes)}; gates.yaml lists the files used for each. "
        "Gates were applied to linear values; the logicle scale [logicle] was used to choose "
        f"thresholds and to draw.{_percents(outcomes)}"
    )


def _stained_channels(flow: Mapping[str, Any]) -> int:
    """How many channels have a stain or a marker."""
    markers = {marker["channel"] for one in flow["populations"] for marker in one["markers"]}
    return len(markers | {stain.channel for stain in stains_of(flow)})


def _stain_gates(outcomes: Outcomes) -> str:
    """The last gates, of the stains."""
    names = [stain.name for stain in outcomes.stains]
    cited = " [annexin]" if outcomes.stains and outcomes.stains[0].gate == ANNEXIN else ""
    if not names:
        return ""
    what = "the quadrants of" if len(names) > 1 else "the threshold of"
    return f", and {what} {listed(names)}{cited}"


def _percents(outcomes: Outcomes) -> str:
    """What the percents are of: the outcomes, with their classes where the name does not say."""
    if outcomes.are_standard:
        return (
            " Apoptotic cells are Annexin V-positive cells (early and late apoptotic), in percent "
            "of the single cells of the population."
        )
    if not outcomes.stains:
        return " Cells were counted; no stain divides them."
    declared = [
        f"{one.name} ({' or '.join(one.classes) or 'no cells'})"
        for one in outcomes.outcomes
        if one.name not in outcomes.classes and not one.name.endswith(("-positive", "-negative"))
    ]
    names = declared or [stain.of_dying for stain in outcomes.stains]
    living = "; ".join(f"living cells are {stain.of_living}" for stain in outcomes.stains)
    return (
        f" Percents of cells that are {listed(names)} are of the single cells of the population "
        f"({living})."
    )


def _otherwise_compensated(asked: str, gates: Mapping[str, Mapping[str, Any]]) -> str:
    """The experiments whose matrix is not the one that the config asks for."""
    used: dict[str, list[str]] = {}
    for experiment, record in gates.items():
        source = record.get("spillover", {}).get("source", asked)
        if source != asked:
            used.setdefault(source, []).append(experiment)
    return "".join(
        f" {listed(used[source])}, for which that matrix could not be used, {what}."
        for source, what in _INSTEAD.items()
        if source in used
    )


def _gate_rules(gates: Mapping[str, Mapping[str, Any]], outcomes: Outcomes) -> str:
    """Each rule that set a gate in some experiment, once."""
    names = {} if outcomes.are_standard else {one.gate: one.name for one in outcomes.stains}
    rules: dict[str, list[str]] = {}
    for experiment in gates.values():
        for population in experiment["populations"].values():
            for gate, block in population.items():
                of_gate = rules.setdefault(gate, [])
                of_gate += [str(block["rule"])] if block["rule"] not in of_gate else []
    named = "; ".join(
        f"{names.get(gate, gate.replace('_', ' '))}: {' or '.join(of_gate)}"
        for gate, of_gate in rules.items()
    )
    return f" ({named})" if named else ""


def _population(population: Mapping[str, Any]) -> str:
    markers = " and ".join(
        (marker.get("name") or marker["channel"])
        + ("-positive" if marker["positive"] else "-negative")
        for marker in population["markers"]
    )
    return f"{population['name']}: {markers}" if markers else str(population["name"])


def _elisa(elisa: Mapping[str, Any], curves: Mapping[str, Mapping[str, Any]]) -> str:
    model, weighting = (elisa[key].replace("_", " ") for key in ("model", "weighting"))
    given = _given(curves)
    if given and all(_is_given(of_analyte) for of_analyte in curves.values()):
        return (
            f"Immunoassay: {given.strip()}{_medium(curves)} Concentrations are those of the "
            "undiluted supernatant. Values outside the range of the reader's software are reported "
            "as bounds."
        )
    return (
        f"ELISA: {_readings(curves)}. {given}One {model} standard curve was fitted for each "
        f"{'other ' if given else ''}plate and analyte [curve], weights: {weighting}; "
        f"{_ZERO_STANDARDS[elisa['zero_standard']]}.{_shared(elisa['curve_of'])}"
        f"{_FACTORS_APPLIED if elisa['plate_factors'] == 'apply' else ''}"
        f"{_units(elisa['pg_per_unit'])}{_medium(curves)} Concentrations are those of the "
        "undiluted supernatant, with a 95 % interval on the log scale from the errors of curve and "
        f"wells. {_scatter(curves)}Of replicates and dilutions, those that agree make the value; "
        "where they do not, a caution says which were left out, or that there is no number. Values "
        "outside the quantifiable range (LLOQ and ULOQ times the dilution) are reported as bounds."
    )


def _scatter(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the error of a well is from."""
    entries = [entry for of_analyte in curves.values() for entry in of_analyte.values()]
    found = next((entry["well_scatter"] for entry in entries if "well_scatter" in entry), None)
    if found is None:
        return ""
    cv = f"a CV of {number(found['cv_percent'], 2)} % at high signal"
    if found["is_assumed"]:
        return (
            f"The scatter of wells ({cv}) is assumed, because no sample or control has replicates. "
        )
    return f"The scatter of wells ({cv}) is that of the {found['rule']}. "


def _shared(curve_of: Mapping[str, str]) -> str:
    """The plates that were read from the standards of another."""
    plates: dict[str, list[str]] = {}
    for plate, source in curve_of.items():
        plates.setdefault(source, []).append(plate)
    return "".join(
        f" Plate{'s' if len(of) > 1 else ''} {listed(of)} had no curve of "
        f"{'their' if len(of) > 1 else 'its'} own and {'were' if len(of) > 1 else 'was'} read from "
        f"the standards of {source}."
        for source, of in plates.items()
    )


def _is_given(of_analyte: Mapping[str, Any]) -> bool:
    """Whether the reader's software gave the concentrations of a plate."""
    return any("source" in entry for entry in of_analyte.values())


def _given(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """The plates whose concentrations are those of the reader's software, and the error assumed."""
    plates = [plate for plate, of_analyte in curves.items() if _is_given(of_analyte)]
    if not plates:
        return ""
    cv = next(iter(curves[plates[0]].values()))["assumed_cv_percent"]
    return (
        f"The concentrations of plate{'s' if len(plates) > 1 else ''} {listed(plates)} are those "
        f"of the reader's software, with an assumed CV of {cv:g} % for a well. "
    )


def _medium(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """Whether the medium was subtracted."""
    entries = [entry for of_analyte in curves.values() for entry in of_analyte.values()]
    if not any(entry.get("medium_subtracted") for entry in entries):
        return ""
    return (
        " The mean concentration of the medium blanks was subtracted from the samples of the same "
        "plate and medium, in pg/mL; a medium below the LLOQ counted as zero."
    )


def _units(pg_per_unit: Mapping[str, float]) -> str:
    """The factors by which standards in units of activity became pg/mL."""
    return "".join(
        f" Standards in U/mL were converted: 1 U of {analyte} as {factor:g} pg."
        for analyte, factor in pg_per_unit.items()
    )


def _readings(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """The readings that were used, as the steps recorded them; with plates where they differ."""
    plates: dict[str, list[str]] = {}
    with_reference = []
    for plate, of_analyte in curves.items():
        used = next((entry.get("readings") for entry in of_analyte.values()), None)
        if used:
            plates.setdefault(_readings_of_plate(used), []).append(plate)
            with_reference.append(used["reference"] is not None)
    if len(plates) < 2:
        found = f"optical density{next(iter(plates), '')}"
    else:
        each = (f"{words} ({_plates(on)})" for words, on in plates.items())
        found = f"optical density{';'.join(each)}"
    if not plates or all(with_reference):
        return found
    of_these = " from those with one reading alone" if any(with_reference) else ""
    return f"{found}; no reference reading was subtracted{of_these}"


def _plates(names: Sequence[str]) -> str:
    return f"plate{'s' if len(names) > 1 else ''} {listed(names)}"


def _readings_of_plate(used: Mapping[str, Any]) -> str:
    main, reference = used["measurement"], used["reference"]
    if reference is None:
        return _reading(main)
    return f"{_reading(main)} minus that{_reading(reference)}"


def _reading(reading: Mapping[str, Any]) -> str:
    """The wavelength, with the reading's name where that says more."""
    name, wavelength = reading["name"], reading["wavelength_nm"]
    quoted = f'"{name}"'
    if wavelength is None:
        return f" of the reading {quoted}" if name else " (the file states no wavelength)"
    says_more = re.sub(r"\W|nm|od|abs|a", "", name.casefold()) != f"{wavelength:g}"
    return f" at {wavelength:g} nm" + (f" (reading {quoted})" if name and says_more else "")


def _values(results: Results) -> str:
    """What was measured elsewhere, and the file that says so."""
    numbers = results.table("study/values.csv")
    used = numbers[numbers["excluded"] == ""]
    measured = listed(
        f"{endpoint} ({unit})"
        for endpoint, unit in used[["endpoint", "unit"]].drop_duplicates().itertuples(index=False)
    )
    files = results.table("study/files.csv")
    origin = ", ".join(
        f"{name}, SHA-256 {digest[:_DIGITS_OF_SHA]}..."
        for name, digest in files.loc[
            files["table"] == "values.csv", ["file", "sha256"]
        ].itertuples(index=False)
    )
    return (
        f"Finished numbers: the values of {measured} were measured and computed elsewhere and "
        f"entered as numbers ({origin}). This analysis begins with them; the raw data behind them "
        "are not part of it."
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


def _comparison(results: Results, has_bounds: bool) -> str:
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
