"""A highest standard that no ELISA can measure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, quantify_plate
from tests.elisa.known_scatter import KNOWN


@pytest.mark.parametrize(("divided_by", "is_flagged"), [(1, False), (60, False), (1000, True)])
def test_ng_written_as_pg_is_noticed(
    settings: Callable[..., ElisaSettings],
    readings: Callable[..., pd.DataFrame],
    divided_by: float,
    is_flagged: bool,
) -> None:
    """Standards up to 600 pg/mL; a high-sensitivity kit goes up to 10."""
    plate = readings({"c1": 2000.0})
    plate["concentration_pg_ml"] /= divided_by
    found = quantify_plate(plate, settings(), KNOWN)
    flags = [one for one in found.flags if one.code == "unit_of_standards"]
    assert bool(flags) == is_flagged
    if flags:
        assert flags[0].severity == "caution"
        np.testing.assert_allclose([flags[0].value, flags[0].limit], [0.6, 2])
        assert "concentration_ng_ml" in flags[0].sentence
