"""Replicates that differ."""

from collections.abc import Callable

import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, Scatter, VarianceFunction, quantify_plate

FUNCTION = VarianceFunction(0.005, 0.05, 4, 38, "stated")
KNOWN = Scatter(FUNCTION, FUNCTION, is_assumed=False)
Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def multiply(wells: pd.DataFrame, rows: pd.Series, factor: float) -> None:
    """Multiply the responses of some rows."""
    wells["response"] = wells["response"].mask(rows, wells["response"] * factor)


def by_well(wells: pd.DataFrame, culture: str) -> pd.DataFrame:
    return wells[wells["culture"] == culture].set_index("dilution")


def test_replicates_that_differ_are_flagged(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0, "c2": 2000.0}, dilutions=(10,), replicates=2)
    first = wells.index[wells["culture"] == "c1"][0]
    multiply(wells, wells.index.to_series() == first, 0.5)
    plate = quantify_plate(wells, settings(), KNOWN)
    found = plate.wells
    c1 = by_well(found, "c1")
    cv = 100 * c1["concentration_pg_ml"].std() / c1["concentration_pg_ml"].mean()
    assert c1["flags"].tolist() == ["replicates_differ"] * 2
    assert by_well(found, "c2")["flags"].tolist() == [""] * 2
    flags = [flag for flag in plate.flags if flag.code == "replicates_differ"]
    assert [flag.concerns.well for flag in flags] == c1["well"].tolist()
    assert {flag.concerns.culture for flag in flags} == {"c1"}
    assert [flag.value for flag in flags] == pytest.approx([cv, cv])
    assert {(flag.limit, flag.unit) for flag in flags} == {(20, "%")}
    assert {flag.sentence for flag in flags} == {f"Replicates differ (CV {cv:.0f} %, limit 20 %)."}
