"""Figures are drawn from the tables alone, for any plate, and come out the same each time."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from coculture import style
from coculture.elisa import ElisaSettings, QuantifiedPlate, VarianceFunction, quantify_plate
from coculture.elisa.figures import plate_heat_map, standard_curve, standards_recovery

KNOWN = VarianceFunction(0.005, 0.05, 4, 40, "stated")


@pytest.fixture
def plate(
    settings: Callable[..., ElisaSettings], readings: Callable[..., pd.DataFrame]
) -> QuantifiedPlate:
    samples = {"low": 60.0, "middle": 2000.0, "high": 50000.0}
    return quantify_plate(readings(samples, noise=0.05), settings(), KNOWN)


def texts(figure: Figure) -> set[str]:
    return {
        text.get_text()
        for axes in figure.axes
        for text in [*axes.texts, axes._left_title, *axes.get_yticklabels(), axes.title]  # type: ignore[attr-defined]
    }


def test_the_curve_names_plate_analyte_and_verdict(plate: QuantifiedPlate) -> None:
    figure = standard_curve(plate.wells, json.loads(json.dumps(plate.curve)))
    assert "P1: IL-6, 4PL, accepted" in texts(figure)
    failed = plate.curve["IL-6"] | {"verdict": "fail"}
    assert "P1: IL-6, 4PL, FAILED" in texts(standard_curve(plate.wells, {"IL-6": failed}))


def test_every_standard_well_is_drawn(plate: QuantifiedPlate) -> None:
    figure = standard_curve(plate.wells, plate.curve)
    drawn = [len(np.asarray(line.get_xdata())) for line in figure.axes[0].lines]
    assert 16 in drawn


def test_a_plate_without_curve_says_so() -> None:
    figure = standard_curve(pd.DataFrame(), {"IL-6": {"verdict": "fail", "reasons": ["none"]}})
    assert [text.get_text() for text in figure.texts] == ["No standard curve on this plate"]


def test_the_heat_map_shows_each_well_at_its_place(plate: QuantifiedPlate) -> None:
    image = np.asarray(plate_heat_map(plate.wells).axes[0].images[0].get_array())
    assert image.shape == (8, 12)
    wells = plate.wells.set_index("well")["response"]
    assert image[1, 2] == pytest.approx(wells["B3"])
    assert np.isnan(image[7, 11])


def test_the_heat_map_tells_apart_why_wells_are_not_used(plate: QuantifiedPlate) -> None:
    wells = plate.wells.copy()
    wells.loc[:2, "state"] = "excluded"
    wells.loc[:2, "excluded"] = ["bubble", "masked in the reader's software", "not in elisa.csv"]
    wells.loc[2, "role"] = "unassigned"
    figure = plate_heat_map(wells)
    colours = [figure.axes[1].images[0].get_array()[0, column] for column in range(3)]  # type: ignore[index]
    assert len(set(colours)) == 3
    legend = figure.axes[3].get_legend()
    assert legend is not None
    labels = {text.get_text() for text in legend.get_texts()}
    assert {"excluded by you", "masked in the reader", "not in the table"} <= labels


def test_a_ring_marks_a_well_s_own_flags_alone(plate: QuantifiedPlate) -> None:
    failed = "plate failed (controls: 50 %, limit 66.7 %)"
    wells = plate.wells.assign(flags=failed)
    assert len(plate_heat_map(wells).axes[1].lines) == 0
    wells.loc[3, "flags"] = f"{failed}; replicates differ (CV 34 %, limit 20 %)"
    assert len(plate_heat_map(wells).axes[1].lines) == 1


def test_recovery_shows_every_plate_and_control(plate: QuantifiedPlate) -> None:
    both = pd.concat([plate.wells, plate.wells.assign(plate="P2")])
    figure = standards_recovery(both)
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    labels = {text.get_text() for legend in legends for text in legend.get_texts()}
    assert labels == {"P1", "P2", "40 pg/mL", "250 pg/mL"}


def test_figures_are_the_same_bytes_twice(plate: QuantifiedPlate, tmp_path: Path) -> None:
    for name in ("one", "two"):
        style.save(standard_curve(plate.wells, plate.curve), tmp_path / f"{name}.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
