"""A plate that the tests of figures draw, read from simulated readings."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    quantify_plate,
)
from coculture.elisa.figures import PlateResults
from tests.elisa.known_scatter import KNOWN

SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


def results_of(plate: QuantifiedPlate) -> PlateResults:
    return PlateResults(plate.wells, plate.curve, plate.flags)


@pytest.fixture
def plate(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> PlateResults:
    """Samples below, in and above the range at two dilutions."""
    return results_of(quantify_plate(readings(SAMPLES, noise=0.05), settings(), KNOWN))


@pytest.fixture
def awkward(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> PlateResults:
    """A plate with wells beyond the curve on both sides, one excluded standard and sample."""
    wells = readings({"zero": 1.0, "over": 1e5, "high": 50000.0}, dilutions=(10,), replicates=2)
    place = {str(well): i for i, well in enumerate(wells["well"])}
    of_culture = {culture: list(rows["well"]) for culture, rows in wells.groupby("culture")}
    wells.loc[[place[well] for well in of_culture["zero"]], "response"] = -0.02
    over = [place[well] for well in of_culture["over"]]
    wells.loc[over[0], "response"] = 3.9
    wells.loc[over[1], "response"] = np.nan
    wells.loc[over[1], "state"] = "overflow"
    wells.loc[[0, place[of_culture["high"][1]]], "excluded"] = "bubble"
    return results_of(quantify_plate(wells, settings(), KNOWN))
