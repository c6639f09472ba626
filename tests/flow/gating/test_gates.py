"""Gates as gates.yaml writes them."""

import numpy as np
import pandas as pd
import pytest

from coculture.flow.gating import gates
from coculture.flow.gating.flowcytometrytools import passes


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ({"channels": ["a"], "threshold": 2}, [2, 3, 4]),
        ({"channels": ["a"], "threshold": 2, "keep": "below"}, [0, 1]),
        ({"channels": ["a"], "vertices": [1, 3], "keep": "inside"}, [1, 2]),
        ({"channels": ["a"], "vertices": [1, 3], "keep": "outside"}, [0, 3, 4]),
        ({"channels": ["a", "b"], "vertices": [[-1, -1], [2.5, -1], [2.5, 9], [-1, 9]]}, [0, 1, 2]),
    ],
)
def test_blocks_of_gates_yaml(block: gates.Block, kept: list[int]) -> None:
    frame = pd.DataFrame({"a": np.arange(5.0), "b": np.arange(5.0)})
    assert np.flatnonzero(passes(gates.draw("g", block), frame)).tolist() == kept


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"channels": ["a"]}, "Gate g: give either threshold or vertices"),
        ({"channels": ["a", "b"], "threshold": 1}, "a threshold is on one channel, but 2"),
        ({"channels": ["a"], "vertices": [3, 1]}, "vertices on one channel are its two ends"),
        ({"channels": ["a", "b"], "vertices": [[0, 0], [1, 1]]}, "at least three corners"),
    ],
)
def test_blocks_that_are_no_gate(block: gates.Block, message: str) -> None:
    with pytest.raises(gates.GateError, match=message):
        gates.draw("g", block)
