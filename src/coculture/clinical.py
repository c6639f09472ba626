"""The small clinical table: each patient's values on study and at six months.

Patients who were chosen because an analyte fell are described, not tested, by that analyte.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from coculture import style

M_PROTEIN_NAMES = ("mprotein", "mspike", "serummprotein", "serummspike", "paraprotein")
RESPONSES = ("partial response", "minor response", "stable", "progression")
EXACT_PERMUTATIONS = 12
"""Up to so many patients all permutations are counted; above, a seeded sample of them."""
SAMPLED_PERMUTATIONS = 200_000
LARGEST_CHANGE_PERCENT = 10**15
"""Above, whole percents are not exact as floating-point numbers, nor from any measurement."""


class ClinicalError(ValueError):
    """A clinical table that cannot be summarised; the message names the row."""


@dataclass(frozen=True)
class ClinicalProblem:
    """Why a clinical table cannot be summarised: `row` is the table's index."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class ClinicalSummary:
    """The result tables clinical/changes.csv, clinical/summary.csv, clinical/correlations.csv."""

    changes: pd.DataFrame
    summary: pd.DataFrame
    correlations: pd.DataFrame


def summarise(clinical: pd.DataFrame) -> ClinicalSummary:
    """Changes per patient, summary per analyte, rank correlations between analytes.

    Parameters
    ----------
    clinical
        One row a patient x analyte: patient, analyte, unit, on_study, month_6; printed_change
        (percent) and selected_on (the analyte the patients were chosen by) may be empty.

    Raises
    ------
    ClinicalError
        If `check` finds anything; the message is the first problem's.
    """
    problems = check(clinical)
    if problems:
        raise ClinicalError(problems[0].message)
    rows = clinical.copy()
    for column in ("unit", "selected_on"):
        rows[column] = _texts(rows, column)
    if "printed_change" not in rows:
        rows["printed_change"] = np.nan
    rows["patient"] = rows["patient"].astype(str)
    changes = _changes(rows)
    selected = {name for names in rows["selected_on"] for name in _names(names)}
    summary = [
        _summary(str(analyte), group, selected)
        for analyte, group in changes.groupby("analyte", sort=False)
    ]
    return ClinicalSummary(
        changes=changes,
        summary=pd.DataFrame(summary),
        correlations=_correlations(changes, selected),
    )


def check(clinical: pd.DataFrame) -> list[ClinicalProblem]:
    """Everything for which `summarise` would refuse the table, in the order of its rows.

    A patient with an analyte twice, one analyte in different units, values without end, patients
    chosen by an analyte that the table lacks or, in different rows, by different ones. Rows
    without a patient or an analyte, and an empty table, give no problem: both are said elsewhere.
    """
    if not {"patient", "analyte"} <= set(clinical.columns):
        return []
    rows = clinical.dropna(subset=["patient", "analyte"])
    problems = [*_doubled(rows), *_mixed_units(rows), *_endless(rows), *_selections(rows)]
    order = {row: place for place, row in enumerate(rows.index)}
    return sorted(problems, key=lambda problem: order[problem.row])


def _doubled(rows: pd.DataFrame) -> Iterator[ClinicalProblem]:
    seen = set()
    for row, patient, analyte in _identified(rows):
        if (patient, analyte) in seen:
            message = f'patient "{patient}" has two rows of "{analyte}"; keep one.'
            yield ClinicalProblem(row, "patient", patient, message)
        seen.add((patient, analyte))


def _mixed_units(rows: pd.DataFrame) -> Iterator[ClinicalProblem]:
    first: dict[str, tuple[str, str]] = {}
    for (row, patient, analyte), unit in zip(_identified(rows), _texts(rows, "unit"), strict=True):
        one, its_unit = first.setdefault(analyte, (patient, unit))
        if unit != its_unit:
            message = (
                f'"{analyte}" is in {_unit(unit)} in patient "{patient}" and in {_unit(its_unit)} '
                f'in patient "{one}"; convert the values and write one unit in every row.'
            )
            yield ClinicalProblem(row, "unit", unit, message)


def _endless(rows: pd.DataFrame) -> Iterator[ClinicalProblem]:
    for column in ("on_study", "month_6"):
        if column not in rows:
            continue
        values = pd.to_numeric(rows[column], errors="coerce").to_numpy(dtype=float)
        for (row, patient, analyte), value in zip(_identified(rows), values, strict=True):
            if np.isinf(value):
                message = (
                    f'"{analyte}" of patient "{patient}" is infinite; write the value, or leave '
                    "it empty."
                )
                yield ClinicalProblem(row, column, str(value), message)


def _selections(rows: pd.DataFrame) -> Iterator[ClinicalProblem]:
    """Each selection that names no analyte of the table, or not what the first one names."""
    analytes = list(dict.fromkeys(rows["analyte"].astype(str)))
    seen: list[str] = []
    for (row, _, _), selected_on in zip(
        _identified(rows), _texts(rows, "selected_on"), strict=True
    ):
        if not selected_on or selected_on in seen:
            continue
        seen.append(selected_on)
        unknown = [name for name in _names(selected_on) if name not in analytes]
        if unknown:
            message = (
                f'the patients were chosen by "{unknown[0]}", which is no analyte of this table; '
                f"those are {', '.join(analytes)}."
            )
        elif set(_names(selected_on)) != set(_names(seen[0])):
            message = (
                f'the patients were chosen by "{selected_on}" here and by "{seen[0]}" in an '
                "earlier row; write the same in every row."
            )
        else:
            continue
        yield ClinicalProblem(row, "selected_on", selected_on, message)


def _identified(rows: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Each row's index, patient and analyte."""
    return [
        (int(row), str(patient), str(analyte))
        for row, patient, analyte in zip(rows.index, rows["patient"], rows["analyte"], strict=True)
    ]


def _texts(rows: pd.DataFrame, column: str) -> list[str]:
    """A text column that may be absent or empty."""
    if column not in rows:
        return [""] * len(rows)
    return ["" if pd.isna(text) else str(text).strip() for text in rows[column]]


def _names(selected_on: str) -> list[str]:
    return [name.strip() for name in selected_on.split(";") if name.strip()]


def _unit(unit: str) -> str:
    return unit or "no unit"


def percent_change(on_study: float, month_6: float) -> Fraction:
    """Exact percent change of two numbers as they are written.

    >>> float(percent_change(2.8, 2.7)).__round__(3)
    -3.571
    """
    before, after = _as_written(on_study), _as_written(month_6)
    return 100 * (after - before) / before


def signed_rank_p(differences: Sequence[Fraction]) -> float:
    """Exact two-sided p of Wilcoxon's signed-rank test, zeros dropped, ties at mid-ranks.

    F. Wilcoxon, Biometrics Bull. 1 (1945) 80; the distribution over all sign patterns of the
    actual ranks, so ties are exact. NaN when no difference is left.

    >>> signed_rank_p([Fraction(-k) for k in range(1, 8)])
    0.015625
    """
    kept = [difference for difference in differences if difference != 0]
    if not kept:
        return float("nan")
    # Ranked exactly: 0.3 - 0.1 and 0.2 tie, which floating point would break.
    order = sorted({abs(difference) for difference in kept})
    ranks = stats.rankdata([order.index(abs(difference)) for difference in kept])
    doubled = np.rint(2 * ranks).astype(int)
    counts = np.zeros(doubled.sum() + 1)
    counts[0] = 1
    for rank in doubled:
        counts[rank:] = counts[rank:] + counts[:-rank]
    positive = sum(
        int(rank) for rank, difference in zip(doubled, kept, strict=True) if difference > 0
    )
    smaller = min(positive, int(doubled.sum()) - positive)
    return float(min(1.0, 2 * counts[: smaller + 1].sum() / counts.sum()))


def spearman(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, str]:
    """Spearman's rho, its two-sided permutation p, and how the p was found.

    Up to 12 pairs every permutation of the actual (tied) ranks is counted; above that a seeded
    sample of 200,000. NaN when one side is constant.

    >>> rho, p, how = spearman([1, 2, 3, 4], [10, 20, 30, 40])
    >>> rho, round(p, 4), how
    (1.0, 0.0833, 'exact')
    """
    x, y = stats.rankdata(first), stats.rankdata(second)
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), float("nan"), ""
    rho = float(np.corrcoef(x, y)[0, 1])
    twice_x, twice_y = np.rint(2 * x).astype(int), np.rint(2 * y).astype(int)
    centre = int(twice_x.sum()) * int(twice_y.sum()) / len(x)
    reached = abs(int(twice_x @ twice_y) - centre) - 1e-9
    if len(x) <= EXACT_PERMUTATIONS:
        counts = _rank_product_counts(twice_x, twice_y)
        extreme = np.abs(np.arange(len(counts)) - centre) >= reached
        return rho, float(counts[extreme].sum() / counts.sum()), "exact"
    rng = np.random.default_rng(19_040_101)
    shuffled = rng.permuted(np.tile(twice_y, (SAMPLED_PERMUTATIONS, 1)), axis=1)
    extreme = np.abs(shuffled @ twice_x - centre) >= reached
    # The observed order is one of the permutations, so p is never zero.
    return rho, float((extreme.sum() + 1) / (SAMPLED_PERMUTATIONS + 1)), "sampled permutations"


def changes_figure(summary: ClinicalSummary) -> Figure:
    """Each patient's two values above, percent changes below, one column an analyte."""
    analytes = list(summary.summary["analyte"])
    with style.house_style():
        figure = Figure(figsize=(2.7 * max(len(analytes), 2), 5.8))
        axes = figure.subplots(2, len(analytes), squeeze=False)
        for column, analyte in enumerate(analytes):
            rows = summary.changes[summary.changes["analyte"] == analyte]
            about = summary.summary.set_index("analyte").loc[analyte]
            _draw_values(axes[0, column], rows, str(analyte))
            _draw_changes(axes[1, column], rows, _caption(about))
    return figure


def _draw_values(axes: Axes, rows: pd.DataFrame, analyte: str) -> None:
    axes.plot(
        [0, 1],
        rows[["on_study", "month_6"]].to_numpy(dtype=float).T,
        color=style.GREY,
        linewidth=1,
    )
    for place, column in enumerate(("on_study", "month_6")):
        axes.plot(
            np.full(len(rows), place),
            rows[column],
            linestyle="",
            marker="o",
            color=style.BLUE,
            markeredgecolor="white",
            markersize=6,
            clip_on=False,
            zorder=3,
        )
    medians = [rows["on_study"].median(), rows["month_6"].median()]
    axes.plot([0, 1], medians, color=style.BLACK, linewidth=2.2, zorder=4, label="median")
    unit = str(rows["unit"].iloc[0])
    largest = float(np.nanmax(rows[["on_study", "month_6"]].to_numpy(dtype=float)))
    axes.set(
        title=analyte,
        xticks=[0, 1],
        xticklabels=["on study", "6 months"],
        xlim=(-0.3, 1.3),
        ylim=(0, 1.15 * largest or 1.0),
        ylabel=unit or "value",
    )
    axes.legend(loc="upper right", handlelength=1.2)


def _draw_changes(axes: Axes, rows: pd.DataFrame, caption: str) -> None:
    ordered = rows.sort_values(["change_percent", "patient"])
    place, change = np.arange(len(ordered)), ordered["change_percent"].to_numpy(dtype=float)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.vlines(place, 0, change, color=style.LIGHT_GREY, linewidth=3)
    axes.plot(
        place,
        change,
        linestyle="",
        marker="o",
        color=style.BLUE,
        markeredgecolor="white",
        markersize=6,
    )
    axes.set(
        xticks=place,
        ylabel="Change from on study (%)",
        ylim=(-108, max(12.0, 1.2 * float(np.nanmax([0, *change])))),
        xlim=(-0.7, len(ordered) - 0.3),
    )
    axes.set_xticklabels(ordered["patient"], rotation=90 if len(ordered) > 8 else 0, fontsize=7)
    axes.set_xlabel(f"patient\n{caption}", fontsize=8)


def _caption(about: "pd.Series[str]") -> str:
    median = f"median {about['median_change_percent']:+.0f} %, n = {about['patients']} patients"
    if about["selected"]:
        tested = "not tested: chosen by this analyte"
    else:
        p = about["p_signed_rank"]
        tested = f"signed-rank p = {p:.2g}" if pd.notna(p) else "no change to test"
    return f"{median}\n{tested}".replace("-", "−").replace("signed−rank", "signed-rank")


def _changes(rows: pd.DataFrame) -> pd.DataFrame:
    """clinical/changes.csv, in the order of the table."""
    changed = []
    values = rows[["on_study", "month_6", "printed_change"]].to_numpy(dtype=float)
    names = rows[["patient", "analyte", "unit", "selected_on"]].to_numpy(dtype=str)
    for (patient, analyte, unit, selected_on), (on_study, month_6, printed) in zip(
        names, values, strict=True
    ):
        measured = not np.isnan([on_study, month_6]).any()
        change = percent_change(on_study, month_6) if measured and on_study != 0 else None
        too_large = change is not None and abs(change) > LARGEST_CHANGE_PERCENT
        change = None if too_large else change
        rounded = _half_away_from_zero(change) if change is not None else None
        truncated = math.trunc(change) if change is not None else None
        changed.append(
            {
                "patient": patient,
                "analyte": analyte,
                "unit": unit,
                "on_study": on_study,
                "month_6": month_6,
                "change_percent": np.nan if change is None else float(change),
                "change_rounded": np.nan if rounded is None else float(rounded),
                "change_truncated": np.nan if truncated is None else float(truncated),
                "printed_change": printed,
                "printed_agrees": _agreement(printed, rounded, truncated),
                "response_by_m_protein": _response(analyte, unit, on_study, month_6, change),
                "selected_on": selected_on,
                "note": ""
                if change is not None
                else "a value is missing"
                if not measured
                else "the percent change is too large for a number"
                if too_large
                else "no percent change from zero",
            }
        )
    return pd.DataFrame(changed)


def _as_written(value: float) -> Fraction:
    """The decimal number that a float was written as: 0.1 is one tenth."""
    return Fraction(repr(float(value)))


def _half_away_from_zero(change: Fraction) -> int:
    """The nearest whole number, halves away from zero as in print."""
    return math.trunc(change + Fraction(1 if change > 0 else -1, 2))


def _agreement(printed: float, rounded: int | None, truncated: int | None) -> str:
    if np.isnan(printed):
        return ""
    if printed == rounded:
        return "rounded"
    return "truncated" if printed == truncated else "no"


def _is_m_protein(analyte: str) -> bool:
    return "".join(filter(str.isalnum, analyte.lower())) in M_PROTEIN_NAMES


def _response(
    analyte: str, unit: str, on_study: float, month_6: float, change: Fraction | None
) -> str:
    """The serum M-protein part of the response criteria, and nothing of their other parts.

    Minor response: a fall of 25 to 49 %; partial: 50 % or more; progression: a rise of 25 % or
    more and of at least 0.5 g/dL (B. G. M. Durie et al., Leukemia 20 (2006) 1467; S. V. Rajkumar
    et al., Blood 117 (2011) 4691).
    """
    if change is None or not _is_m_protein(analyte):
        return ""
    rise = _as_written(month_6) - _as_written(on_study)
    g_per_dl = rise / 10 if unit.strip().lower() == "g/l" else rise
    if change <= -50:
        return "partial response"
    if change <= -25:
        return "minor response"
    if change >= 25 and g_per_dl >= Fraction(1, 2):
        return "progression"
    return "stable"


def _summary(analyte: str, rows: pd.DataFrame, selected: set[str]) -> dict[str, object]:
    both = rows[rows["on_study"].notna() & rows["month_6"].notna()]
    differences = [
        _as_written(after) - _as_written(before)
        for before, after in zip(both["on_study"], both["month_6"], strict=True)
    ]
    is_selected = analyte in selected
    ratio, lower, upper = _geometric_mean_ratio(both["on_study"], both["month_6"])
    responses = rows["response_by_m_protein"]
    return {
        "analyte": analyte,
        "unit": rows["unit"].iloc[0],
        "patients": len(both),
        "median_on_study": both["on_study"].median(),
        "median_month_6": both["month_6"].median(),
        "median_change_percent": both["change_percent"].median(),
        "fell": sum(difference < 0 for difference in differences),
        "unchanged": sum(difference == 0 for difference in differences),
        "rose": sum(difference > 0 for difference in differences),
        "p_signed_rank": float("nan") if is_selected else signed_rank_p(differences),
        "geometric_mean_ratio": ratio,
        "ratio_lower": lower,
        "ratio_upper": upper,
        "printed_agree_rounded": int((rows["printed_agrees"] == "rounded").sum()),
        "printed_agree_truncated": int((rows["printed_agrees"] == "truncated").sum()),
        "printed_disagree": int((rows["printed_agrees"] == "no").sum()),
        "responses_by_m_protein": "; ".join(
            f"{name}: {(responses == name).sum()}"
            for name in RESPONSES
            if (responses == name).any()
        ),
        "selected": is_selected,
        "note": _caveat(analyte, selected),
    }


def _caveat(analyte: str, selected: set[str]) -> str:
    if not selected:
        return ""
    by = ", ".join(sorted(selected))
    if analyte in selected:
        return f"no p-value: the patients were chosen by {by}"
    return f"the patients were chosen by {by}, so this p-value does not hold for patients at large"


def _geometric_mean_ratio(
    before: Iterable[float], after: Iterable[float]
) -> tuple[float, float, float]:
    """Geometric mean of after / before with its 95 % t interval; NaN where a value is zero."""
    first, second = np.array(list(before), dtype=float), np.array(list(after), dtype=float)
    nothing = float("nan")
    if len(first) == 0 or (first <= 0).any() or (second <= 0).any():
        return nothing, nothing, nothing
    # Not the logarithm of the ratio, which may overflow.
    logs = np.log(second) - np.log(first)
    mean = float(logs.mean())
    if len(logs) < 2:
        return float(np.exp(mean)), nothing, nothing
    half = float(stats.t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs)))
    return float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half))


def _correlations(changes: pd.DataFrame, selected: set[str]) -> pd.DataFrame:
    """Spearman's rho between the percent changes of every two analytes."""
    wide = changes.pivot_table(index="patient", columns="analyte", values="change_percent")
    analytes = [name for name in dict.fromkeys(changes["analyte"]) if name in wide.columns]
    rows = []
    for first, second in combinations(analytes, 2):
        both = wide[[first, second]].dropna()
        rho, p, method = spearman(both[first].to_list(), both[second].to_list())
        chosen = bool({first, second} & selected)
        rows.append(
            {
                "analyte_1": first,
                "analyte_2": second,
                "patients": len(both),
                "spearman_rho": rho,
                "p": float("nan") if chosen else p,
                "method": "" if chosen else method,
                "note": f"no p-value: the patients were chosen by {', '.join(sorted(selected))}"
                if chosen
                else _caveat("", selected),
            }
        )
    columns = ["analyte_1", "analyte_2", "patients", "spearman_rho", "p", "method", "note"]
    return pd.DataFrame(rows, columns=columns)


def _rank_product_counts(x: NDArray[np.int_], y: NDArray[np.int_]) -> NDArray[np.float64]:
    """How many permutations of y give each sum of x * y: exact, over subsets of y."""
    largest = int(np.sort(x) @ np.sort(y))
    counts = {0: np.zeros(largest + 1)}
    counts[0][0] = 1
    for rank in x:
        longer: dict[int, NDArray[np.float64]] = {}
        for used, sums in counts.items():
            for place, other in enumerate(y):
                if used >> place & 1:
                    continue
                target = longer.setdefault(used | 1 << place, np.zeros(largest + 1))
                step = int(rank * other)
                target[step:] += sums[: largest + 1 - step]
        counts = longer
    return counts[(1 << len(y)) - 1]
