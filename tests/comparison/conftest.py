"""Studies for the comparison's tests: cultures whose truth is known, without raw files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture import simulate
from coculture.comparison import ComparisonSettings, join_cultures
from coculture.simulate import truth
from coculture.study.schema import schema, with_defaults

EVENTS = 2_000
STUDY = replace(simulate.EXAMPLE, design=replace(simulate.EXAMPLE.design, experiments=4, wells=3))
"""Arms and mishaps of the example, whose size these tests do not depend on."""
JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def example_config() -> dict[str, Any]:
    """The example's config as written, without defaults."""
    root = Path(__file__).parents[2]
    config: dict[str, Any] = yaml.safe_load((root / "config/config.yaml").read_text("utf-8"))
    return config


@pytest.fixture
def settings(example_config: dict[str, Any]) -> ComparisonSettings:
    """The example's comparison: findings 1a to 3b."""
    stated = {"analytes": ["IL-6"]} | example_config["comparison"]
    section = with_defaults(stated, schema("comparison"))
    return ComparisonSettings.from_config(
        section, example_config["factors"], example_config["cells"]
    )


@pytest.fixture
def joined_study(settings: ComparisonSettings) -> JoinedStudy:
    """A function that simulates a study's truth and returns its joined cultures."""

    def build(
        seed: int = 1,
        parameters: simulate.Parameters = STUDY,
        lloq_pg_ml: float = 0.0,
    ) -> pd.DataFrame:
        designed = truth.cultures(parameters.design)
        realised = truth.realise(designed, parameters, np.random.default_rng(seed))
        table = truth.survivors(designed.merge(realised, on="culture"), parameters.design)
        return join_cultures(
            cultures=table.drop(columns=["arm", "percent_apoptotic", "il6_pg_ml"]),
            flow_wells=flow_wells(table),
            elisa_cultures=elisa_cultures(table, lloq_pg_ml),
            population="myeloma",
            analytes=["IL-6"],
            settings=settings,
        )

    return build


def flow_wells(table: pd.DataFrame) -> pd.DataFrame:
    """flow/wells.csv of cultures with a known percent_apoptotic."""
    apoptotic = (table["percent_apoptotic"] / 100 * EVENTS).round()
    return pd.DataFrame(
        {
            "culture": table["culture"],
            "population": "myeloma",
            "n_viable": EVENTS - apoptotic,
            "n_early": apoptotic // 2,
            "n_late": apoptotic - apoptotic // 2,
            "n_necrotic": 0,
            "percent_apoptotic": 100 * apoptotic / EVENTS,
            "flags": "",
            "excluded": "",
        }
    )


def elisa_cultures(table: pd.DataFrame, lloq_pg_ml: float = 0.0) -> pd.DataFrame:
    """elisa/cultures.csv of cultures with a known il6_pg_ml; below the LLOQ only that is known."""
    below = table["il6_pg_ml"] < lloq_pg_ml
    return pd.DataFrame(
        {
            "culture": table["culture"],
            "analyte": "IL-6",
            "concentration_pg_ml": table["il6_pg_ml"].mask(below),
            "state": np.where(below, "below_lloq", "ok"),
            "bound_pg_ml": np.where(below, lloq_pg_ml, np.nan),
            "flags": "",
            "excluded": "",
        }
    )
