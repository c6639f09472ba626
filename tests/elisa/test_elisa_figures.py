"""Figures are drawn from the tables alone, for any plate, and show what their tables say."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from coculture import drawing
from coculture.drawing.figure import Drawing
from coculture.elisa import ElisaSettings, QuantifiedPlate, VarianceFunction, quantify_plate
from coculture.elisa.figures import plate_heat_map, standard_curve, standards_recovery
from coculture.exchange import result_tables
from coculture.exchange.culture_marks import culture_of

KNOWN = VarianceFunction(0.005, 0.05, 4, 40, "stated")
SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


@pytest.fixture
def plate(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> QuantifiedPlate:
    return quantify_plate(readings(SAMPLES, noise=0.05), settings(), KNOWN)


@pytest.fixture
def awkward(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> QuantifiedPlate:
    """A plate with wells beyond the curve on both sides, one excluded standard and sample."""
    wells = readings({"zero": 1.0, "over": 1e5, "high": 50000.0}, dilutions=(10,), replicates=2)
    place = {str(well): i for i, well in enumerate(wells["well"])}
    of_culture = {culture: list(rows["well"]) for culture, rows in wells.groupby("culture")}
    wells.loc[[place[well] for well in of_culture["zero"]], "response"] = -0.02
    over = [place[well] for well in of_culture["over"]]
    wells.loc[over[0], "response"] = 3.9
    wells.loc[over[1], "response"] = np.nan
    wells.loc[over[1], "state"] = "overflow"
    wells.loc[[0, place[of_culture["high"][1]]], "excluded"] = "bubble"
    return quantify_plate(wells, settings(), KNOWN)


def texts(figure: Figure) -> set[str]:
    return {
        text.get_text()
        for axes in figure.axes
        for text in [*axes.texts, axes._left_title, *axes.get_yticklabels(), axes.title]  # type: ignore[attr-defined]
    }


def legend_of(figure: Figure) -> set[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    return {text.get_text() for legend in legends for text in legend.get_texts()}


def cultures_in(figure: Figure) -> list[str]:
    """The culture of every mark that stands for one, in the order of drawing."""
    artists = [artist for axes in figure.axes for artist in [*axes.lines, *axes.patches]]
    return [culture for one in artists if (culture := culture_of(str(one.get_gid())))]


def colours_of(figure: Figure, panel: int) -> dict[str, str]:
    """Well -> colour of its cell on the plate."""
    return {
        f"{'ABCDEFGHIJKLMNOP'[int(cell.get_y())]}{int(cell.get_x()) + 1}": to_hex(  # type: ignore[attr-defined]
            cell.get_facecolor()
        )
        for cell in figure.axes[panel].patches
    }


def marks(shown: pd.DataFrame, mark: str, panel: str = "curve") -> pd.DataFrame:
    return shown[(shown["mark"] == mark) & (shown["panel"] == panel)].set_index("well")


def test_the_curve_names_plate_analyte_and_verdict(plate: QuantifiedPlate) -> None:
    figure = standard_curve(plate.wells, json.loads(json.dumps(plate.curve))).figure
    assert "P1: IL-6, 4PL, accepted" in texts(figure)
    failed = plate.curve["IL-6"] | {"verdict": "fail"}
    assert "P1: IL-6, 4PL, FAILED" in texts(standard_curve(plate.wells, {"IL-6": failed}).figure)


def test_every_standard_well_is_drawn(plate: QuantifiedPlate) -> None:
    drawn = standard_curve(plate.wells, plate.curve)
    assert 16 in [len(np.asarray(line.get_xdata())) for line in drawn.figure.axes[0].lines]
    standards = marks(drawn.shown, "standard")
    wells = plate.wells.set_index("well").loc[standards.index]
    assert set(wells["role"]) == {"standard"}
    assert standards["value"].tolist() == wells["response"].tolist()
    assert standards["concentration_pg_ml"].tolist() == wells["nominal_pg_ml"].tolist()


def test_samples_stand_where_they_were_read_and_for_their_culture(plate: QuantifiedPlate) -> None:
    drawn = standard_curve(plate.wells, plate.curve)
    samples = marks(drawn.shown, "sample")
    wells = plate.wells.set_index("well").loc[samples.index]
    assert samples["concentration_pg_ml"].tolist() == wells["in_well_pg_ml"].tolist()
    assert samples["state"].tolist() == wells["state"].tolist()
    assert sorted(cultures_in(drawn.figure)) == sorted([*SAMPLES, *SAMPLES])


def test_the_curve_s_limits_are_those_of_the_fit(plate: QuantifiedPlate) -> None:
    line = marks(standard_curve(plate.wells, plate.curve).shown, "curve")
    x = line["concentration_pg_ml"].to_numpy(float)
    p = plate.curve["IL-6"]["fit"]["parameters"]
    expected = p["D"] + (p["A"] - p["D"]) / (1 + (x / p["c"]) ** p["b"])
    assert line["value"].to_numpy(float) == pytest.approx(expected, rel=1e-9)
    assert (line["lower"] < line["value"]).all()
    assert (line["upper"] - line["value"]).to_numpy(float) == pytest.approx(
        (line["value"] - line["lower"]).to_numpy(float)
    )


def test_samples_beyond_the_curve_are_drawn_at_its_edge(awkward: QuantifiedPlate) -> None:
    drawn = standard_curve(awkward.wells, awkward.curve)
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


def test_an_excluded_standard_is_drawn_apart_with_its_reason(awkward: QuantifiedPlate) -> None:
    drawn = standard_curve(awkward.wells, awkward.curve)
    assert marks(drawn.shown, "standard not used")["reason"].to_dict() == {"A1": "bubble"}
    assert "A1" not in marks(drawn.shown, "standard").index
    assert "standard not used" in legend_of(drawn.figure)
    assert cultures_in(drawn.figure).count("high") == 1


def test_residuals_are_in_standard_deviations_of_a_well(plate: QuantifiedPlate) -> None:
    shown = standard_curve(plate.wells, plate.curve).shown
    residuals = marks(shown, "standard", "residuals")
    standards = marks(shown, "standard")
    p = plate.curve["IL-6"]["fit"]["parameters"]
    x = standards["concentration_pg_ml"].to_numpy(float)
    mean = p["D"] + (p["A"] - p["D"]) / (1 + (x / p["c"]) ** p["b"])
    expected = (standards["value"].to_numpy(float) - mean) / np.hypot(0.005, 0.05 * mean)
    assert residuals["value"].to_numpy(float) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("highest", [600.0, 1e5])
def test_labels_of_the_standards_have_room(plate: QuantifiedPlate, highest: float) -> None:
    wells = plate.wells.copy()
    wells.loc[wells["role"] == "sample", "in_well_pg_ml"] = highest
    axes = standard_curve(wells, plate.curve).figure.axes[1]
    labels = np.log(axes.get_xticks())
    left, right = np.log(axes.get_xlim())
    assert np.exp(labels.max()) == pytest.approx(600)
    assert np.diff(sorted(labels)).min() > 0.07 * (right - left)
    assert len(labels) >= 3


def test_a_level_that_fails_is_drawn_with_its_reason(plate: QuantifiedPlate) -> None:
    curve = json.loads(json.dumps(plate.curve))
    curve["IL-6"]["standards"][3] |= {"verdict": "fail", "reason": "recovery 140 %"}
    drawn = standard_curve(plate.wells, curve)
    levels = marks(drawn.shown, "level", "standards")
    assert levels.loc[levels["state"] == "fail", "reason"].tolist() == ["recovery 140 %"]
    assert "recovery 140 %" in texts(drawn.figure)


def test_each_analyte_has_its_own_panels(plate: QuantifiedPlate) -> None:
    wells = pd.concat([plate.wells, plate.wells.assign(analyte="TNF")])
    other = plate.curve["IL-6"] | {"analyte": "TNF"}
    drawn = standard_curve(wells, plate.curve | {"TNF": other})
    assert len(drawn.figure.axes) == 6
    assert {"P1: IL-6, 4PL, accepted", "P1: TNF, 4PL, accepted"} <= texts(drawn.figure)
    counts = drawn.shown.groupby("analyte").size()
    assert counts["IL-6"] == counts["TNF"]


def test_a_fit_through_level_means_names_no_wells(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> None:
    plate = quantify_plate(readings(SAMPLES), settings(as_reader="level_means"), KNOWN)
    standards = marks(standard_curve(plate.wells, plate.curve).shown, "standard")
    assert standards.index.tolist() == [""] * 8


def test_a_plate_without_curve_says_so() -> None:
    drawn = standard_curve(pd.DataFrame(), {"IL-6": {"verdict": "fail", "reasons": ["none"]}})
    assert [text.get_text() for text in drawn.figure.texts] == ["No standard curve on this plate"]
    assert drawn.shown.empty


def test_the_heat_map_shows_each_well_at_its_place(plate: QuantifiedPlate) -> None:
    drawn = plate_heat_map(plate.wells)
    values = drawn.shown.set_index("well")["value"]
    assert values.to_dict() == plate.wells.set_index("well")["response"].to_dict()
    colours = colours_of(drawn.figure, 0)
    assert set(colours) == set(plate.wells["well"])
    by_value = [int(colours[well][1:3], 16) for well in values.sort_values().index]
    assert by_value == sorted(by_value)
    assert drawn.figure.axes[0].get_ylim() == (8, 0)


def test_a_well_without_a_reading_says_why(awkward: QuantifiedPlate) -> None:
    wells = awkward.wells.copy()
    wells.loc[2, "response"] = np.nan
    wells.loc[2, "state"] = "missing"
    drawn = plate_heat_map(wells)
    assert sorted(text.get_text() for text in drawn.figure.axes[0].texts) == ["over", "–"]


def test_a_cell_stands_for_its_culture_in_both_maps(plate: QuantifiedPlate) -> None:
    figure = plate_heat_map(plate.wells).figure
    drawn = [culture for culture in plate.wells["culture"] if culture]
    assert sorted(cultures_in(figure)) == sorted(2 * drawn)


@pytest.mark.parametrize(("well", "rows"), [("H12", 8), ("I1", 16), ("A13", 16), ("P25", 32)])
def test_the_map_is_as_large_as_the_plate(plate: QuantifiedPlate, well: str, rows: int) -> None:
    wells = pd.concat([plate.wells, plate.wells.iloc[-1:].assign(well=well)])
    axes = plate_heat_map(wells).figure.axes[0]
    assert axes.get_ylim() == (rows, 0)
    assert axes.get_xlim() == (0, 1.5 * rows)


def test_the_heat_map_tells_apart_why_wells_are_not_used(plate: QuantifiedPlate) -> None:
    wells = plate.wells.copy()
    wells.loc[:2, "state"] = "excluded"
    wells.loc[:2, "excluded"] = ["bubble", "masked in the reader's software", "not in elisa.csv"]
    wells.loc[2, "role"] = "unassigned"
    drawn = plate_heat_map(wells)
    assert drawn.shown["state"][:3].tolist() == ["excluded", "masked", "unassigned"]
    colours = colours_of(drawn.figure, 1)
    assert len({colours[well] for well in wells["well"][:3]}) == 3
    labels = {"excluded by you", "masked in the reader", "not in the table"}
    assert labels <= legend_of(drawn.figure)


def test_zero_standards_and_blanks_are_neither_in_nor_below_the_range(
    plate: QuantifiedPlate,
) -> None:
    wells = plate.wells.copy()
    zero = wells["role"].eq("standard") & wells["nominal_pg_ml"].eq(0)
    assert zero.sum() > 1
    wells.loc[zero, "state"] = ["below_curve", *["ok"] * (zero.sum() - 1)]
    sample = wells.index[wells["role"] == "sample"][:3]
    wells.loc[sample, "role"] = ["blank", "medium_blank", "blank"]
    wells.loc[sample[2], "state"] = "excluded"
    drawn = plate_heat_map(wells)
    neutral = drawn.shown["state"] == "zero"
    assert set(wells.index[neutral]) == {*wells.index[zero], *sample[:2]}
    assert drawn.shown["state"][sample[2]] == "excluded"
    colours = colours_of(drawn.figure, 1)
    assert {colours[well] for well in wells.loc[neutral, "well"]} == {"#ffffff"}
    assert "#ffffff" not in {colours[well] for well in wells.loc[~neutral, "well"]}
    assert "zero or blank" in legend_of(drawn.figure)


def test_a_ring_marks_a_well_s_own_flags_alone(plate: QuantifiedPlate) -> None:
    failed = "plate failed (controls: 50 %, limit 66.7 %)"
    wells = plate.wells.assign(flags=failed)
    assert len(plate_heat_map(wells).figure.axes[1].lines) == 0
    wells.loc[3, "flags"] = f"{failed}; replicates differ (CV 34 %, limit 20 %)"
    drawn = plate_heat_map(wells)
    assert len(drawn.figure.axes[1].lines) == 1
    assert drawn.shown.loc[3, "flags"] == "replicates differ (CV 34 %, limit 20 %)"


def test_a_plate_without_any_reading_is_still_drawn(plate: QuantifiedPlate) -> None:
    drawn = plate_heat_map(plate.wells.assign(response=np.nan, state="overflow"))
    assert legend_of(drawn.figure) == {"overflow"}


def two_plates(plate: QuantifiedPlate) -> pd.DataFrame:
    return pd.concat([plate.wells, plate.wells.assign(plate="P2")], ignore_index=True)


def test_recovery_shows_every_plate_and_control(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> None:
    drawn = standards_recovery(two_plates(plate), settings().limits)
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


def test_the_grey_band_is_what_the_config_allows(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> None:
    limits = settings({"recovery_percent": 15, "control_recovery_percent": 30}).limits
    figure = standards_recovery(plate.wells, limits).figure
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
    drawn = standards_recovery(plate.wells, settings().limits)
    bound = drawn.shown[drawn.shown["relation"] != ""]
    assert bound[["relation", "value"]].to_numpy().tolist() == [[">=", 100 * 600 / 40]]
    assert "40 pg/mL, outside the range" in legend_of(drawn.figure)
    assert drawn.figure.axes[1].get_ylim()[1] < 220
    assert "200: or more" in drawn.figure.axes[1].get_ylabel()
    assert "more" not in drawn.figure.axes[0].get_ylabel()
    line = drawn.shown[(drawn.shown["mark"] == "mean") & (drawn.shown["target_pg_ml"] == 40.0)]
    assert line["n"].tolist() == [1]


def test_a_lost_control_well_does_not_flatten_the_others(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> None:
    wells = two_plates(plate)
    control = wells.index[wells["role"] == "control"][0]
    wells.loc[control, "recovery_percent"] = 1400.0
    drawn = standards_recovery(wells, settings().limits)
    assert (drawn.shown["value"] == 1400).any()
    assert drawn.figure.axes[1].get_ylim() == pytest.approx((-10, 210))


def test_analytes_are_not_averaged_with_one_another(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> None:
    doubled = plate.wells.assign(
        analyte="TNF", recovery_percent=2 * plate.wells["recovery_percent"]
    )
    both = pd.concat([plate.wells, doubled], ignore_index=True)
    drawn = standards_recovery(both, settings().limits)
    assert len(drawn.figure.axes) == 4
    of_analyte = drawn.shown[drawn.shown["mark"] == "standard"].groupby("analyte")["value"]
    values = {name: group.to_numpy(float) for name, group in of_analyte}
    assert values["TNF"] == pytest.approx(2 * values["IL-6"])


def test_without_standards_the_recovery_says_so(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> None:
    samples = plate.wells[plate.wells["role"] == "sample"]
    drawn = standards_recovery(samples, settings().limits)
    assert drawn.shown.empty
    assert len(drawn.figure.texts) == 1


@pytest.fixture
def drawings(
    plate: QuantifiedPlate, settings: Callable[..., ElisaSettings]
) -> Callable[[], dict[str, Drawing]]:
    return lambda: {
        "standard_curve": standard_curve(plate.wells, plate.curve),
        "plate": plate_heat_map(plate.wells),
        "standards_recovery": standards_recovery(two_plates(plate), settings().limits),
    }


def test_files_are_the_same_bytes_twice(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        for name, drawn in drawings().items():
            assert drawn.table == f"figures/elisa/{name}.csv"
            paths = [tmp_path / folder / f"{name}{ending}" for ending in (".svg", ".csv")]
            drawing.save(drawn, paths)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_every_column_is_explained_and_reads_back(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for name, drawn in drawings().items():
        path = tmp_path / f"{name}.csv"
        drawing.save(drawn, [path])
        described = result_tables.describe({drawn.table: [path]})
        assert described["column"].tolist() == list(drawn.shown.columns)
        back: Any = result_tables.read(path)
        pd.testing.assert_frame_equal(
            back, drawn.shown.reset_index(drop=True), check_dtype=False, check_exact=True
        )


def test_the_svg_carries_each_culture(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for name in ("standard_curve", "plate"):
        drawing.save(drawings()[name], [tmp_path / f"{name}.svg"])
        written = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        assert set(re.findall('id="culture:([^"]*)"', written)) == set(SAMPLES)
