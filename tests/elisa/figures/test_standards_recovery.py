"""The recovery of standards and controls on all plates."""

from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.figure import Figure

from coculture.drawing.figure import Drawing
from coculture.elisa import (
    AcceptanceLimits,
    ElisaSettings,
    quantify_plate,
)
from coculture.elisa.figures import PlateResults, StudyResults, standards_recovery
from tests.elisa.known_scatter import KNOWN

SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


def draw(wells: pd.DataFrame, limits: AcceptanceLimits) -> Drawing:
    return standards_recovery.draw(StudyResults(wells, limits))


def legend_of(figure: Figure) -> set[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    return {text.get_text() for legend in legends for text in legend.get_texts()}


def two_plates(plate: PlateResults) -> pd.DataFrame:
    return pd.concat([plate.wells, plate.wells.assign(plate="P2")], ignore_index=True)


def test_recovery_shows_every_plate_and_control(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    drawn = draw(two_plates(plate), settings().limits)
    assert legend_of(drawn.figure) == {"P1", "P2", "40 pg/mL", "250 pg/mL"}
    standards = drawn.shown[(drawn.shown["mark"] == "standard") & (drawn.shown["plate"] == "P2")]
    means = plate.wells[plate.wells["role"] == "standard"].groupby("nominal_pg_ml")
    expected = means["recovery_percent"].mean()
    assert (
        standards.set_index("target_pg_ml")["value"].to_dict()
        == expected[expected.index > 0].to_dict()
    )
    line = drawn.shown[drawn.shown["mark"] == "mean"].set_index("target_pg_ml").loc[40.0]
    controls = drawn.shown[drawn.shown["mark"] == "control"]
    of_level = controls.loc[controls["target_pg_ml"] == 40.0, "value"].astype(float)
    assert line["n"] == len(of_level) == 4
    assert [line["lower"], line["value"], line["upper"]] == pytest.approx(
        [of_level.mean() + side * of_level.std() for side in (-2, 0, 2)]
    )


def texts(figure: Figure) -> set[str]:
    return {
        text.get_text()
        for axes in figure.axes
        for text in [*axes.texts, axes._left_title, *axes.get_yticklabels(), axes.title]  # type: ignore[attr-defined]
    }


def test_the_grey_band_is_what_the_config_allows(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    limits = settings({"recovery_percent": 15, "control_recovery_percent": 30}).limits
    figure = draw(plate.wells, limits).figure
    assert any("grey: within 15 %" in text for text in texts(figure))
    bands = [
        axes.patches[0].get_extents().transformed(axes.transData.inverted()) for axes in figure.axes
    ]
    assert [band.y0 for band in bands] == pytest.approx([85, 70])


def test_a_control_outside_the_range_is_drawn_as_a_bound(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> None:
    wells = readings()
    control = wells.index[wells["role"] == "control"][0]
    wells.loc[control, "response"] = 3.5
    plate = quantify_plate(wells, settings(), KNOWN)
    drawn = draw(plate.wells, settings().limits)
    bound = drawn.shown[drawn.shown["relation"] != ""]
    assert bound[["relation", "value"]].to_numpy().tolist() == [[">=", 100 * 600 / 40]]
    assert "40 pg/mL, outside the range" in legend_of(drawn.figure)
    assert drawn.figure.axes[1].get_ylim()[1] < 220
    assert "200: or more" in drawn.figure.axes[1].get_ylabel()
    assert "more" not in drawn.figure.axes[0].get_ylabel()
    line = drawn.shown[(drawn.shown["mark"] == "mean") & (drawn.shown["target_pg_ml"] == 40.0)]
    assert line["n"].tolist() == [1]


def test_a_lost_control_well_does_not_flatten_the_others(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    wells = two_plates(plate)
    control = wells.index[wells["role"] == "control"][0]
    wells.loc[control, "recovery_percent"] = 1400.0
    drawn = draw(wells, settings().limits)
    assert (drawn.shown["value"] == 1400).any()
    assert drawn.figure.axes[1].get_ylim() == pytest.approx((-10, 210))


def test_analytes_are_not_averaged_with_one_another(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    doubled = plate.wells.assign(
        analyte="TNF", recovery_percent=2 * plate.wells["recovery_percent"]
    )
    both = pd.concat([plate.wells, doubled], ignore_index=True)
    drawn = draw(both, settings().limits)
    assert len(drawn.figure.axes) == 4
    of_analyte = drawn.shown[drawn.shown["mark"] == "standard"].groupby("analyte")["value"]
    values = {name: group.to_numpy(float) for name, group in of_analyte}
    assert values["TNF"] == pytest.approx(2 * values["IL-6"])


def test_without_standards_the_recovery_says_so(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    samples = plate.wells[plate.wells["role"] == "sample"]
    drawn = draw(samples, settings().limits)
    assert drawn.shown.empty
    assert len(drawn.figure.texts) == 1


def test_the_result_gives_range_and_median(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> None:
    recoveries = {600: 80.0, 300: 90, 150: 95, 75: 100, 37.5: 101, 18.75: 102, 9.375: 120}
    wells = plate.wells.assign(recovery_percent=plate.wells["nominal_pg_ml"].map(recoveries))
    wells = wells[wells["role"] == "standard"]
    result = draw(wells, settings().limits).text.result
    assert "80 to 120 %, median 100 %" in result
    assert "ontrol" not in result
