"""Real FlowJo 10 workspaces: every gate keeps the number of events that the workspace states."""

from pathlib import Path

import numpy as np
import pytest

from coculture.flow.fcs.header import read_header
from coculture.flow.interchange.flowjo import workspace
from coculture.flow.interchange.flowjo.biex import Biex
from coculture.flow.interchange.gating_ml.applying import FileEvents

CHANNELS = {
    (0, -10, 4.418539922): [0.0, 97.343966, 463.0, 828.656034, 2494.979711, 4096.0],
    (0, -100, 4.418539922): [0.0, 849.200986, 927.0, 1004.799014, 2420.304128, 4094.882956],
    (1, -31.6, 4.9): [0.0, 852.00794, 1214.0, 1575.99206, 2895.701876, 4096.0],
}
"""neg, width, pos -> channels."""


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("simple_diamond_example_quad_gate", [49671, 50596, 50330, 49403]),
        ("test_data_diamond_asinh_rect", [50559]),
        ("test_data_diamond_biex_rect", [50605]),
    ],
)
def test_counts_are_those_that_flowjo_states(reference: Path, name: str, counts: list[int]) -> None:
    (tube,) = workspace.read(reference / f"fcs/expected/{name}.wsp")
    events = FileEvents(read_header(reference / "fcs/flowjo_quad_diamond.fcs"), tube.document)
    assert [gate.count for gate in tube.gates] == counts
    assert [int(events.mask(gate.path).sum()) for gate in tube.gates] == counts


def test_biex_is_flowjos_table() -> None:
    """Values of FlowKit 1.3.2 (WSPBiexTransform), of 4096 channels."""
    values = [-3000.0, -100.0, 0.0, 100.0, 5000.0, 262144.0]
    for (neg, width, pos), expected in CHANNELS.items():
        found = 4096 * Biex(262144, pos, neg, width).transform(values)
        np.testing.assert_allclose(found, expected, atol=1e-6)
