"""The second embedded study, from its true values: every text of every figure of it can be read."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from matplotlib.text import Text

from coculture.comparison import figures
from coculture.comparison.design.families import AGAINST_UNTREATED
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.figures.registry import ComparisonFigure
from coculture.simulate.designs.dose_response import DoseResponse
from tests.comparison.figures.studies_of_numbers import faults_of, inputs_of

CONFIG = Path(__file__).parents[3] / "config/dose_response.yaml"
FIGURES = figures.every({"apoptosis": "apoptosis", "IL-6": "il6"})


@pytest.fixture(scope="module")
def doses(tmp_path_factory: pytest.TempPathFactory) -> FigureInputs:
    """All arms, experiments and findings of the study, its true values as finished numbers."""
    folder = tmp_path_factory.mktemp("doses")
    design = DoseResponse()
    table = design.cultures(np.random.default_rng(19))
    table[list(design.columns)].to_csv(folder / "cultures.csv", index=False)
    measured = table[["culture", "percent_apoptotic", "il6_pg_ml"]].set_axis(
        ["culture", "apoptosis_percent", "IL-6_pg_ml"], axis="columns"
    )
    measured.to_csv(folder / "values.csv", index=False)
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    config["tables"] = {"cultures": "cultures.csv", "values": "values.csv"}
    for part in ("simulate", "flow", "elisa"):
        del config[part]
    (folder / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return inputs_of(folder / "study.yaml")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda one: one.name)
def test_every_text_can_be_read(
    doses: FigureInputs, figure: ComparisonFigure, tmp_path: Path
) -> None:
    ((_, drawn),) = figures.drawings(doses, [figure])
    assert faults_of(drawn, tmp_path) == []


def test_the_arms_of_a_group_are_spread_evenly_over_rows(doses: FigureInputs) -> None:
    ((_, drawn),) = figures.drawings(
        doses, [one for one in FIGURES if one.name == "arms_apoptosis"]
    )
    panels = drawn.figure.subfigs[0].axes
    assert [len(panel.get_xticks()) for panel in panels] == [7] * 8


def test_differences_from_parts_are_left_to_the_table_where_there_are_many(
    doses: FigureInputs,
) -> None:
    ((_, drawn),) = figures.drawings(
        doses, [one for one in FIGURES if one.name == "arms_apoptosis"]
    )
    contrasts = doses.tables.contrasts.drop_duplicates("contrast").set_index("contrast")["family"]
    of_differences = drawn.shown.loc[drawn.shown["mark"] == "difference", "contrast"]
    assert set(contrasts[of_differences]) == {AGAINST_UNTREATED}
    assert len(of_differences) == 52
    below = drawn.figure.subfigs[1]
    texts = " ".join(text.get_text() for text in below.findobj(Text)).replace("\n", " ")
    assert "48 differences of combinations from their parts" in texts
