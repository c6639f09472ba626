"""The methods section of a paper about this study, from its config and the versions that ran."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coculture.report.references import REFERENCES, Reference

_COMPENSATION = {
    "single_stains": "a spillover matrix estimated from each experiment's single stains ({method})",
    "embedded": "the spillover matrix that the cytometer wrote into the files",
    "csv": "the spillover matrix in {file}",
}
_METHODS = {
    "positives": "medians of the events above the unstained control's 99.5th percentile",
    "all_events": "medians of all events, less the unstained control's",
}
_CITED = re.compile(r"\[([a-z]+)\]")
_KINDS = {
    "lower": "that a value is lower, one-sided against every arm named",
    "higher": "that a value is higher, one-sided against every arm named",
    "not_raised": "that a value is not raised, by a rise below {margin:g} percentage points",
    "eliminated": (
        "that an effect is eliminated, by tests that it exists, that it is smaller where it is "
        "said to be gone, and that what is left lies below {margin:g} percentage points and below "
        "{residual:.0f} % of it"
    ),
}


@dataclass(frozen=True)
class Methods:
    """Paragraphs with numbers in brackets, and the references that these numbers count."""

    paragraphs: tuple[str, ...]
    references: tuple[Reference, ...]


def methods(
    config: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]], versions: Mapping[str, str]
) -> Methods:
    """Paragraphs for the methods section of a paper about this study.

    `gates` is the content of each experiment's gates.yaml, `versions` that of every package.
    """
    parts = [_flow(config["flow"], gates)] if config["tables"].get("flow") else []
    if config["tables"].get("elisa"):
        parts.append(_elisa(config["elisa"]))
    parts.append(_comparison(config["comparison"], bool(config["tables"].get("elisa"))))
    if versions:
        computed = ", ".join(f"{name} {version}" for name, version in versions.items())
        parts.append(
            f"Figures use the palette of Okabe and Ito [colours]. Computed with {computed}."
        )
    cited = list(dict.fromkeys(name for part in parts for name in _CITED.findall(part)))
    numbered = {name: str(i) for i, name in enumerate(cited, 1)}
    paragraphs = tuple(_CITED.sub(lambda found: f"[{numbered[found[1]]}]", part) for part in parts)
    return Methods(paragraphs, tuple(REFERENCES[name] for name in cited))


def _flow(flow: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]]) -> str:
    compensation = flow["compensation"]
    text = "FCS files [fcs] were read on the linear scale (amplifier and gain applied)."
    if compensation["source"] in _COMPENSATION:
        how = _COMPENSATION[compensation["source"]].format(
            method=_METHODS[compensation["method"]], file=compensation["file"]
        )
        text += f" They were compensated with {how} [compensation]."
    else:
        text += " They were not compensated."
    populations = "; ".join(_population(one) for one in flow["populations"]) or "all single cells"
    return (
        f"{text} Gates, in order: events beyond the scatter range, acquisition time, debris, "
        f"single cells, population ({populations}), and the quadrants of Annexin V and viability "
        "dye [annexin]. Each threshold was set once per experiment and is shared by all of its "
        f"treatments{_rules(gates)}; gates.yaml names the files behind each. Gates act on linear "
        "values; the logicle scale [logicle] served to choose thresholds and to draw. Apoptotic "
        "are the Annexin V-positive cells, early and late together, in percent of the "
        "population's single cells."
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
                    rules.setdefault(gate, set()).add(words.replace("_", " ").rstrip(","))
    named = "; ".join(
        f"{gate.replace('_', ' ')} by {' or '.join(sorted(how))}" for gate, how in rules.items()
    )
    return f" ({named})" if named else ""


def _population(population: Mapping[str, Any]) -> str:
    markers = " and ".join(
        f"{marker['channel']}-{'positive' if marker['positive'] else 'negative'}"
        for marker in population["markers"]
    )
    return f"{population['name']}: {markers}" if markers else str(population["name"])


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
        f"analyte [curve], weights: {elisa['weighting'].replace('_', ' ')}; {zero}. "
        "Concentrations are those of the undiluted supernatant, with a 95 % interval on the log "
        "scale from curve and well noise. Values outside the quantifiable range (LLOQ and ULOQ "
        "times the dilution) are kept as bounds, not numbers."
    )


def _comparison(settings: Mapping[str, Any], with_bounds: bool) -> str:
    text = (
        "The unit of replication is the experiment [unit]: wells are averaged inside experiment "
        "and arm on the analysis scale, every contrast is computed inside each experiment that has "
        "all arms it needs, and tested by a one-sample t test with n − 1 degrees of freedom."
    )
    if with_bounds:
        text += (
            " Where up to half of an arm's wells lie outside the quantifiable range, they enter "
            "estimates at LLOQ/√2 or ULOQ × √2 [bounds]; where more do, only the bound is known. "
            "Findings are tested with such wells at the limit that argues against the finding, and "
            "are not testable where there is none."
        )
    findings = settings.get("findings") or []
    if findings:
        text += (
            f" The claims of the config were tested so: {'; '.join(_tests(settings))}. Their "
            "p values were also adjusted by Holm's method [holm]."
        )
    if any(finding["kind"] == "eliminated" for finding in findings):
        text += " Intervals of the part of an effect that is gone are Fieller's [fieller]."
    return (
        f"{text} A pooled-error analysis (least squares on the means of arms, experiments as "
        "blocks, Dunnett's correction [dunnett] for treatments against untreated) stands beside "
        "it and decides nothing. Combinations are compared with Bliss independence [bliss]. Wells "
        "and experiments are shown together as SuperPlots [superplot]."
    )


def _tests(settings: Mapping[str, Any]) -> Iterator[str]:
    kinds = [finding["kind"] for finding in settings["findings"]]
    for kind in dict.fromkeys(kinds):
        yield _KINDS[kind].format(
            margin=settings["margin_points"], residual=100 * settings["residual_fraction"]
        )
