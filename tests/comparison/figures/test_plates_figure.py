"""The figure of values by plate position."""

from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.figures.plates import plates

JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    """The example's design, with IL-6 below 200 pg/mL out of range."""
    return joined_study(seed=3, lloq_pg_ml=200.0)


def test_plates_show_cultures_where_they_stood(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    wells = pd.DataFrame(
        {
            "culture": cultures["culture"].head(2),
            "role": "sample",
            "plate": "P1",
            "well": ["A1", "H12"],
        }
    )
    assert len(set(cultures["arm"].head(2))) == 1
    figure = plates(FigureInputs(cultures, compare(cultures, settings), settings, wells))
    percent = figure.shown[figure.shown["measure"] == "Apoptotic cells"].set_index("well")["value"]
    assert percent.to_dict() == dict(
        zip(["A1", "H12"], cultures["percent_apoptotic"].head(2), strict=True)
    )
    empty, *cells = figure.figure.axes[0].patches
    assert [(cell.get_x(), cell.get_y()) for cell in cells] == [(0, 0), (11, 7)]  # type: ignore[attr-defined]
    assert cells[0].get_facecolor() != cells[1].get_facecolor() != empty.get_facecolor()
    low, high = cells if percent["A1"] < percent["H12"] else cells[::-1]
    (red, _, blue), (red_high, _, blue_high) = (to_rgb(one.get_facecolor()) for one in (low, high))
    assert red < blue
    assert red_high > blue_high
    assert [cell.get_gid() for cell in cells] == [
        f"culture:{culture}" for culture in cultures["culture"].head(2)
    ]


def test_a_well_on_a_plate_is_compared_with_its_own_arm(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """A drift of the plate shows, the treatments do not; a well alone in its arm shows nothing."""
    few = cultures[cultures["arm"].isin(["il1b untreated", "il1b DEX + IL-1Ra"])]
    few = few[few["experiment"].isin(["E1", "E2"])].reset_index(drop=True)
    few = few[
        (few["arm"] == "il1b untreated") | (few["replicate"] == 1) | (few["experiment"] == "E1")
    ]
    few = few.assign(percent_apoptotic=8.0, il6_pg_ml=9_000.0, il6_state="ok")
    combined = few["arm"] == "il1b DEX + IL-1Ra"
    few.loc[combined, ["percent_apoptotic", "il6_pg_ml"]] = [45.0, 200.0]
    few["percent_apoptotic"] += 2.0 * (few["replicate"] - 2)
    few["il6_pg_ml"] *= 2.0 ** (few["replicate"] - 2)
    wells = pd.DataFrame(
        {
            "culture": few["culture"],
            "role": "sample",
            "plate": "P1",
            "well": [f"{'ABCDEFGH'[i % 8]}{i // 8 + 1}" for i in range(len(few))],
        }
    )
    shown = plates(FigureInputs(few, compare(few, settings), settings, wells)).shown.set_index(
        "culture"
    )
    replicate = few.set_index("culture")["replicate"]
    alone = few.loc[combined & (few["experiment"] == "E2"), "culture"]
    assert len(alone) == 1
    for measure, unit, expected in (
        ("Apoptotic cells", "percentage points", 2.0 * (replicate - 2)),
        ("IL-6", "ratio", 2.0 ** (replicate - 2)),
    ):
        of_measure = shown[shown["measure"] == measure]
        assert set(of_measure["difference_unit"]) == {unit}
        expected = expected.astype(float).where(~expected.index.isin(alone))
        pd.testing.assert_series_equal(
            of_measure["difference"].sort_index(), expected.sort_index(), check_names=False
        )
        assert of_measure["value"].notna().all()


def test_the_result_has_the_extremes_of_each_measurement(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """Two wells of one arm, 4 points and 4-fold apart: 2 points and 2-fold from their means."""
    pair = cultures.head(2).assign(percent_apoptotic=[8.0, 12.0], il6_pg_ml=[100.0, 400.0])
    wells = pd.DataFrame(
        {"culture": pair["culture"], "role": "sample", "plate": "P1", "well": ["A1", "A2"]}
    )
    text = plates(FigureInputs(pair, compare(cultures, settings), settings, wells)).text
    assert "on 1 plate: " in text.result
    assert "Apoptotic cells −2 to 2 percentage points" in text.result
    assert "IL-6 0.5-fold to 2-fold" in text.result
    assert text.analysis == ""


def test_of_many_plates_those_are_drawn_whose_wells_differ_most(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """Twenty plates with a pair of wells each: further apart on each but on P10 and P11."""
    pairs = [cultures.head(2).assign(experiment=f"E{number}") for number in range(1, 21)]
    wide = [2.0 if number in {10, 11} else 2.0 + number for number in range(1, 21)]
    many = pd.concat(pairs, ignore_index=True)
    many = many.assign(
        culture=[f"c{place}" for place in range(40)],
        percent_apoptotic=[20.0 + sign * half / 2 for half in wide for sign in (-1, 1)],
        il6_pg_ml=100.0,
        il6_state="ok",
    )
    wells = pd.DataFrame(
        {
            "culture": many["culture"],
            "role": "sample",
            "plate": [f"P{1 + place // 2}" for place in range(40)],
            "well": ["A1", "A2"] * 20,
        }
    )
    drawn = plates(FigureInputs(many, compare(cultures, settings), settings, wells))
    titles = [axes.get_title("left") for axes in drawn.figure.axes]
    expected = [f"P{number}" for number in range(7, 21) if number not in {10, 11}]
    assert [*dict.fromkeys(titles)] == [*expected, ""]
    assert "Shown are the 12 of 20 plates whose wells differ most" in drawn.text.caption
    equal = many.assign(percent_apoptotic=20.0)
    drawn_of_equal = plates(FigureInputs(equal, compare(cultures, settings), settings, wells))
    assert "Shown are the first 12 of 20 plates; " in drawn_of_equal.text.caption
    assert drawn.shown["plate"].nunique() == 20
