"""What the Methods section says of flow cytometry."""

from collections.abc import Mapping
from typing import Any

from coculture.exchange.outcomes import ANNEXIN, Outcomes, outcomes_of, stains_of
from coculture.exchange.vocabulary import listed

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


def flow_paragraph(flow: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]]) -> str:
    """How the files were read, compensated and gated, and what the percents are of."""
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
