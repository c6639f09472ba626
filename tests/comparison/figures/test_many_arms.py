"""A study of 27 arms with long names: every figure fits a page, and every text can be read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import figures
from coculture.comparison.figures.inputs import BARS, FigureInputs
from coculture.comparison.figures.power_curves import power_curves
from coculture.comparison.figures.registry import ComparisonFigure
from coculture.comparison.planning import ALL_FINDINGS
from tests.comparison.figures.studies_of_numbers import faults_of, inputs_of
from tests.comparison.many_arms import write

WIDEST = 10.2
"""Inches that a figure may be wide: on a page of 1280 pixels its letters are then not smaller."""
SHOWN = (
    "findings",
    "robustness",
    "arms_viability",
    "arms_il6_pooled_error",
    "plates",
)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FigureInputs:
    """The study; its samples have wells without the name of a plate, E1 those of two days."""
    folder = tmp_path_factory.mktemp("many")
    inputs = inputs_of(write(folder / "study"))
    wells = inputs.cultures[["culture", "experiment"]].assign(role="sample", plate="")
    number = wells.groupby("experiment").cumcount()
    day = np.where((wells["experiment"] == "E1") & (number >= 27), 2, 1)
    place = number.where(day == 1, number - 27)
    wells["well"] = [f"{'ABCDEFGH'[one // 12]}{one % 12 + 1}" for one in place]
    wells["acquired"] = [f"2026-11-0{one}T10:00:00" for one in day]
    return replace(inputs, flow_wells=wells)


@pytest.mark.parametrize("name", SHOWN)
def test_every_text_can_be_read(many: FigureInputs, name: str, tmp_path: Path) -> None:
    (figure,) = (
        one for one in figures.every({"viability": "viability", "IL-6": "il6"}) if one.name == name
    )
    ((_, drawn),) = figures.drawings(many, [figure])
    assert faults_of(drawn, tmp_path) == []
    assert drawn.figure.get_figwidth() <= WIDEST


def test_rows_with_the_same_names_have_them_once(many: FigureInputs) -> None:
    ((_, drawn),) = figures.drawings(
        many, [ComparisonFigure("arms_viability", "arms_{endpoint}", "viability")]
    )
    rows = [
        [label.get_text() for label in panel.get_xticklabels()]
        for panel in drawn.figure.subfigs[0].axes
    ]
    assert [any(row) for row in rows] == [False, False, True]
    assert rows[2][1] == "Bortezomib\n2 nM +\nTocilizumab\n5 µg/mL"


def test_bars_can_be_read_and_begin_at_zero(many: FigureInputs, tmp_path: Path) -> None:
    figure = ComparisonFigure("arms_il6", "arms_{endpoint}", "IL-6")
    ((_, drawn),) = figures.drawings(replace(many, style=BARS), [figure])
    assert faults_of(drawn, tmp_path) == []
    panels = drawn.figure.subfigs[0].axes
    assert len(panels) == 3
    bars = [bar for panel in panels for bar in panel.patches]
    assert {bar.get_y() for bar in bars} == {0.0}  # type: ignore[attr-defined]
    assert all(panel.get_yscale() == "linear" and panel.get_ylim()[0] <= 0 for panel in panels)
    means = drawn.shown[drawn.shown["mark"] == "arm"].set_index("arm")
    assert len(means) == len(bars) == 27
    experiments = drawn.shown[drawn.shown["mark"] == "experiment"].groupby("arm")["value"]
    geometric = experiments.agg(lambda values: float(np.exp(np.log(values).mean())))
    assert means["value"].to_dict() == pytest.approx(geometric.to_dict())
    # t of 2 degrees of freedom at 97.5 %: 4.3027.
    error = experiments.agg(lambda values: float(np.log(values).std() / np.sqrt(3)))
    half = (means["upper"] / means["value"]).transform(np.log)
    assert half.to_dict() == pytest.approx((4.30265 * error).to_dict(), rel=1e-5)


def test_days_without_names_of_plates_are_drawn_apart(many: FigureInputs) -> None:
    ((_, drawn),) = figures.drawings(many, [ComparisonFigure("plates", "plates")])
    of_one = drawn.shown[drawn.shown["measure"] == drawn.shown["measure"].iloc[0]]
    assert of_one["plate"].value_counts().to_dict() == {
        "E1, 2026-11-01": 27,
        "E1, 2026-11-02": 27,
        "E2": 54,
        "E3": 54,
    }
    assert not of_one.duplicated(["plate", "well"]).any()


def test_a_caption_names_a_few_of_many_cultures(many: FigureInputs) -> None:
    lost = many.cultures["arm"].str.startswith("U266B1")
    value = many.settings.compared("viability").columns.value
    cultures = many.cultures.assign(**{value: many.cultures[value].mask(lost)})
    figure = ComparisonFigure("arms_viability", "arms_{endpoint}", "viability")
    ((_, drawn),) = figures.drawings(replace(many, cultures=cultures), [figure])
    text = drawn.figure.subfigs[1].get_supxlabel().replace("\n", " ")
    first, second, third, fourth = cultures.loc[lost, "culture"].iloc[:4]
    assert f"Without a value: 54, such as {first}, {second} and {third}." in text
    assert fourth not in text


@pytest.mark.parametrize("count", [1, 4])
def test_titles_of_power_curves_do_not_meet(count: int, tmp_path: Path) -> None:
    names = ["protection by stroma 2a", "protection by stroma 2b", "effect 1", ALL_FINDINGS][:count]
    rows = [
        {"id": name, "experiments": n, "wells": 2, "power": n / 13, "lower": n / 14}
        | {"upper": n / 12.5, "runs": 1000, "tested": "experiments"}
        for name in names
        for n in range(3, 13)
    ]
    assert faults_of(power_curves(pd.DataFrame(rows), []), tmp_path) == []
