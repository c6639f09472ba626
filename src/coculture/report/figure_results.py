"""What each figure shows, said in a sentence: its caption for all, its alternative text for some.

Each sentence is made from the tables behind the figure. A kind of figure that is not known here,
or whose table is missing, has none, and is described by its title and caption.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from coculture.exchange import result_tables
from coculture.exchange.vocabulary import VERDICTS, listed, many, number, state_in_words
from coculture.report.captions import ARMS, INTERACTION
from coculture.report.results import POOLED_ERROR, Figure, Results, with_labels

_MOST_TOLD = 3
"""Up to so many arms or contrasts are told one by one; of more, the extremes."""


def result(figure: Figure, results: Results) -> str:
    """The result that `figure` shows, in one or two sentences; empty where none is known."""
    kind = figure.kind.removesuffix(POOLED_ERROR)
    for family in (ARMS, INTERACTION):
        if kind.startswith(family):
            return _FAMILIES[family](kind.removeprefix(family), results)
    told = _KINDS.get(kind)
    return told(figure, results) if told else ""


def _findings(_: Figure, results: Results) -> str:
    found = results.table("comparison/findings.csv")
    if found.empty:
        return ""
    each = [
        f"{verdict}: {listed([str(one) for one in found.loc[found['verdict'] == verdict, 'id']])}"
        for verdict in VERDICTS
        if (found["verdict"] == verdict).any()
    ]
    text = "; ".join(each)
    return f"{text[:1].upper()}{text[1:]}."


def _arms(analyte: str, results: Results) -> str:
    table = results.table("comparison/arms.csv")
    is_percent = analyte == "apoptosis"
    endpoint = "percent_apoptotic" if is_percent else f"ln_{analyte}"
    known = _of(table, "endpoint", endpoint).dropna(subset=["mean"]) if len(table) else table
    if known.empty:
        return ""
    unit = " %" if is_percent else " pg/mL"
    signs = known.groupby("arm", sort=False)["relation"].agg(_sign)
    sides = {"": "mean", "≤ ": "high", "≥ ": "low", "≈ ": "mean"}
    ends = {arm: group[sides[signs[arm]]].mean() for arm, group in known.groupby("arm", sort=False)}
    means = pd.Series({arm: end if is_percent else np.exp(end) for arm, end in ends.items()})
    each = [f"{arm} {signs[str(arm)]}{number(one)}{unit}" for arm, one in means.items()]
    bounds = int((signs != "").sum())
    kind = "Mean" if is_percent else "Geometric mean"
    if len(each) > _MOST_TOLD:
        lowest, highest = int(means.argmin()), int(means.argmax())
        text = f"{kind} of {len(each)} arms: lowest {each[lowest]}, highest {each[highest]}."
        if bounds:
            text += f" Of {many(bounds, 'arm')} only a bound is known."
    else:
        text = f"{kind} over experiments: {'; '.join(each)}."
    return with_labels(text, results)


def _sign(relations: "pd.Series[str]") -> str:
    """How the mean of experiments with these relations is told: as itself, or as a bound."""
    found = set(relations) - {""}
    if len(found) > 1:
        return "≈ "
    return {"<=": "≤ ", ">=": "≥ "}.get(next(iter(found), ""), "")


def _interaction(analyte: str, results: Results) -> str:
    contrasts = results.table("comparison/contrasts.csv")
    if contrasts.empty or "family" not in contrasts:
        return ""
    endpoint = "percent_apoptotic" if analyte == "apoptosis" else f"ln_{analyte}"
    of_factors = contrasts[
        (contrasts["family"] == "interaction of two factors")
        & (contrasts["endpoint"] == endpoint)
        & (contrasts["analysis"] == "per_experiment")
    ].dropna(subset=["estimate", "lower", "upper"])
    if of_factors.empty:
        return ""
    on_ratio = analyte != "apoptosis" and of_factors["ratio"].notna().all()
    columns = (
        ("ratio", "ratio_lower", "ratio_upper") if on_ratio else ("estimate", "lower", "upper")
    )
    unit = "-fold" if on_ratio else " points"
    each = [
        f"{row['contrast']} {number(row[columns[0]])}{unit} (95 % CI {number(row[columns[1]])} to "
        f"{number(row[columns[2]])})"
        for row in of_factors.to_dict("records")
    ]
    neutral = "1-fold" if on_ratio else "0 points"
    if len(each) > _MOST_TOLD:
        furthest = each[int(of_factors["estimate"].abs().argmax())]
        holds = int(((of_factors["lower"] <= 0) & (of_factors["upper"] >= 0)).sum())
        text = (
            f"Of {len(each)} interactions the strongest is {furthest}; {neutral}, none, lies "
            f"inside the interval of {holds}."
        )
    else:
        text = f"Interaction, {neutral} being none: {'; '.join(each)}."
    return with_labels(text, results)


def _combination(_: Figure, results: Results) -> str:
    table = results.table("comparison/combination.csv")
    if table.empty:
        return ""
    over_all = table[(table["experiment"] == "all") & table["value"].notna()]
    said = []
    for row in over_all[over_all["unit"] == "ratio"].to_dict("records"):
        interval = ""
        if pd.notna(row["lower"]):
            interval = f" (95 % CI {number(row['lower'])} to {number(row['upper'])})"
        said.append(f"{row['combination']}: {row['measure']} {number(row['value'])}{interval}")
    return with_labels(f"{'; '.join(said)}.", results) if said else ""


def _plates(figure: Figure, _: Results) -> str:
    if figure.shown is None:
        return ""
    wells = result_tables.read(figure.shown).dropna(subset=["difference"])
    each = []
    for measure, group in wells.groupby("measure", sort=False):
        low, high = (number(one) for one in group["difference"].agg(["min", "max"]))
        is_ratio = group["difference_unit"].iloc[0] == "ratio"
        each.append(
            f"{measure} {low}-fold to {high}-fold"
            if is_ratio
            else f"{measure} {low} to {high} percentage points"
        )
    over = many(int(wells["plate"].nunique()), "plate")
    return (
        f"Over {over}, wells against the mean of their arm in the experiment: {'; '.join(each)}."
        if each
        else ""
    )


def _strategy(figure: Figure, results: Results) -> str:
    samples = _samples(figure, "experiment", results.table("flow/wells.csv"))
    gates = [str(name) for name in samples.columns if str(name).startswith("events_")]
    if samples.empty or "events_total" not in gates:
        return ""
    samples = samples[samples["excluded"] == ""]
    total = samples["events_total"].sum()
    kept = [
        f"{gate.removeprefix('events_')} {100 * samples[gate].sum() / total:.0f} %"
        for gate in gates
        if gate not in ("events_total", "events_nonfinite")
    ]
    files = many(int(samples["fcs"].nunique()), "sample file")
    return f"Of all events of {files} there remained, gate by gate: {', '.join(kept)}."


def _sheet(figure: Figure, results: Results) -> str:
    samples = _samples(figure, "experiment", results.table("flow/wells.csv"))
    if samples.empty or samples["percent_apoptotic"].isna().all():
        return ""
    rising = samples.dropna(subset=["percent_apoptotic"]).sort_values(
        "percent_apoptotic", kind="stable"
    )
    low, high = rising.iloc[0], rising.iloc[-1]
    return (
        f"Percent apoptotic runs from {number(low['percent_apoptotic'])} % ({low['culture']}) to "
        f"{number(high['percent_apoptotic'])} % ({high['culture']}) over "
        f"{many(int(rising['culture'].nunique()), 'culture')}."
    )


def _thresholds(figure: Figure, results: Results) -> str:
    found = results.gates.get(figure.subject)
    if not found:
        return ""
    each = [
        f"{population} {gate.replace('_', ' ')} at {number(float(block['threshold']))}"
        for population, blocks in found["populations"].items()
        for gate, block in blocks.items()
        if block.get("threshold") is not None and gate not in ("cells", "singlets")
    ]
    return f"Thresholds: {', '.join(each)}." if each else ""


def _sensitivity(figure: Figure, results: Results) -> str:
    samples = _samples(figure, "experiment", results.table("flow/wells.csv"))
    if samples.empty or samples["sensitivity_percent_points"].isna().all():
        return ""
    moved = samples["sensitivity_percent_points"].dropna()
    return (
        f"Percent apoptotic moves by {number(float(moved.median()), 2)} points in the median "
        f"sample and by at most {number(float(moved.max()), 2)}."
    )


def _spillover(figure: Figure, results: Results) -> str:
    table = results.table("flow/spillover.csv")
    if "experiment" not in table:
        return ""
    shares = _of(table, "experiment", figure.subject).drop(columns="experiment")
    others = shares.melt("stain", var_name="channel", value_name="share").dropna()
    others = others[others["stain"] != others["channel"]]
    if others.empty:
        return ""
    most = others.sort_values("share", kind="stable").iloc[-1]
    return (
        f"The largest spillover is {number(100 * float(most['share']))} %, of the stain in "
        f"{most['stain']} seen in {most['channel']}."
    )


def _curve(figure: Figure, results: Results) -> str:
    said = []
    for analyte, entry in results.curves.get(figure.subject, {}).items():
        limits = entry["limits"]
        low, high = limits.get("lloq"), limits.get("uloq")
        range_known = entry["verdict"] == "pass" and low is not None and high is not None
        said.append(
            f"{analyte}: the curve {'passes' if entry['verdict'] == 'pass' else 'fails'}"
            + (f", quantifiable from {number(low)} to {number(high)} pg/mL" if range_known else "")
        )
    return f"{'; '.join(said)}." if said else ""


def _plate(figure: Figure, results: Results) -> str:
    samples = _samples(figure, "plate", results.table("elisa/wells.csv"))
    if samples.empty:
        return ""
    states = samples["state"].value_counts()
    each = ", ".join(f"{count} {state_in_words(str(state))}" for state, count in states.items())
    return f"Of {many(len(samples), 'sample well')}: {each}."


def _recovery(figure: Figure, _: Results) -> str:
    if figure.shown is None:
        return ""
    marks = result_tables.read(figure.shown)
    said = []
    for mark, words in (
        ("standard", "Standards, each the mean of its wells,"),
        ("control", "Controls, each a well,"),
    ):
        found = marks.loc[marks["mark"] == mark, "value"].dropna()
        if len(found):
            said.append(
                f"{words} were read back at {number(float(found.min()))} to "
                f"{number(float(found.max()))} %, median {number(float(found.median()))} %."
            )
    return " ".join(said)


def _changes(_: Figure, results: Results) -> str:
    said = [
        f"{row['analyte']} fell in {number(row['fell'])} of {many(int(row['patients']), 'patient')}"
        f" (median change {number(row['median_change_percent'])} %)"
        for row in results.table("clinical/summary.csv").to_dict("records")
    ]
    return f"{'; '.join(said)}." if said else ""


def _samples(figure: Figure, column: str, wells: pd.DataFrame) -> pd.DataFrame:
    """The rows of samples that the figure's experiment or plate has; none without a table."""
    if wells.empty:
        return wells
    return wells[(wells[column] == figure.subject) & (wells["role"] == "sample")]


def _of(table: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return table[table[column] == value] if column in table else table


_KINDS: Mapping[str, Callable[[Figure, Results], str]] = {
    "findings": _findings,
    "plates": _plates,
    "combination": _combination,
    "gating_strategy": _strategy,
    "contact_sheet": _sheet,
    "control_histograms": _thresholds,
    "threshold_sensitivity": _sensitivity,
    "spillover": _spillover,
    "standard_curve": _curve,
    "plate": _plate,
    "standards_recovery": _recovery,
    "changes": _changes,
}
_FAMILIES: Mapping[str, Callable[[str, Results], str]] = {
    ARMS: _arms,
    INTERACTION: _interaction,
}
