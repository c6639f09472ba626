"""A curve in the wrong direction."""

from collections.abc import Callable

import pandas as pd

from coculture.elisa import ElisaSettings, Scatter, VarianceFunction, quantify_plate

FUNCTION = VarianceFunction(0.005, 0.05, 4, 38, "stated")
KNOWN = Scatter(FUNCTION, FUNCTION, is_assumed=False)
Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def test_standards_in_the_wrong_order_are_a_warning(settings: Settings, readings: Readings) -> None:
    def verdict(wells: pd.DataFrame) -> str:
        entry = quantify_plate(wells, settings(), KNOWN).curve["IL-6"]
        verdicts = {str(c["code"]): str(c["verdict"]) for c in entry["checks"]}
        return verdicts["direction_of_the_curve"]

    wells = readings()
    assert verdict(wells) == "pass"
    standards = wells["role"] == "standard"
    levels = sorted(wells.loc[standards, "concentration_pg_ml"].unique())
    turned = dict(zip(levels, reversed(levels), strict=True))
    wells["concentration_pg_ml"] = wells["concentration_pg_ml"].where(
        ~standards, wells["concentration_pg_ml"].map(turned)
    )
    assert verdict(wells) == "warning"
