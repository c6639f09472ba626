"""What gating reads from a tube, against values calculated by hand."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.flow import FlowSettings
from coculture.flow.files import FlowFile
from coculture.flow.tubes import Tube, open_tubes, read_tube

OpenTube = Callable[..., Tube]
WriteFcs = Callable[..., object]
SPILLOVER = pd.DataFrame(
    [[1.0, 0.1, 0.2], [0.02, 1.0, 0.3], [0.05, 0.01, 1.0]],
    index=["FL2-A", "FL1-A", "FL9-A"],
    columns=["FL2-A", "FL1-A", "FL9-A"],
)
"""In another order than the file's channels; no gate is on FL9-A."""


@pytest.fixture
def observed() -> dict[str, NDArray[np.float64]]:
    """Values that 32-bit floats hold exactly."""
    rng = np.random.default_rng(2)
    names = ("FSC-A", "FL1-A", "FL2-A", "FL3-A", "FL9-A")
    return {name: rng.integers(-500, 5000, 40).astype(np.float64) for name in names}


@pytest.mark.parametrize("times", [1, 500])
def test_stains_of_the_matrix_are_compensated_and_no_other(
    open_tube: OpenTube, observed: dict[str, NDArray[np.float64]], times: int
) -> None:
    """True values t solve t @ spillover = observed, with the stain that has no gate.

    40 events, and 20,000, which are compensated in blocks.
    """
    observed = {name: np.tile(values, times) for name, values in observed.items()}
    events = read_tube(open_tube(observed), SPILLOVER)
    mixed = np.column_stack([observed[name] for name in SPILLOVER.columns])
    true = np.linalg.solve(SPILLOVER.to_numpy().T, mixed.T)
    np.testing.assert_allclose(events["FL2-A"], true[0], rtol=1e-12)
    np.testing.assert_allclose(events["FL1-A"], true[1], rtol=1e-12)
    np.testing.assert_array_equal(events["FL3-A"], observed["FL3-A"])
    np.testing.assert_array_equal(events["FSC-A"], observed["FSC-A"])
    assert len(events) == 40 * times


def test_nothing_is_compensated_without_a_matrix(
    open_tube: OpenTube, observed: dict[str, NDArray[np.float64]]
) -> None:
    events = read_tube(open_tube(observed), None)
    assert set(events.columns) == {"FSC-A", "FL1-A", "FL2-A", "FL3-A"}
    for name, values in events.columns.items():
        np.testing.assert_array_equal(values, observed[name])


def test_an_event_that_is_not_finite_in_any_channel_read_is_left_out_of_all(
    open_tube: OpenTube, observed: dict[str, NDArray[np.float64]]
) -> None:
    """FL9-A is read only where it is in the matrix; infinities of both signs do not cancel."""
    observed["FSC-A"][3], observed["FL1-A"][3] = np.inf, -np.inf
    observed["FL3-A"][5] = np.nan
    observed["FL9-A"][7] = np.nan
    tube = open_tube(observed)
    kept = np.delete(np.arange(40), [3, 5])
    np.testing.assert_array_equal(read_tube(tube, None)["FSC-A"], observed["FSC-A"][kept])
    kept = np.delete(np.arange(40), [3, 5, 7])
    events = read_tube(tube, SPILLOVER)
    assert len(events) == 37
    np.testing.assert_array_equal(events["FL3-A"], observed["FL3-A"][kept])
    assert {len(values) for values in events.columns.values()} == {37}


@pytest.mark.parametrize("every", [1, 3, 7, 50])
def test_every_kth_event_is_read(
    open_tube: OpenTube, observed: dict[str, NDArray[np.float64]], every: int
) -> None:
    tube = open_tube(observed)
    thinned, whole = read_tube(tube, SPILLOVER, every), read_tube(tube, SPILLOVER)
    assert len(thinned) == -(-40 // every)
    for name, values in thinned.columns.items():
        np.testing.assert_allclose(values, whole[name][::every], rtol=1e-14)


def test_the_singlet_ratio_is_height_over_area(
    write_fcs: WriteFcs, flow_settings: Callable[..., FlowSettings]
) -> None:
    table = np.array([[100.0, 80.0, 1.0, 1.0], [50.0, 10.0, 1.0, 1.0], [0.0, 5.0, 1.0, 1.0]])
    path = write_fcs(table, ["FSC-A", "FSC-H", "FL1-A", "FL2-A"])
    channels = {"annexin": "FL1-A", "viability_dye": "FL2-A", "side_scatter_area": None}
    settings = flow_settings(channels=channels | {"time": None})
    (tube,) = open_tubes([FlowFile(row=0, fcs="a.fcs", path=str(path), role="sample")], settings)
    events = read_tube(tube, None)
    np.testing.assert_array_equal(events["FSC-H / FSC-A"], [0.8, 0.2, np.inf])
    np.testing.assert_array_equal(events["FSC-H"], [80, 10, 5])
