"""The methods paragraphs, written out from the config and the versions that ran."""

import re
from collections.abc import Mapping
from typing import Any

_COMPENSATION = {
    "single_stains": "a spillover matrix estimated from each experiment's single stains ({method})",
    "embedded": "the spillover matrix that the cytometer wrote into the files",
    "csv": "the spillover matrix in {file}",
}
_METHODS = {
    "positives": "medians of the events above the unstained control's 99.5th percentile",
    "all_events": "medians of all events, less the unstained control's",
}


def methods(
    config: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]], versions: Mapping[str, str]
) -> list[str]:
    """Paragraphs for the methods section of a paper about this study.

    `gates` is the content of each experiment's gates.yaml, `versions` that of every package.
    """
    parts = [_flow(config["flow"], gates)] if config["tables"]["flow"] else []
    if config["tables"]["elisa"]:
        parts.append(_elisa(config["elisa"]))
    parts.append(_comparison())
    if versions:
        listed = ", ".join(f"{name} {version}" for name, version in versions.items())
        parts.append(f"Computed with {listed}.")
    return parts


def _flow(flow: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]]) -> str:
    compensation = flow["compensation"]
    text = "FCS files were read on the linear scale (amplifier and gain applied)."
    if compensation["source"] in _COMPENSATION:
        how = _COMPENSATION[compensation["source"]].format(
            method=_METHODS[compensation["method"]], file=compensation["file"]
        )
        text += f" They were compensated with {how}."
    else:
        text += " They were not compensated."
    populations = "; ".join(_population(one) for one in flow["populations"]) or "all single cells"
    return (
        f"{text} Gates, in order: events beyond the scatter range, acquisition time, debris, "
        f"single cells, population ({populations}), and the quadrants of Annexin V and viability "
        "dye. Each threshold was set once per experiment and is shared by all of its treatments"
        f"{_rules(gates)}; gates.yaml names the files behind each. Apoptotic are the "
        "Annexin V-positive cells, early and late together, in percent of the population's "
        "single cells."
    )


def _rules(gates: Mapping[str, Mapping[str, Any]]) -> str:
    """How each threshold was set, in the words of gates.yaml without their numbers."""
    rules: dict[str, set[str]] = {}
    for experiment in gates.values():
        for population in experiment["populations"].values():
            for gate, block in population.items():
                source, _, how = str(block["rule"]).partition(": ")
                if how or source == "manual":
                    words = ", ".join(filter(None, (source, re.split("[;(]", how)[0].strip())))
                    rules.setdefault(gate, set()).add(words.replace("_", " "))
    listed = "; ".join(f"{gate} by {' or '.join(sorted(how))}" for gate, how in rules.items())
    return f" ({listed})" if listed else ""


def _population(population: Mapping[str, Any]) -> str:
    markers = " and ".join(
        f"{marker['channel']}-{'positive' if marker['positive'] else 'negative'}"
        for marker in population["markers"]
    )
    return f"{population['name']}: {markers}"


def _elisa(elisa: Mapping[str, Any]) -> str:
    reference = elisa["reference_wavelength_nm"]
    reading = f"optical density at {elisa['wavelength_nm']} nm"
    if reference is not None:
        reading += f" less that at {reference} nm"
    zero = {
        "fit": "the zero standard was part of the fit",
        "subtract": "the mean of the blanks was subtracted first",
    }[elisa["zero_standard"]]
    return (
        f"ELISA: {reading}. One {elisa['model'].replace('_', ' ')} standard curve a plate and "
        f"analyte, weights: {elisa['weighting'].replace('_', ' ')}; {zero}. Concentrations are "
        "those of the undiluted supernatant, with a 95 % interval on the log scale from curve and "
        "well noise. Values outside the quantifiable range (LLOQ and ULOQ times the dilution) are "
        "kept as bounds, not numbers."
    )


def _comparison() -> str:
    return (
        "The unit of replication is the experiment: wells are averaged inside experiment and arm "
        "on the analysis scale, every contrast is computed inside each experiment that has all "
        "arms it needs, and tested by a one-sample t test with n - 1 degrees of freedom. A "
        "pooled-error analysis (experiments as blocks) stands beside it. Verdicts use the stated "
        "one-sided levels; Holm-adjusted p values over the findings are given too."
    )
