"""Standard wells far off the curve."""

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


def test_an_outlier_among_standards_is_named(settings: Settings, readings: Readings) -> None:
    wells = readings(noise=0.03)
    multiply(wells, wells.index.to_series() == 6, 2)
    plate = quantify_plate(wells, settings(outlier_wells="bisquare"), KNOWN)
    flags = plate.wells.set_index("well")["flags"]
    assert flags[flags.str.contains("outlier")].to_dict() == {wells.loc[6, "well"]: "outlier"}
    (flag,) = [one for one in plate.flags if one.code == "outlier"]
    assert (flag.severity, flag.concerns.well) == ("caution", wells.loc[6, "well"])
    assert 0 <= flag.value < flag.limit == 10


@pytest.mark.parametrize("chosen", [{"as_reader": "level_means"}, {"model": "log_log"}])
def test_a_fit_without_the_biweight_has_no_outliers(
    settings: Settings, readings: Readings, chosen: dict[str, str]
) -> None:
    wells = readings(noise=0.03)
    plate = quantify_plate(wells, settings(outlier_wells="bisquare", **chosen), KNOWN)
    assert "outlier" not in {flag.code for flag in plate.flags}
