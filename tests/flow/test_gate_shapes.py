"""A gate in the config is of one shape, and does not contradict itself."""

from collections.abc import Callable
from typing import Any

import pytest

from coculture.flow import FlowSettings, FlowSettingsError

Settings = Callable[..., FlowSettings]


@pytest.mark.parametrize(
    ("gate", "block", "message"),
    [
        ("annexin", {"channels": ["A"], "threshold": 5, "keep": "below"}, "keeps what is above"),
        ("annexin", {"channels": ["A"], "vertices": [1, 2]}, "give threshold only"),
        ("cells", {"channels": ["A"], "threshold": 5, "keep": "inside"}, "above or below"),
        ("cells", {"channels": ["A"], "threshold": 5, "vertices": [1, 2]}, "either threshold or"),
        ("cells", {"channels": ["A"]}, "either threshold or vertices"),
        ("cells", {"channels": ["A", "B"], "threshold": 5}, "on one channel, but 2"),
        ("cells", {"channels": ["A"], "vertices": [1, 2], "keep": "above"}, "inside or outside"),
        ("cells", {"channels": ["A"], "vertices": [2, 1]}, "its two ends"),
        ("cells", {"channels": ["A"], "vertices": ["a", "b"]}, "its two ends"),
        ("cells", {"channels": ["A", "B"], "vertices": [1, 2]}, "at least three corners"),
    ],
)
def test_a_gate_that_contradicts_itself_is_refused(
    flow_settings: Settings, gate: str, block: dict[str, Any], message: str
) -> None:
    with pytest.raises(FlowSettingsError, match=message) as refused:
        flow_settings(gates={"E1": {"all": {gate: block}}})
    assert f"flow.gates.E1.all.{gate}: " in str(refused.value)


@pytest.mark.parametrize(
    ("gate", "block"),
    [
        ("annexin", {"channels": ["A"], "threshold": 5, "keep": "above", "source": "fmo"}),
        ("singlets", {"channels": ["A"], "threshold": 0.5, "keep": "below"}),
        ("scatter", {"channels": ["A"], "vertices": [0, 5000.0], "keep": "inside"}),
        (
            "cells",
            {"channels": ["A", "B"], "vertices": [[0, 0], [1, 0], [1, 1]], "keep": "outside"},
        ),
    ],
)
def test_every_shape_of_gate_is_accepted(
    flow_settings: Settings, gate: str, block: dict[str, Any]
) -> None:
    assert flow_settings(gates={"E1": {"all": {gate: block}}}).gates["E1"]["all"][gate] == block
