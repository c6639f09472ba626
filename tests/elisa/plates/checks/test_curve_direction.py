"""A curve in the wrong direction."""

from collections.abc import Callable

import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, quantify_plate
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def reversed_levels(wells: pd.DataFrame, *, with_zero: bool) -> pd.DataFrame:
    """The plate with its standards entered in reverse order."""
    levels = sorted(wells.loc[wells["role"] == "standard", "concentration_pg_ml"].unique())
    levels = levels if with_zero else levels[1:]
    turned = dict(zip(levels, reversed(levels), strict=True))
    is_turned = (wells["role"] == "standard") & wells["concentration_pg_ml"].isin(levels)
    other = wells["concentration_pg_ml"].map(turned)
    return wells.assign(concentration_pg_ml=wells["concentration_pg_ml"].where(~is_turned, other))


@pytest.mark.parametrize("with_zero", [True, False])
def test_standards_in_reverse_order_fail_the_plate(
    settings: Settings, readings: Readings, with_zero: bool
) -> None:
    wells = reversed_levels(readings({"c1": 1500.0}, noise=0.05), with_zero=with_zero)
    plate = quantify_plate(wells, settings(), KNOWN)
    entry = plate.curve["IL-6"]
    assert entry["verdict"] == "fail"
    (reason,) = [reason for reason in entry["reasons"] if "direction" in reason]
    assert reason.startswith("The response falls with the concentration of the standards")
    assert "write elisa.direction: falling" in reason
    (flag,) = [flag for flag in plate.flags if flag.code == "plate_failed"]
    assert "The response falls" in flag.sentence
    samples = plate.wells[plate.wells["role"] == "sample"]
    assert samples["concentration_pg_ml"].isna().all()
    assert samples["flags"].eq("plate_failed").all()


def test_the_declared_direction_is_what_counts(settings: Settings, readings: Readings) -> None:
    rising = readings(noise=0.05)
    falling = rising.assign(response=3.3 - rising["response"])

    def verdict(wells: pd.DataFrame, direction: str) -> str:
        entry = quantify_plate(wells, settings(direction=direction), KNOWN).curve["IL-6"]
        verdicts = {str(c["code"]): str(c["verdict"]) for c in entry["checks"]}
        return verdicts["direction_of_the_curve"]

    assert verdict(rising, "rising") == verdict(falling, "falling") == "pass"
    assert verdict(rising, "falling") == verdict(falling, "rising") == "fail"
