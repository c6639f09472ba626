"""The figure of a standard curve shows what its tables hold."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from coculture.drawing import style
from coculture.drawing.figure import Drawing
from coculture.elisa import ElisaSettings, quantify_plate
from coculture.elisa.figures import PlateResults, standard_curve
from coculture.exchange.culture_marks import culture_of
from tests.elisa.known_scatter import KNOWN

SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


def draw(wells: pd.DataFrame, curve: Mapping[str, Any]) -> Drawing:
    return standard_curve.draw(PlateResults(wells, curve))


def texts(figure: Figure) -> set[str]:
    return {
        text.get_text()
        for axes in figure.axes
        for text in [*axes.texts, axes._left_title, *axes.get_yticklabels(), axes.title]  # type: ignore[attr-defined]
    }


def test_the_curve_names_plate_analyte_and_verdict(plate: PlateResults) -> None:
    figure = draw(plate.wells, json.loads(json.dumps(plate.curve))).figure
    assert "P1: IL-6, 4PL, accepted" in texts(figure)
    failed = plate.curve["IL-6"] | {"verdict": "fail"}
    assert "P1: IL-6, 4PL, FAILED" in texts(draw(plate.wells, {"IL-6": failed}).figure)


def marks(shown: pd.DataFrame, mark: str, panel: str = "curve") -> pd.DataFrame:
    return shown[(shown["mark"] == mark) & (shown["panel"] == panel)].set_index("well")


def test_every_standard_well_is_drawn(plate: PlateResults) -> None:
    drawn = draw(plate.wells, plate.curve)
    assert 16 in [len(np.asarray(line.get_xdata())) for line in drawn.figure.axes[0].lines]
    standards = marks(drawn.shown, "standard")
    wells = plate.wells.set_index("well").loc[standards.index]
    assert set(wells["role"]) == {"standard"}
    assert standards["value"].tolist() == wells["response"].tolist()
    assert standards["concentration_pg_ml"].tolist() == wells["nominal_pg_ml"].tolist()


def cultures_in(figure: Figure) -> list[str]:
    """The cultures of the marks that have one, in the order of drawing."""
    artists = [artist for axes in figure.axes for artist in [*axes.lines, *axes.patches]]
    return [culture for one in artists if (culture := culture_of(str(one.get_gid())))]


def test_samples_stand_where_they_were_read_and_for_their_culture(plate: PlateResults) -> None:
    drawn = draw(plate.wells, plate.curve)
    samples = marks(drawn.shown, "sample")
    wells = plate.wells.set_index("well").loc[samples.index]
    assert samples["concentration_pg_ml"].tolist() == wells["in_well_pg_ml"].tolist()
    assert samples["state"].tolist() == wells["state"].tolist()
    assert sorted(cultures_in(drawn.figure)) == sorted([*SAMPLES, *SAMPLES])


def test_the_curve_s_limits_are_those_of_the_fit(plate: PlateResults) -> None:
    line = marks(draw(plate.wells, plate.curve).shown, "curve")
    x = line["concentration_pg_ml"].to_numpy(float)
    p = plate.curve["IL-6"]["fit"]["parameters"]
    expected = p["D"] + (p["A"] - p["D"]) / (1 + (x / p["c"]) ** p["b"])
    assert line["value"].to_numpy(float) == pytest.approx(expected, rel=1e-9)
    assert (line["lower"] < line["value"]).all()
    assert (line["upper"] - line["value"]).to_numpy(float) == pytest.approx(
        (line["value"] - line["lower"]).to_numpy(float)
    )


def legend_of(figure: Figure) -> set[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    return {text.get_text() for legend in legends for text in legend.get_texts()}


def test_samples_beyond_the_curve_are_drawn_at_its_edge(awkward: PlateResults) -> None:
    drawn = draw(awkward.wells, awkward.curve)
    beyond = drawn.shown[(drawn.shown["mark"] == "sample")]
    beyond = beyond[beyond["concentration_pg_ml"].isna()]
    assert dict(zip(beyond["culture"] + beyond["state"], beyond["value"], strict=True)) == {
        "zerobelow_curve": pytest.approx(-0.02),
        "overabove_curve": pytest.approx(3.9),
        "overoverflow": pytest.approx(np.nan, nan_ok=True),
    }
    assert "sample beyond the curve" in legend_of(drawn.figure)
    axes = drawn.figure.axes[0]
    at = {
        (line.get_marker(), np.asarray(line.get_xdata()).item())
        for line in axes.lines
        if culture_of(str(line.get_gid())) in ("zero", "over")
    }
    left, right = axes.get_xlim()
    assert at == {("<", left), (">", right)}


def test_an_excluded_standard_is_drawn_apart_with_its_reason(awkward: PlateResults) -> None:
    drawn = draw(awkward.wells, awkward.curve)
    assert marks(drawn.shown, "standard not used")["reason"].to_dict() == {"A1": "bubble"}
    assert "A1" not in marks(drawn.shown, "standard").index
    assert "standard not used" in legend_of(drawn.figure)
    assert cultures_in(drawn.figure).count("high") == 1


def test_residuals_are_in_standard_deviations_of_a_well(plate: PlateResults) -> None:
    shown = draw(plate.wells, plate.curve).shown
    residuals = marks(shown, "standard", "residuals")
    standards = marks(shown, "standard")
    p = plate.curve["IL-6"]["fit"]["parameters"]
    x = standards["concentration_pg_ml"].to_numpy(float)
    mean = p["D"] + (p["A"] - p["D"]) / (1 + (x / p["c"]) ** p["b"])
    expected = (standards["value"].to_numpy(float) - mean) / np.hypot(0.005, 0.05 * mean)
    assert residuals["value"].to_numpy(float) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("highest", [600.0, 1e5])
def test_labels_of_the_standards_have_room(plate: PlateResults, highest: float) -> None:
    wells = plate.wells.copy()
    wells.loc[wells["role"] == "sample", "in_well_pg_ml"] = highest
    axes = draw(wells, plate.curve).figure.axes[1]
    labels = np.log(axes.get_xticks())
    left, right = np.log(axes.get_xlim())
    assert np.exp(labels.max()) == pytest.approx(600)
    assert np.diff(sorted(labels)).min() > 0.07 * (right - left)
    assert len(labels) >= 3


def test_a_level_that_fails_is_drawn_with_its_reason(plate: PlateResults) -> None:
    curve = json.loads(json.dumps(plate.curve))
    curve["IL-6"]["standards"][3] |= {"verdict": "fail", "reason": "recovery 140 %"}
    drawn = draw(plate.wells, curve)
    levels = marks(drawn.shown, "level", "standards")
    assert levels.loc[levels["state"] == "fail", "reason"].tolist() == ["recovery 140 %"]
    assert "recovery 140 %" in texts(drawn.figure)


def legend_markers(figure: Figure) -> dict[str, object]:
    legend = figure.axes[0].get_legend()
    assert legend is not None
    handles = [line for line in legend.legend_handles if isinstance(line, Line2D)]
    return {str(line.get_label()): line.get_marker() for line in handles}


def test_the_legend_shows_the_mark_of_the_side_that_is_drawn(plate: PlateResults) -> None:
    wells = plate.wells.copy()
    is_first = wells.index == wells.index[wells["role"] == "sample"][0]
    wells.loc[is_first, "in_well_pg_ml"] = np.nan
    for state, marker in (("below_curve", "<"), ("above_curve", ">")):
        wells.loc[is_first, "state"] = state
        figure = draw(wells, plate.curve).figure
        assert legend_markers(figure)["sample beyond the curve"] == marker


def test_an_anchor_beyond_the_curve_is_grey_like_one_that_is_read_back(plate: PlateResults) -> None:
    levels = [dict(level) for level in plate.curve["IL-6"]["standards"]]
    levels[-1] |= {"verdict": "not judged", "recovery_percent": None}
    drawn = draw(plate.wells, {"IL-6": plate.curve["IL-6"] | {"standards": levels}})
    words = [text for axes in drawn.figure.axes for text in axes.texts]
    beyond = [text for text in words if text.get_text() == "beyond the curve"]
    assert [text.get_color() for text in beyond] == [style.GREY]


def test_each_analyte_has_its_own_panels(plate: PlateResults) -> None:
    wells = pd.concat([plate.wells, plate.wells.assign(analyte="TNF")])
    other = plate.curve["IL-6"] | {"analyte": "TNF"}
    drawn = draw(wells, {**plate.curve, "TNF": other})
    assert len(drawn.figure.axes) == 6
    assert {"P1: IL-6, 4PL, accepted", "P1: TNF, 4PL, accepted"} <= texts(drawn.figure)
    counts = drawn.shown.groupby("analyte").size()
    assert counts["IL-6"] == counts["TNF"]


def test_a_fit_through_level_means_names_no_wells(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> None:
    plate = quantify_plate(readings(SAMPLES), settings(as_reader="level_means"), KNOWN)
    standards = marks(draw(plate.wells, plate.curve).shown, "standard")
    assert standards.index.tolist() == [""] * 8


def test_a_plate_without_curve_says_so() -> None:
    drawn = draw(pd.DataFrame(), {"IL-6": {"verdict": "fail", "reasons": ["none"]}})
    assert [text.get_text() for text in drawn.figure.texts] == ["No standard curve on this plate"]
    assert drawn.shown.empty


def test_the_result_says_whether_each_curve_passes_and_where(plate: PlateResults) -> None:
    entry = plate.curve["IL-6"]
    failed, without = entry | {"verdict": "fail"}, {"verdict": "fail", "reasons": ["none"]}
    wells = pd.concat([plate.wells, plate.wells.assign(analyte="TNF")])
    passing = draw(wells, {"IL-6": entry, "TNF": failed | {"analyte": "TNF"}}).text.result
    assert "IL-6: the curve passes, quantifiable from 9.38 to 600 pg/mL" in passing
    assert "TNF: the curve fails" in passing
    assert draw(pd.DataFrame(), {"IL-6": without}).text.result == "IL-6: no standard curve."


def test_labels_of_recoveries_near_an_edge_are_written_towards_the_middle(
    plate: PlateResults,
) -> None:
    entry = json.loads(json.dumps(plate.curve["IL-6"]))
    levels = [level for level in entry["standards"] if level["nominal_pg_ml"] > 0]
    for level, recovery in zip(levels, (55.0, 155.0, 101.0), strict=False):
        level.update(recovery_percent=recovery, verdict="pass", reason="")
    figure = draw(plate.wells, {"IL-6": entry}).figure
    sides = {
        text.get_text(): text.get_horizontalalignment()
        for axes in figure.axes
        for text in axes.texts
    }
    assert [sides[text] for text in ("55", "155", "101")] == ["left", "right", "center"]
