"""Summarise the clinical table: changes per patient, summary per analyte, correlations."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from coculture.clinical.changes import as_written, changes_of
from coculture.clinical.rank_tests import signed_rank_p, spearman
from coculture.clinical.validation import ClinicalError, analytes_named, check, texts
from coculture.distributions import t_quantile

RESPONSES = ("partial response", "minor response", "stable", "progression")


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
        One row for each patient and analyte: patient, analyte, unit, on_study, month_6. The columns
        printed_change (percent) and selected_on (the analyte by which the patients were chosen)
        may be empty or missing.

    Raises
    ------
    ClinicalError
        If `check` finds a problem; the message is that of the first.
    """
    problems = check(clinical)
    if problems:
        raise ClinicalError(problems[0].message)
    rows = clinical.copy()
    for column in ("unit", "selected_on"):
        rows[column] = texts(rows, column)
    if "printed_change" not in rows:
        rows["printed_change"] = np.nan
    rows["patient"] = rows["patient"].astype(str)
    changes = changes_of(rows)
    selected = {name for names in rows["selected_on"] for name in analytes_named(names)}
    summary = [
        _summary(str(analyte), group, selected)
        for analyte, group in changes.groupby("analyte", sort=False)
    ]
    return ClinicalSummary(
        changes=changes,
        summary=pd.DataFrame(summary),
        correlations=_correlations(changes, selected),
    )


def _summary(analyte: str, rows: pd.DataFrame, selected: set[str]) -> dict[str, object]:
    both = rows[rows["on_study"].notna() & rows["month_6"].notna()]
    differences = [
        as_written(after) - as_written(before)
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
    return f"the patients were chosen by {by}, so this p-value does not apply to other patients"


def _geometric_mean_ratio(
    before: Iterable[float], after: Iterable[float]
) -> tuple[float, float, float]:
    """Geometric mean of after / before with its 95 % t interval; NaN if any value is zero."""
    first, second = np.array(list(before), dtype=float), np.array(list(after), dtype=float)
    nothing = float("nan")
    if len(first) == 0 or (first <= 0).any() or (second <= 0).any():
        return nothing, nothing, nothing
    # A difference of logarithms, because the ratio itself may overflow.
    logs = np.log(second) - np.log(first)
    mean = float(logs.mean())
    if len(logs) < 2:
        return float(np.exp(mean)), nothing, nothing
    half = float(t_quantile(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs)))
    return float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half))


def _correlations(changes: pd.DataFrame, selected: set[str]) -> pd.DataFrame:
    """Spearman's rho between the percent changes of each pair of analytes."""
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
