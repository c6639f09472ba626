"""The lowest peak along a marker, from invented cells."""

import numpy as np

from coculture.flow.gating.marker_background import backgrounds
from coculture.flow.gating.marker_histograms import DISTANCES, MarkerHistogram, together
from tests.flow.standard_outcomes import STANDARD

EMPTY = together([])


def cells(*peaks: tuple[float, int], sd: float = 0.12) -> MarkerHistogram:
    """Cells in peaks at these decades from the gate."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(at, sd, count) for at, count in peaks])
    edges = np.append(DISTANCES - 0.01, DISTANCES[-1] + 0.01)
    counts = np.histogram(values, edges)[0]
    nothing = np.zeros(len(DISTANCES), np.int64)
    of = {name: counts if name == "viable" else nothing for name in STANDARD.classes}
    return MarkerHistogram(of, nothing, nothing)


SOUND = cells((-0.5, 400), (1.2, 1600))
CONTROL = cells((-0.5, 1000))


def found(arm: MarkerHistogram, untreated: MarkerHistogram = SOUND) -> list[str]:
    return [one.arm for one in backgrounds({"drug": arm}, untreated, CONTROL)]


def test_a_peak_that_moved_into_the_gate_is_found_with_its_share() -> None:
    arms = {"none": SOUND, "drug": cells((0.4, 400), (1.2, 1600))}
    (one,) = backgrounds(arms, SOUND, CONTROL)
    assert (one.arm, one.is_control) == ("drug", False)
    assert abs(one.inside_share - 0.2) < 0.03
    assert abs(one.position - 0.4) < 0.05
    assert abs(one.reference + 0.5) < 0.05


def test_a_peak_below_the_gate_counts_by_the_part_that_is_inside() -> None:
    half = cells((-0.05, 400), (1.2, 1600))
    (one,) = backgrounds({"drug": half}, SOUND, CONTROL)
    assert 0.05 < one.inside_share < 0.12
    assert found(cells((-0.25, 400), (1.2, 1600))) == []
    (one,) = backgrounds({"drug": cells((0.05, 400), (1.2, 1600))}, SOUND, CONTROL)
    assert 0.1 < one.inside_share < 0.17


def test_a_peak_of_another_size_is_of_dying_cells() -> None:
    assert found(cells((0.4, 1200), (1.2, 800))) == []


def test_where_the_untreated_wells_moved_too_the_control_decides() -> None:
    moved = cells((0.4, 400), (1.2, 1600))
    (one,) = backgrounds({"none": moved}, moved, CONTROL)
    assert one.is_control
    assert list(backgrounds({"none": moved}, moved, EMPTY)) == []


def test_cells_with_one_peak_or_too_few_say_nothing() -> None:
    assert found(cells((1.2, 1600))) == []
    assert found(cells((0.4, 30), (1.2, 160))) == []
    assert found(cells((0.4, 400), (1.2, 1600)), EMPTY) == ["drug"]
