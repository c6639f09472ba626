"""Gates as gates.yaml writes them."""

import numpy as np
import pandas as pd
import pytest

from coculture.flow.gating import gates


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ({"channels": ["a"], "threshold": 2}, [2, 3, 4]),
        ({"channels": ["a"], "threshold": 2, "keep": "below"}, [0, 1]),
        ({"channels": ["a"], "vertices": [1, 3], "keep": "inside"}, [1, 2]),
        ({"channels": ["a"], "vertices": [1, 3], "keep": "outside"}, [0, 3, 4]),
        ({"channels": ["a"], "vertices": [[0, 1], [2, 4]]}, [0, 2, 3]),
        ({"channels": ["a"], "vertices": [[0, 1], [2, 4]], "keep": "outside"}, [1, 4]),
        ({"channels": ["a"], "vertices": [], "keep": "outside"}, [0, 1, 2, 3, 4]),
        (
            {
                "channels": ["a", "b"],
                "vertices": [[-1, -1], [0.05, -1], [0.05, 9], [-1, 9]],
                "scales": [{"name": "flin", "T": 50, "A": 0}, {"name": "linear"}],
            },
            [0, 1, 2],
        ),
        ({"channels": ["a", "b"], "vertices": [[-1, -1], [2.5, -1], [2.5, 9], [-1, 9]]}, [0, 1, 2]),
    ],
)
def test_blocks_of_gates_yaml(block: gates.Block, kept: list[int]) -> None:
    frame = pd.DataFrame({"a": np.arange(5.0), "b": np.arange(5.0)})
    assert np.flatnonzero(gates.kept("g", block, frame)).tolist() == kept


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"channels": ["a"]}, "Gate g: give either threshold or vertices"),
        ({"channels": ["a", "b"], "threshold": 1}, "a threshold is on one channel, but 2"),
        ({"channels": ["a"], "vertices": [3, 1]}, "vertices on one channel are its two ends"),
        ({"channels": ["a", "b"], "vertices": [[0, 0], [1, 1]]}, "at least three corners"),
        (
            {
                "channels": ["a", "b"],
                "vertices": [[0, 0], [1, 1], [1, 0]],
                "scales": [{"name": "lin"}, {"name": "linear"}],
            },
            "there is no scale 'lin', only linear",
        ),
    ],
)
def test_blocks_that_are_no_gate(block: gates.Block, message: str) -> None:
    with pytest.raises(gates.GateError, match=message):
        gates.draw("g", block)
