"""A study with more experiments than one page holds, and names that pages must not trip over."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from coculture.exchange.figure_text import FigureText
from coculture.report import Figure, Part, Results, parts, read_figures
from tests.report.conftest import EVIL, draw, make_config, make_flag, make_results

EXPERIMENTS = ("E1", "E2", "con", "constructor", "E10", "E11")
"""More than one page holds; con is no name of a file on Windows."""
PLATE = "P1"
WELLS = 12
"""Of each experiment."""
PROTO, CONSTRUCTOR = "__proto__", "constructor"
"""Cultures called like what every object of the page's script has."""


def cultures_of(experiment: str) -> list[str]:
    """The cultures of an experiment."""
    odd = [EVIL, PROTO, CONSTRUCTOR] if experiment == "E1" else []
    return [*odd, *(f"{experiment}-DEX-{i}" for i in range(1, WELLS + 1 - len(odd)))]


def large_results(folder: Path, experiments: tuple[str, ...] = EXPERIMENTS) -> Results:
    """The results of the study, its figures written below `folder`."""
    flags = [
        make_flag(
            *("flow/wells.csv", "tube", "many_doublets", f"many doublets in {culture}"),
            experiment=experiment,
            fcs=f"{experiment}-{place}.fcs",
            culture=culture,
        )
        for experiment in experiments
        for place, culture in enumerate(cultures_of(experiment))
    ]
    tables = {
        "cultures.csv": pd.concat([_cultures(one) for one in experiments], ignore_index=True),
        "flow/wells.csv": pd.concat([_wells(one) for one in experiments], ignore_index=True),
        "elisa/wells.csv": pd.DataFrame(
            {
                "plate": PLATE,
                "well": [f"A{i}" for i in range(1, 5)],
                "culture": cultures_of("E2")[:4],
                "role": "sample",
                "state": "ok",
                "flags": "",
                "excluded": "",
            }
        ),
    }
    results = make_results(config=make_config(title="A study of <b>names</b>"), tables=tables)
    return replace(results, flags=tuple(flags), figures=_figures(folder, experiments))


def large_parts(results: Results) -> list[Part]:
    """The pages beside report.html."""
    wells = results.table("flow/wells.csv")
    samples = wells["experiment"].value_counts(sort=False)
    return parts({str(one): int(count) for one, count in samples.items()}, [PLATE])


def _cultures(experiment: str) -> pd.DataFrame:
    names = cultures_of(experiment)
    return pd.DataFrame(
        {
            "culture": names,
            "experiment": experiment,
            "arm": "DEX",
            "donor": "",
            "apoptosis_state": "ok",
            "percent_apoptotic": [10.0 + i for i in range(len(names))],
            "il6_pg_ml": 100.0,
            "il6_state": "ok",
            "il6_bound_pg_ml": float("nan"),
            "flags": "",
            "excluded": "",
        }
    )


def _wells(experiment: str) -> pd.DataFrame:
    names = cultures_of(experiment)
    return pd.DataFrame(
        {
            "experiment": experiment,
            "fcs": [f"{experiment}-{i}.fcs" for i in range(len(names))],
            "role": "sample",
            "culture": names,
            "events_total": 1000.0,
            "flags": "many_doublets",
            "excluded": "",
        }
    )


def _figures(folder: Path, experiments: tuple[str, ...]) -> list[Figure]:
    few = tuple(culture for one in experiments for culture in cultures_of(one)[:3])
    draw(folder / "comparison/arms_il6.svg", few, FigureText("IL-6, by arm", "Lines.", "Result."))
    for one in experiments:
        path = folder / "flow" / one / "contact_sheet.svg"
        draw(path, tuple(cultures_of(one)), FigureText("Every well", "Quadrants."))
    draw(folder / f"elisa/{PLATE}/plate.svg", tuple(cultures_of("E2")[:4]), FigureText("The plate"))
    return read_figures(folder, sorted(folder.rglob("*.*")))
