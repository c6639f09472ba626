"""The data of the figure of a standard curve, one row for each mark."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.models import Floats
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.plates.standard_curve import StandardCurve

TABLE = "figures/elisa/standard_curve.csv"
COLUMNS = (
    *("analyte", "panel", "mark", "well", "culture", "concentration_pg_ml"),
    *("value", "lower", "upper", "unit", "state", "reason"),
)
CURVE, RESIDUALS, STANDARDS = "curve", "residuals", "standards"
"""The panels."""
ABOVE = ("above_curve", "overflow")
_POINTS = 121


def marks_of_analyte(
    wells: pd.DataFrame, entry: Mapping[str, Any], fit: StandardCurve
) -> pd.DataFrame:
    """The rows of one analyte: curve and limits, standards, samples, residuals, recoveries.

    Parameters
    ----------
    wells
        The analyte's rows of elisa/wells.csv.
    entry
        Its entry of curve.json, whose fit is `fit`.
    """
    parts = [
        _fitted(fit, _samples(wells)),
        _limits(entry),
        _standards(fit, entry),
        _excluded_standards(wells),
        _left_out_standards(wells, entry),
        _samples(wells),
        _residuals(fit, entry),
        _levels(entry),
    ]
    rows = pd.concat([part.reindex(columns=list(COLUMNS)) for part in parts], ignore_index=True)
    text = ["well", "culture", "unit", "state", "reason"]
    rows[text] = rows[text].fillna("")
    return rows.assign(analyte=entry["analyte"])


def place_of_zero(concentrations: Floats) -> float:
    """Where the zero standard is drawn on a log axis: one step below the lowest standard."""
    positive = np.unique(concentrations[concentrations > 0])
    step = positive[1] / positive[0] if len(positive) > 1 else 2.0
    return float(positive[0] / max(step, 2.0))


def _fitted(fit: StandardCurve, samples: pd.DataFrame) -> pd.DataFrame:
    """The curve with its 95 % limits, from just above zero to beyond every mark."""
    highest = np.nanmax([fit.concentrations.max(), *samples["concentration_pg_ml"]])
    x = np.geomspace(place_of_zero(fit.concentrations) * 1.25, highest * 1.3, _POINTS)
    y = fit.response(x)
    half_width = fit.quantile * fit.response_standard_error(x)
    marks = {"concentration_pg_ml": x, "value": y, "lower": y - half_width, "upper": y + half_width}
    return pd.DataFrame(marks).assign(panel=CURVE, mark="curve", unit="OD")


def _limits(entry: Mapping[str, Any]) -> pd.DataFrame:
    limits = [entry["limits"]["lloq"], entry["limits"]["uloq"]]
    marks = pd.DataFrame({"mark": ["LLOQ", "ULOQ"], "concentration_pg_ml": limits})
    return marks.assign(panel=CURVE)


def _standards(fit: StandardCurve, entry: Mapping[str, Any]) -> pd.DataFrame:
    marks = pd.DataFrame({"concentration_pg_ml": fit.concentrations, "value": fit.responses})
    return marks.assign(panel=CURVE, mark=_kinds(entry, fit), well=_wells(entry, fit), unit="OD")


def _excluded_standards(wells: pd.DataFrame) -> pd.DataFrame:
    """Standards with a reading that were excluded by the user or masked in the reader."""
    left_out = wells[wells["role"].isin(STANDARD_ROLES) & (wells["state"] == "excluded")]
    left_out = left_out[left_out["response"].notna() & left_out["nominal_pg_ml"].notna()]
    return pd.DataFrame(
        {
            "panel": CURVE,
            "mark": "standard not used",
            "well": left_out["well"],
            "concentration_pg_ml": left_out["nominal_pg_ml"],
            "value": left_out["response"],
            "unit": "OD",
            "state": "excluded",
            "reason": left_out["excluded"],
        }
    )


def _left_out_standards(wells: pd.DataFrame, entry: Mapping[str, Any]) -> pd.DataFrame:
    """Standards that were left out of the fit because they fail."""
    reasons = {level["nominal_pg_ml"]: level["reason"] for level in entry["standards"]}
    is_out = wells["role"].isin(STANDARD_ROLES) & wells["nominal_pg_ml"].isin(entry["left_out"])
    left_out = wells[is_out & (wells["state"] != "excluded") & wells["response"].notna()]
    return pd.DataFrame(
        {
            "panel": CURVE,
            "mark": "standard not used",
            "well": left_out["well"],
            "concentration_pg_ml": left_out["nominal_pg_ml"],
            "value": left_out["response"],
            "unit": "OD",
            "state": "left out",
            "reason": [reasons[level] for level in left_out["nominal_pg_ml"]],
        }
    )


def _samples(wells: pd.DataFrame) -> pd.DataFrame:
    """Samples with a reading that were not excluded; without concentration if beyond the curve."""
    unread = ("excluded", "missing")
    samples = wells[(wells["role"] == "sample") & ~wells["state"].isin(unread)]
    return pd.DataFrame(
        {
            "panel": CURVE,
            "mark": "sample",
            "well": samples["well"],
            "culture": samples["culture"],
            "concentration_pg_ml": samples["in_well_pg_ml"].astype(float),
            "value": samples["response"].where(samples["state"] != "overflow").astype(float),
            "unit": "OD",
            "state": samples["state"],
        }
    )


def _residuals(fit: StandardCurve, entry: Mapping[str, Any]) -> pd.DataFrame:
    expected = fit.response(fit.concentrations)
    standardised = (fit.responses - expected) / np.sqrt(fit.well_variance(expected))
    marks = pd.DataFrame({"concentration_pg_ml": fit.concentrations, "value": standardised})
    return marks.assign(
        panel=RESIDUALS, mark=_kinds(entry, fit), well=_wells(entry, fit), unit="SD"
    )


def _levels(entry: Mapping[str, Any]) -> pd.DataFrame:
    levels = pd.DataFrame(entry["standards"])
    levels = levels[levels["nominal_pg_ml"] > 0]
    return pd.DataFrame(
        {
            "panel": STANDARDS,
            "mark": "level",
            "concentration_pg_ml": levels["nominal_pg_ml"],
            "value": levels["recovery_percent"].astype(float),
            "unit": "%",
            "state": levels["verdict"],
            "reason": levels["reason"],
        }
    )


def _kinds(entry: Mapping[str, Any], fit: StandardCurve) -> list[str]:
    """The mark of each fitted well: standard, or anchor for a level that is not judged."""
    not_judged = [
        level["nominal_pg_ml"] for level in entry["standards"] if level["verdict"] == "not judged"
    ]
    is_anchor = np.isin(fit.concentrations, not_judged) & (fit.concentrations > 0)
    return ["anchor" if one else "standard" for one in is_anchor]


def _wells(entry: Mapping[str, Any], fit: StandardCurve) -> list[str]:
    """The names of the fitted wells; empty if the means of the levels were fitted."""
    return list(entry["fit"]["wells"]) or [""] * len(fit.concentrations)
