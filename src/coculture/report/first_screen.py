"""The words of the first screen: the answer in a sentence, and what to know before believing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.design_sentence import Given, design_sentence
from coculture.exchange.vocabulary import VERDICTS, listed, many, number, state_in_words
from coculture.report.flags import Flag, spread_over_plates
from coculture.report.results import Results, with_labels

_NAMED = 6
"""Up to so many things are named; more are counted."""


@dataclass(frozen=True)
class Caution:
    """What a reader must know before the findings, and the section that tells more."""

    sentence: str
    section: str


def answer(findings: pd.DataFrame) -> str:
    """How the findings that the config states came out, in one sentence.

    >>> answer(pd.DataFrame({"verdict": ["shown", "shown", "not testable"]}))
    '3 claims are stated in the config: 2 shown, 1 not testable.'
    """
    if findings.empty:
        return (
            "No claim is stated in the config, so nothing here is a test of one: the contrasts "
            "below explore."
        )
    counts = findings["verdict"].value_counts()
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)
    claims = "1 claim is" if len(findings) == 1 else f"{len(findings)} claims are"
    return f"{claims} stated in the config: {said}."


def counts(results: Results) -> dict[str, int]:
    """How much was measured: donors, experiments, arms, cultures, files, wells; zeros left out."""
    cultures = results.table("cultures.csv")
    wells, files = results.table("elisa/wells.csv"), results.table("flow/wells.csv")
    donors = cultures.get("donor", pd.Series(dtype=str)).fillna("")
    found = {
        "donors": donors[donors != ""].nunique(),
        "experiments": cultures["experiment"].nunique(),
        "arms": cultures["arm"].nunique(),
        "cultures": len(cultures),
        "FCS files": files["fcs"].nunique() if len(files) else 0,
        "ELISA wells": len(wells) - unassigned(wells),
    }
    return {
        name.removesuffix("s") if count == 1 else name: count
        for name, count in found.items()
        if count
    }


def design(results: Results) -> str:
    """What was given, for how long and on what, in one sentence; empty without cultures."""
    cultures = results.table("cultures.csv")
    if cultures.empty or not {"hours", "stroma"} <= set(cultures.columns):
        return ""
    given = [
        Given(
            factor["name"],
            sorted(set(cultures[factor["column"]].dropna()) - {factor["untreated"]}),
            factor["unit"],
            bool(factor.get("adds_analyte")),
        )
        for factor in results.config["factors"]
    ]
    return design_sentence(
        given, sorted(set(cultures["hours"])), sorted(set(cultures["stroma"].fillna("")))
    )


def cautions(results: Results, flags: Sequence[Flag]) -> list[Caution]:
    """What a reader must know before the findings, gravest first."""
    said = []
    if results.config["simulated"]:
        sentence = (
            "These data are simulated. They show how the workflow works, not what a drug does."
        )
        said.append(Caution(sentence, "methods"))
    said += [
        Caution(
            f"Plate {plate} failed for {analyte}: "
            f"{'; '.join(str(reason).rstrip('.') for reason in entry['reasons'])}. Its values are "
            "flagged.",
            "elisa",
        )
        for plate, curve in results.curves.items()
        for analyte, entry in curve.items()
        if entry["verdict"] == "fail"
    ]
    said += _few_experiments(results.table("cultures.csv"))
    said += _analyses_disagree(results.table("comparison/findings.csv"))
    said += _arms_missing(results)
    said += [
        Caution(
            f"{analyte} of {experiment} was measured on several plates, its arms on different ones "
            f"({', '.join(plates)}): what differs between plates is in its contrasts.",
            "elisa",
        )
        for (experiment, analyte), plates in spread_over_plates(results).items()
    ]
    said += _set_by_hand(results.gates)
    said += _left_out(results)
    said += _outside_the_range(results.table("elisa/cultures.csv"))
    if flags:
        said.append(
            Caution(f"{many(len(flags), 'quality flag')} raised{_where(flags)}.", "quality")
        )
    return said


def unassigned(wells: pd.DataFrame) -> int:
    """Wells of the plate exports that the table of wells does not mention."""
    return int((wells["role"] == "unassigned").sum()) if len(wells) else 0


def _few_experiments(cultures: pd.DataFrame) -> list[Caution]:
    count = cultures["experiment"].nunique()
    if count >= 3:
        return []
    sentence = (
        f"There {'is' if count == 1 else 'are'} only {many(count, 'experiment')}: wells of one "
        "experiment are not independent, and no claim is tested with fewer than three."
    )
    return [Caution(sentence, "methods")]


def _analyses_disagree(findings: pd.DataFrame) -> list[Caution]:
    if "pooled_error_verdict" not in findings:
        return []
    other = findings[
        (findings["pooled_error_verdict"] != "")
        & (findings["pooled_error_verdict"] != findings["verdict"])
    ]
    return [
        Caution(
            f"Finding {row['id']} would be “{row['pooled_error_verdict']}” if the pooled-error "
            "analysis decided; it does not.",
            "comparison",
        )
        for row in other.to_dict("records")
    ]


def _arms_missing(results: Results) -> list[Caution]:
    tests = results.table("comparison/finding_tests.csv")
    if tests.empty or (tests["left_out"] == "").all():
        return []
    by_reason: dict[str, list[str]] = {}
    for test in tests[tests["left_out"] != ""].to_dict("records"):
        found = by_reason.setdefault(str(test["left_out"]), [])
        found += [str(test["id"])] if test["id"] not in found else []
    each = "; ".join(f"{reason} ({listed(ids)})" for reason, ids in by_reason.items())
    sentence = f"Not every experiment could enter every finding: {with_labels(each, results)}."
    return [Caution(sentence, "comparison")]


def _set_by_hand(gates: Mapping[str, Mapping[str, Any]]) -> list[Caution]:
    by_hand = [
        f"{experiment} {population} {gate.replace('_', ' ')}"
        for experiment, found in gates.items()
        for population, blocks in found["populations"].items()
        for gate, block in blocks.items()
        if str(block["rule"]).startswith("manual")
    ]
    return [Caution(f"Gates set by hand: {', '.join(by_hand)}.", "flow")] if by_hand else []


def _left_out(results: Results) -> list[Caution]:
    said = []
    wells = _excluded(results.table("elisa/wells.csv"))
    files = _excluded(results.table("flow/wells.csv"))
    if wells or files:
        found = [(files, "FCS file"), (wells, "ELISA well")]
        left_out = listed([many(count, thing) for count, thing in found if count])
        said.append(Caution(f"Left out: {left_out}, each listed with its reason.", "excluded"))
    cultures = without_a_value(results.table("cultures.csv"))
    if len(cultures):
        names = [str(name) for name in cultures["culture"]]
        which = f": {', '.join(names)}" if len(names) <= _NAMED else ""
        said.append(
            Caution(f"{many(len(names), 'culture')} without a measurement{which}.", "excluded")
        )
    return said


def without_a_value(cultures: pd.DataFrame) -> pd.DataFrame:
    """The cultures that lack a measurement which others have, with the reason in `excluded`.

    An assay that the study did not make is not missing.
    """
    if "excluded" not in cultures or "culture" not in cultures:
        return pd.DataFrame()
    lacking = pd.Series(False, index=cultures.index)
    for value, bound in _quantities(cultures):
        known = cultures[value].notna()
        if bound in cultures:
            known |= cultures[bound].notna()
        if known.any():
            lacking |= ~known
    return cultures[lacking & (cultures["excluded"].fillna("") != "")]


def missing_arms(cultures: pd.DataFrame) -> list[str]:
    """Each arm that some experiment lacks, with the experiments.

    >>> missing_arms(pd.DataFrame({"experiment": ["E1", "E1", "E2"], "arm": ["a", "b", "a"]}))
    ['b (not in E2)']
    """
    present = {
        (str(one), str(arm))
        for one, arm in zip(cultures["experiment"], cultures["arm"], strict=True)
    }
    experiments = [str(one) for one in cultures["experiment"].unique()]
    lacking = {
        str(arm): [one for one in experiments if (one, str(arm)) not in present]
        for arm in cultures["arm"].unique()
    }
    return [f"{arm} (not in {', '.join(where)})" for arm, where in lacking.items() if where]


def _quantities(cultures: pd.DataFrame) -> list[tuple[str, str]]:
    """Columns of what was measured, each with the column of its bound (which need not be there)."""
    analytes = [
        str(column).removesuffix("_state")
        for column in cultures.columns
        if str(column).endswith("_state")
    ]
    found = [
        ("percent_apoptotic", ""),
        *((f"{one}_pg_ml", f"{one}_bound_pg_ml") for one in analytes),
    ]
    return [(value, bound) for value, bound in found if value in cultures]


def _excluded(wells: pd.DataFrame) -> int:
    """How many wells or files a table excludes; wells that no table mentions do not count."""
    if wells.empty:
        return 0
    return int(((wells["excluded"] != "") & (wells["role"] != "unassigned")).sum())


def _outside_the_range(cultures: pd.DataFrame) -> list[Caution]:
    """Cultures of elisa/cultures.csv of which only a bound is known."""
    if cultures.empty:
        return []
    bounds = cultures["state"].isin(("below_lloq", "above_uloq"))
    states = cultures.loc[bounds, "state"].value_counts().sort_index()
    if states.empty:
        return []
    counted = listed([f"{number(n)} {state_in_words(str(state))}" for state, n in states.items()])
    sentence = (
        f"Cultures outside the range that ELISA can quantify: {counted}. They count as bounds, "
        "not numbers."
    )
    return [Caution(sentence, "elisa")]


def _where(flags: Sequence[Flag]) -> str:
    """Which assays the flags fell on."""
    assays = list(dict.fromkeys(flag.assay for flag in flags))
    by_assay = [f"{sum(flag.assay == assay for flag in flags)} in {assay}" for assay in assays]
    return f" ({', '.join(by_assay)})"
