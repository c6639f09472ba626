"""What a reader must know before trusting the findings, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.alternatives import AUTOMATIC_GATES
from coculture.exchange.flags import Flag
from coculture.exchange.manual_gates import ManualGate, manual_gates
from coculture.exchange.vocabulary import (
    BELOW_RANGE,
    NOT_MEASURED,
    listed,
    many,
    number,
    state_in_words,
)
from coculture.report.flags import (
    BETWEEN_EXPERIMENTS,
    ListedFlag,
    cultures_outside_range,
    exclusions,
    lacking_arms,
    listed_flag,
    quality_flags,
)
from coculture.report.results import Results, with_labels
from coculture.report.robustness import AS_CONFIGURED
from coculture.report.table_labels import measured_columns

_MAX_NAMED = 6
"""Up to this number things are named one by one; more are counted."""
_MOST_WHOLE = 2
"""Flags of the same kind that are each said whole."""
_MOST_KINDS = 8
"""Kinds of cautions about single files and wells that the first screen says in words."""
_OF_THE_STUDY = ("study", "experiment", "finding", "arm")
"""Kinds of things whose cautions concern the findings as a whole, not one measurement."""
_UNNAMED = ("tube", "well", "culture")
"""Kinds of things that the sentences of their flags do not name."""
_SECTIONS = {"flow": "flow", "ELISA": "elisa", "comparison": "comparison", "clinical": "clinical"}
_ACTIONS_BY_CODE = {
    "few_experiments": "Repeat the experiment on another day or with another donor.",
    "pooled_error_disagrees": "Report the primary verdict and mention the other.",
    "no_controls": "Record at least an unstained tube and single stains in the next experiment.",
    "experiments_of_one_day": (
        "If they are one experiment, give them one name in cultures.csv. If not, say what makes "
        "them independent when you report the findings."
    ),
    "donors_not_tested": "Report the findings as about these donors.",
    "findings_changed_since_pinned": "Say what was changed, and why, when you report the findings.",
    "findings_pinned_after_acquisition": "Report the findings as chosen after the measurements.",
    "findings_of_an_earlier_pin": "Report every pin, and why this one is in force.",
    "readings_alike": "Compare the files and the layout of both experiments with the plate map.",
    "values_alike": "Compare both experiments with the records that the numbers were taken from.",
    "interference": "Use an assay that the drug does not disturb, or leave these arms out.",
    "other_well": "Compare flow.csv with the plate map.",
    "stains_swapped": "Compare flow.channels with the panel that was stained.",
    "plate_failed": "Do not use its concentrations; repeat the plate.",
}
"""What to do about flags for which more can be said than about others of their kind."""
_ACTIONS_BY_KIND = {
    "tube": "Exclude the file with a reason, or record it again.",
    "well": "Exclude the well with a reason, or repeat it.",
    "experiment": "Check whether the findings hold without this experiment.",
    "arm": "Check the wells of this arm before you use its percents.",
    "finding": "Mention this when you report the finding.",
}
_ACTION_OF_ONE = "Exclude a file or well only for a technical reason."
_ANY_ACTION = "Check this before you use the results."


@dataclass(frozen=True)
class Limitation:
    """One limitation of the study.

    Attributes
    ----------
    sentence
        What the limitation is.
    action
        What to do about it; may be empty.
    section
        Id of the section of the page with the details.
    """

    sentence: str
    action: str
    section: str


def limitations(results: Results) -> list[Limitation]:
    """The limitations of the study, the most serious first."""
    return [
        *_simulated(results.config),
        *_from_flags(flag for flag in results.flags if flag.severity == "failure"),
        *_from_flags(
            flag
            for flag in results.flags
            if flag.severity == "caution" and flag.concerns.kind in _OF_THE_STUDY
        ),
        *_between_experiments(results.flags),
        *_missing_experiments(results),
        *_manual_gates(results),
        *_own_thresholds(results.gates),
        *_excluded(results.flags, results.table("study/values.csv")),
        *_unmeasured(results),
        *_outside_range(results.flags, results.table("elisa/cultures.csv")),
        *_flagged(quality_flags(results.flags)),
    ]


def _simulated(config: Mapping[str, Any]) -> Iterator[Limitation]:
    if config["simulated"]:
        yield Limitation(
            "These data are simulated. They show how the workflow works, not what a drug does.",
            "Do not report its results.",
            "methods",
        )


def _from_flags(flags: Iterable[Flag]) -> Iterator[Limitation]:
    """A limitation for each flag; of many flags with the same code one, which names the others."""
    by_code: dict[str, list[ListedFlag]] = {}
    for flag in flags:
        by_code.setdefault(flag.code, []).append(listed_flag(flag))
    for code, group in by_code.items():
        kind = group[0].flag.concerns.kind
        action = _ACTIONS_BY_CODE.get(code) or _ACTIONS_BY_KIND.get(kind, _ANY_ACTION)
        section = _SECTIONS.get(group[0].stage, "quality")
        if len(group) <= _MOST_WHOLE:
            for one in group:
                yield Limitation(_sentence(one), action, section)
        else:
            yield Limitation(_of_kind(group), action, section)


def _sentence(one: ListedFlag) -> str:
    """The sentence of a flag, with the file, well, culture or plate that it is about."""
    text = one.flag.sentence.rstrip(".")
    kind = one.flag.concerns.kind
    if kind in _UNNAMED or (kind == "curve" and one.place not in text):
        return f"{_place(one)}: {text}."
    return f"{text[:1].upper()}{text[1:]}."


def _place(one: ListedFlag) -> str:
    """Where it was found: the experiment or plate, and the file, well or culture."""
    concerns = one.flag.concerns
    names = {
        "culture": " ".join(filter(None, (one.culture, concerns.analyte))),
        "experiment": concerns.analyte,
    }
    name = names.get(concerns.kind, one.item)
    return ", ".join(filter(None, (one.place, name)))


def _between_experiments(flags: Iterable[Flag]) -> Iterator[Limitation]:
    """The findings that compare arms that share no experiment."""
    found = [flag for flag in flags if flag.code == BETWEEN_EXPERIMENTS]
    ids = list(dict.fromkeys(flag.concerns.finding for flag in found))
    if ids:
        several = len(ids) > 1
        yield Limitation(
            f"Finding{'s' if several else ''} {listed(ids)} {'are' if several else 'is'} compared "
            f"between experiments (Welch), because {'their' if several else 'its'} arms share "
            "none. Whatever else differs between these experiments, such as days or reagents, is "
            "part of the difference.",
            "Say so when you report it. If you can, have the arms in the same experiments.",
            "comparison",
        )


def _missing_experiments(results: Results) -> Iterator[Limitation]:
    findings: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for finding, lacking in lacking_arms(results.flags).items():
        findings.setdefault(lacking, []).append(finding)
    if findings:
        each = "; ".join(f"{_lacks(lacking)} ({listed(ids)})" for lacking, ids in findings.items())
        yield Limitation(
            f"Some findings are tested without some experiments: {with_labels(each, results)}.",
            "Repeat the missing arms, or report the smaller n.",
            "comparison",
        )


def _lacks(lacking: Iterable[tuple[str, str]]) -> str:
    by_experiment: dict[str, list[str]] = {}
    for experiment, arm in lacking:
        by_experiment.setdefault(experiment, []).append(arm)
    return "; ".join(f"{each} lacks {', '.join(arms)}" for each, arms in by_experiment.items())


def _manual_gates(results: Results) -> Iterator[Limitation]:
    moved = [
        gate
        for experiment, found in results.gates.items()
        for gate in manual_gates(experiment, found["populations"])
    ]
    if moved:
        yield Limitation(
            f"Gates set by hand{_in_file(results)}: {', '.join(map(_moved, moved))}."
            f"{_with_automatic_gates(results)}",
            "Compare each with its automatic threshold in gates.yaml.",
            "flow",
        )


def _in_file(results: Results) -> str:
    """The gates file that they are from; empty without one."""
    name = results.config.get("flow", {}).get("gates_file")
    return f" ({name})" if name else ""


def _moved(gate: ManualGate) -> str:
    """Which gate was set by hand, and by how much its threshold was moved."""
    name = f"{gate.experiment} {gate.population} {gate.gate.replace('_', ' ')}"
    threshold, automatic = gate.shape.get("threshold"), gate.automatic
    if gate.is_manual and threshold is not None and isinstance(automatic, int | float):
        name += f" ({number(float(threshold))} instead of {number(float(automatic))})"
    own = [one.fcs for one in gate.exceptions]
    if not own:
        return name
    return f"{name} {'and' if gate.is_manual else 'only'} for {listed(own)}"


def _with_automatic_gates(results: Results) -> str:
    """Whether any finding would have another verdict with the automatic gates."""
    table = results.table("comparison/robustness.csv")
    if table.empty:
        return ""
    configured = table[table["choice"] == AS_CONFIGURED].set_index("id")["verdict"]
    automatic = table[table["choice"] == AUTOMATIC_GATES].set_index("id")["verdict"]
    tested = automatic[automatic != ""]
    changed = [str(name) for name in tested.index if tested[name] != configured[name]]
    if changed:
        return f" With the automatic gates {_the_findings(changed)} would have another verdict."
    if len(tested) < len(automatic):
        return " What the findings would be with the automatic gates is not known for all of them."
    return " With the automatic gates every finding has the same verdict."


def _the_findings(names: Sequence[str]) -> str:
    return f"finding{'s' if len(names) > 1 else ''} {listed(names)}"


def _own_thresholds(gates: Mapping[str, Mapping[str, Any]]) -> Iterator[Limitation]:
    """Thresholds that not all wells of an experiment share."""
    reasons = {
        "of_cells": (
            "cell line, because their live cells differ",
            "Compare percents within a cell line.",
        ),
        "of_files": (
            "well or arm, as the config or an unstained control of treated cells asks",
            "Compare with the results of one threshold for all; gates.yaml has both.",
        ),
    }
    for key, (what, action) in reasons.items():
        found = [
            experiment
            for experiment, of_experiment in gates.items()
            for blocks in of_experiment["populations"].values()
            if any(key in block for block in blocks.values())
        ]
        if found:
            experiments = listed(dict.fromkeys(found))
            yield Limitation(f"Thresholds are set for each {what}: {experiments}.", action, "flow")


def _excluded(flags: Iterable[Flag], numbers: pd.DataFrame) -> Iterator[Limitation]:
    found = {one.flag.concerns: one for one in exclusions(flags)}.values()
    files = {one.flag.concerns.fcs for one in found if one.flag.concerns.kind == "tube"}
    wells = sum(one.flag.concerns.kind == "well" for one in found)
    rows = _excluded_rows(numbers) if len(numbers) else 0
    counts = ((len(files), "FCS file"), (wells, "ELISA well"))
    counted = [many(count, thing) for count, thing in counts if count]
    counted += [f"{many(rows, 'row')} of finished numbers"] if rows else []
    if counted:
        yield Limitation(
            f"Excluded: {listed(counted)}.",
            "Check that each reason is technical and does not depend on the result.",
            "excluded",
        )


def _excluded_rows(numbers: pd.DataFrame) -> int:
    return len(numbers.loc[numbers["excluded"] != "", ["table", "row"]].drop_duplicates())


def _unmeasured(results: Results) -> Iterator[Limitation]:
    names = [str(name) for name in without_measurement(results).get("culture", ())]
    if names:
        which = f": {', '.join(names)}" if len(names) <= _MAX_NAMED else ""
        yield Limitation(
            f"{many(len(names), 'culture')} without a measurement{which}.",
            "Check that the treatment is not the cause.",
            "excluded",
        )


def without_measurement(results: Results) -> pd.DataFrame:
    """The rows of cultures.csv that lack a measurement that was planned.

    That is one of an assay whose table names the culture, so cultures with one assay by design lack
    nothing. A bound is a measurement. A measurement that was excluded is missing.
    """
    cultures = results.table("cultures.csv")
    if "excluded" not in cultures or "culture" not in cultures:
        return pd.DataFrame()
    lacking = pd.Series(False, index=cultures.index)
    for one in measured_columns(results):
        if one.value not in cultures:
            continue
        known = cultures[one.value].notna()
        if one.bound in cultures:
            known |= cultures[one.bound].notna()
        if one.state in cultures:
            known |= cultures[one.state].isin(["", NOT_MEASURED])
        if known.any():
            lacking |= ~known
        elif one.state in cultures:
            lacking |= cultures[one.state] == "excluded"
    return cultures[lacking & (cultures["excluded"] != "")]


def _outside_range(flags: Iterable[Flag], measured: pd.DataFrame) -> Iterator[Limitation]:
    found = cultures_outside_range(flags)
    codes = [flag.code for flag in found]
    if codes:
        counted = [
            f"{number(codes.count(code))} {state_in_words(code)}" for code in sorted(set(codes))
        ]
        yield Limitation(
            f"Cultures outside the range that ELISA can quantify: {listed(counted)}. They enter "
            "as bounds, not numbers.",
            _measure_again(found, measured),
            "elisa",
        )


def _measure_again(found: Iterable[Flag], measured: pd.DataFrame) -> str:
    """How to get numbers; wells that were not diluted cannot be diluted less."""
    below = [one.concerns.culture for one in found if one.code in BELOW_RANGE]
    if below and "dilutions" in measured:
        of_these = measured.loc[measured["culture"].isin(below), "dilutions"]
        if of_these.astype(str).str.split("; ").str[0].eq("1").any():
            return (
                "If you need numbers, measure them again at another dilution; those that are below "
                "the LLOQ undiluted need a more sensitive assay."
            )
    return "If you need numbers, measure them again at another dilution."


def _flagged(flags: list[ListedFlag]) -> Iterator[Limitation]:
    """Cautions about single files, wells and cultures: one of each kind whole, the others named."""
    by_code: dict[tuple[str, str], list[ListedFlag]] = {}
    for one in flags:
        if one.flag.severity == "caution" and one.flag.concerns.kind not in _OF_THE_STUDY:
            by_code.setdefault((one.stage, one.flag.code), []).append(one)
    groups = list(by_code.values())
    shown = groups if len(groups) <= _MOST_KINDS else groups[: _MOST_KINDS - 1]
    for group in shown:
        yield Limitation(_of_kind(group), _ACTION_OF_ONE, "quality")
    left = [one for group in groups[len(shown) :] for one in group]
    if left:
        words = dict.fromkeys(one.flag.code.replace("_", " ") for one in left)
        yield Limitation(
            f"{many(len(left), 'further caution')}: {listed(words)}.", _ACTION_OF_ONE, "quality"
        )


def _of_kind(group: list[ListedFlag]) -> str:
    first, *others = group
    places = list(dict.fromkeys(_place(one) for one in others if _place(one) != _place(first)))
    if not places:
        return _sentence(first)
    more = len(places) - _MAX_NAMED
    named = "; ".join(places[:_MAX_NAMED])
    return f"{_sentence(first)} Similarly in {named}{f' and {more} more' if more > 0 else ''}."
