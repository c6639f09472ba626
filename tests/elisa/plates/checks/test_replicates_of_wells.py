"""Replicates that differ."""

from collections.abc import Callable

import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, quantify_plate
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def multiply(wells: pd.DataFrame, rows: pd.Series, factor: float) -> None:
    """Multiply the responses of some rows."""
    wells["response"] = wells["response"].mask(rows, wells["response"] * factor)


def by_well(wells: pd.DataFrame, culture: str) -> pd.DataFrame:
    return wells[wells["culture"] == culture].set_index("dilution")


def test_replicates_that_disagree_are_flagged(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0, "c2": 2000.0}, dilutions=(10,), replicates=2)
    first = wells.index[wells["culture"] == "c1"][0]
    multiply(wells, wells.index.to_series() == first, 0.5)
    plate = quantify_plate(wells, settings(), KNOWN)
    c1 = by_well(plate.wells, "c1")
    assert c1["flags"].tolist() == ["replicates_disagree"] * 2
    assert by_well(plate.wells, "c2")["flags"].tolist() == [""] * 2
    flags = [flag for flag in plate.flags if flag.code == "replicates_disagree"]
    assert [flag.concerns.well for flag in flags] == c1["well"].tolist()
    assert {flag.concerns.culture for flag in flags} == {"c1"}
    assert f"more than chance ({c1['well'].iloc[1]} 2000 pg/mL)" in flags[0].sentence


def test_a_control_is_compared_with_its_replicates(settings: Settings, readings: Readings) -> None:
    wells = readings()
    one = wells.index[(wells["role"] == "control") & (wells["concentration_pg_ml"] == 250)][0]
    multiply(wells, wells.index.to_series() == one, 0.6)
    flags = quantify_plate(wells, settings(), KNOWN).flags
    found = [flag.concerns.well for flag in flags if flag.code == "replicates_disagree"]
    assert len(found) == 2


@pytest.mark.parametrize(("factor", "count"), [(0.75, 0), (0.55, 2)])
def test_replicates_may_differ_by_a_factor_of_1_54(
    settings: Settings, readings: Readings, factor: float, count: int
) -> None:
    """Concentrations of 200 and, with these factors of the response, 137 and 92 pg/mL."""
    wells = readings({"c1": 2000.0}, dilutions=(10,), replicates=2)
    one = wells.index[wells["role"] == "sample"][0]
    multiply(wells, wells.index.to_series() == one, factor)
    flags = quantify_plate(wells, settings(), KNOWN).flags
    assert len([flag for flag in flags if flag.code == "replicates_disagree"]) == count
