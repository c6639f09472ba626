"""Small whole studies with other designs than the example's: cultures and their true values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coculture.comparison import Comparison, ComparisonSettings, compare, join_cultures
from coculture.comparison.figures.inputs import FigureInputs
from coculture.study.schema import schema, with_defaults
from tests.comparison.conftest import elisa_cultures, flow_wells

Row = Mapping[str, Any]
SIRNA = {"name": "siRNA", "column": "sirna", "levels": ["scrambled", "siIL6"]}
DEX = {"name": "DEX", "column": "dex_nM", "unit": "nM", "untreated": 0}
EXPERIMENTS = ("E1", "E2", "E3", "E4")


def joined(
    arms: Sequence[Row],
    factors: Sequence[Mapping[str, Any]],
    section: Mapping[str, Any] | None = None,
    percent: Callable[[Row], float] = lambda _: 20.0,
    il6: Callable[[Row], float] = lambda _: 200.0,
    wells: int = 2,
) -> tuple[pd.DataFrame, ComparisonSettings]:
    """The cultures of four experiments in which each arm has a known percent apoptotic and IL-6.

    Experiments differ by a few percent, so that every contrast has an interval.
    """
    chance = np.random.default_rng(16)
    rows: list[dict[str, Any]] = []
    for experiment in EXPERIMENTS:
        for arm in arms:
            place = {"cells": "MM", "stroma": "", "hours": 48.0} | dict(arm)
            for well in range(1, wells + 1):
                rows.append(
                    {"culture": f"w{len(rows)}", "experiment": experiment, "replicate": well}
                    | place
                    | {
                        "percent_apoptotic": percent(place) + chance.normal(0, 1),
                        "il6_pg_ml": il6(place) * np.exp(chance.normal(0, 0.05)),
                    }
                )
    table = pd.DataFrame(rows)
    settings = ComparisonSettings.from_config(
        with_defaults({"analytes": ["IL-6"]} | dict(section or {}), schema("comparison")),
        factors,
        {"reference": "MM"},
    )
    measured = flow_wells(table)
    cultures = join_cultures(
        cultures=table.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
        flow_wells=measured,
        elisa_cultures=elisa_cultures(table),
        population="myeloma",
        analytes=["IL-6"],
        settings=settings,
    )
    return cultures, settings


def study(*args: Any, **options: Any) -> FigureInputs:
    """The same, compared: the arguments are those of `joined`."""
    cultures, settings = joined(*args, **options)
    return FigureInputs(cultures, compare(cultures, settings), settings, pd.DataFrame())


def contrasts(tables: Comparison, endpoint: str, family: str | None = None) -> "pd.Series[float]":
    """The estimates of the primary analysis, by the names of the contrasts."""
    rows = tables.contrasts[
        (tables.contrasts["endpoint"] == endpoint)
        & (tables.contrasts["analysis"] == "per_experiment")
    ]
    if family is not None:
        rows = rows[rows["family"] == family]
    return rows.set_index("contrast")["estimate"]


def finding(kind: str, endpoint: str, arm: Row, other: Any, **more: Any) -> dict[str, Any]:
    """A finding of the config."""
    return {
        "id": "1",
        "kind": kind,
        "endpoint": endpoint,
        "statement": "It is so",
        "arm": dict(arm),
        "compared_with": other,
        **more,
    }
