"""Which threshold sources the config may ask for."""

from collections.abc import Callable

import pytest

from coculture.flow import FlowSettings

Settings = Callable[..., FlowSettings]


@pytest.mark.parametrize("source", ["auto", "live_peak", "untreated"])
def test_a_well_can_have_a_threshold_of_its_own(flow_settings: Settings, source: str) -> None:
    flow_settings(thresholds={"scope": "well", "annexin": source})
    fmo = {"scope": "well", "annexin": source, "viability_dye": "fmo"}
    flow_settings(thresholds=fmo, channels={"viability_dye": None})
    flow_settings(thresholds=fmo | {"scope": "experiment"})
