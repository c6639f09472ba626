"""A small study with awkward names, its results written as files, and its page made once."""

import math
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.patches import Rectangle
from playwright.sync_api import Browser, sync_playwright

from coculture.drawing import style
from coculture.exchange import culture_marks
from coculture.report import Figure, Results, figures_below, render
from coculture.study import schema as schemas

EVIL = "E1-<img src=x onerror=alert(1)>'\"$(id)\n</script>&amp;"
"""A culture whose name would break a careless page in every way."""
CULTURES = ("E1-DEX-1", "E1-DEX-2", EVIL, "E2-DEX-1", "E2-untreated-1", "E10-untreated-1")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def make_config(**changes: Any) -> dict[str, Any]:
    """A config with every default."""
    section = {"study": "mine", "tables": {"cultures": "c.csv", "flow": "f.csv", "elisa": "e.csv"}}
    section |= {"factors": [], "cells": {"reference": "control"}, "flow": {}}
    return {**schemas.with_defaults(section, schemas.schema("config")), **changes}


def make_finding(**changes: Any) -> dict[str, Any]:
    """A row of findings.csv."""
    row = {
        "id": "1a",
        "finding": "DEX lowers IL-6",
        "endpoint": "IL-6",
        "verdict": "not shown",
        "estimate": 0.9,
        "lower": 0.5,
        "upper": 1.6,
        "unit": "ratio",
        "p": 0.3,
        "level": 0.025,
        "p_holm": 0.3,
        "n": 3,
        "reason": "first test; second test",
        "sentence": "IL-6 was <b>90 %</b> of the untreated level.",
        "caveat": "",
        "advice": "",
        "pooled_error_verdict": "not shown",
    }
    return {**row, **changes}


def cultures_table() -> pd.DataFrame:
    """cultures.csv of the awkward study."""
    return pd.DataFrame(
        {
            "culture": CULTURES,
            "experiment": ["E1", "E1", "E1", "E2", "E2", "E10"],
            "arm": ["DEX", "DEX", "untreated", "DEX", "untreated", "untreated"],
            "donor": "",
            "percent_apoptotic": [30.5, 31.25, 8.0, 29.0, 9.5, None],
            "il6_pg_ml": [250.0, None, 4000.0, 1234.5, 3500.0, 2000.0],
            "il6_state": ["ok", "below_lloq", "ok", "ok", "ok", "ok"],
            "il6_bound_pg_ml": [None, 46.875, None, None, None, None],
            "flags": "",
            "excluded": ["", "", "", "", "", "flow: no percent apoptotic"],
        }
    )


def elisa_wells() -> pd.DataFrame:
    """elisa/wells.csv of the awkward study: a flagged culture, a flagged control, one left out."""
    return pd.DataFrame(
        {
            "plate": "P1",
            "well": ["A1", "A2", "A3", "A10", "B1"],
            "culture": ["", EVIL, "E1-DEX-1", "E1-DEX-2", ""],
            "role": ["control", "sample", "sample", "sample", "unassigned"],
            "state": ["ok", "ok", "excluded", "below_lloq", "ok"],
            "flags": ["replicates differ (30 %, limit 20 %)", "outlier <b>; odd", "", "", ""],
            "excluded": ["", "", "bubble", "", "not in elisa.csv"],
        }
    )


def contrasts() -> pd.DataFrame:
    """comparison/contrasts.csv with two contrasts by two analyses."""
    return pd.DataFrame(
        [
            {
                "endpoint": "percent_apoptotic",
                "contrast": name,
                "analysis": analysis,
                "estimate": estimate,
                "p": p,
                "n": 3,
            }
            for analysis in ("per_experiment", "pooled_error")
            for name, estimate, p in (
                (f"DEX by {analysis}", 21.5, 0.004),
                (f"IL-1Ra by {analysis}", -1.25, 0.5),
                (f"IL-6 by {analysis}", float("nan"), float("nan")),
            )
        ]
    )


def make_results(**changes: Any) -> Results:
    """The results of a study with one finding; `tables` are added to those that every study has."""
    tables = {
        "cultures.csv": pd.DataFrame(
            {"experiment": ["E1", "E2", "E3"], "arm": "control DEX", "donor": ""}
        ),
        "comparison/findings.csv": pd.DataFrame([make_finding()]),
        "comparison/contrasts.csv": pd.DataFrame({"endpoint": ["IL-6"]}),
        "comparison/arms.csv": pd.DataFrame({"arm": ["control DEX"]}),
    }
    tables |= changes.pop("tables", {})
    return Results(**{"config": make_config(), "tables": tables, **changes})


def _draw(path: Path, cultures: tuple[str, ...]) -> None:
    """A figure with a mark for each culture, on a plate with an empty frame around its well.

    In flow/E2 the last one is a line.
    """
    with style.house_style():
        figure = MatplotlibFigure(figsize=(6, 3))
        axes = figure.add_subplot()
        for place, culture in enumerate(cultures):
            is_line = path.parent.name == "E2" and culture == cultures[-1]
            x, y = ([place, place + 2], [0, 1]) if is_line else ([place], [place % 3])
            (mark,) = axes.plot(x, y, "o-" if is_line else "o", markersize=14)
            frame = axes.add_patch(Rectangle((place - 0.4, -0.4), 0.8, 2.8, fill=False, lw=0))
            culture_marks.stands_for(frame if path.stem == "plate" else mark, culture)
        style.save(figure, path)
        style.save(figure, path.with_suffix(".png"))
    shown = "".join(f'"{culture.replace(chr(34), chr(34) * 2)}"\n' for culture in cultures)
    rows = shown or "no culture\n"
    path.with_suffix(".csv").write_text(f"culture\n{rows}", encoding="utf-8")


def awkward_figures(folder: Path) -> list[Figure]:
    """Figures of all rooms below `folder`, one of them for both analyses."""
    for name, cultures in {
        "comparison/arms_il6": CULTURES,
        "comparison/interaction_il6": (),
        "comparison/contrasts_il6": (),
        "comparison/contrasts_il6_pooled_error": (),
        "flow/E1/contact_sheet": CULTURES[:3],
        "flow/E2/contact_sheet": CULTURES[3:5],
        "elisa/P1/plate": CULTURES[:3],
    }.items():
        _draw(folder / f"{name}.svg", cultures)
    return figures_below(folder, sorted(folder.rglob("*.*")))


@pytest.fixture(scope="session")
def evil() -> str:
    """A culture whose name would break a careless page in every way."""
    return EVIL


@pytest.fixture(scope="session")
def config() -> Callable[..., dict[str, Any]]:
    """Makes a config with every default."""
    return make_config


@pytest.fixture(scope="session")
def finding() -> Callable[..., dict[str, Any]]:
    """Makes a row of findings.csv."""
    return make_finding


@pytest.fixture(scope="session")
def results() -> Callable[..., Results]:
    """Makes the results of a small study."""
    return make_results


@pytest.fixture(scope="session")
def awkward_cultures() -> pd.DataFrame:
    """cultures.csv of the awkward study."""
    return cultures_table()


@pytest.fixture(scope="session")
def awkward_elisa() -> pd.DataFrame:
    """elisa/wells.csv of the awkward study."""
    return elisa_wells()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the awkward study, with its figures beside it."""
    folder = tmp_path_factory.mktemp("report")
    flow_wells = pd.DataFrame(
        {
            "experiment": ["E1", "E1", "E1", "E2"],
            "fcs": ["a.fcs", "b.fcs", "fmo.fcs", "c.fcs"],
            "role": ["sample", "sample", "fmo_annexin", "sample"],
            "culture": ["E1-DEX-1", "E1-DEX-2", "", "E2-DEX-1"],
            "events_total": [1000.0, 2000.0, 500.0, 10_000.0],
            "events_singlets": [900.0, 1500.0, 400.0, 9_000.0],
            "percent_apoptotic": [30.5, 31.25, None, 29.0],
            "flags": ["", "", "few events (400, limit 500)", "many doublets (30 %, limit 25 %)"],
            "excluded": "",
        }
    )
    study = make_results(
        config=make_config(simulated=True, title="A study of <b>names</b>"),
        tables={
            "cultures.csv": cultures_table(),
            "comparison/findings.csv": pd.DataFrame(
                [make_finding(), make_finding(id="1b", verdict="shown", finding=EVIL)]
            ),
            "comparison/contrasts.csv": contrasts(),
            "flow/wells.csv": flow_wells,
            "elisa/wells.csv": elisa_wells(),
            "elisa/cultures.csv": pd.DataFrame(
                {
                    "culture": CULTURES[:2],
                    "analyte": "IL-6",
                    "state": "ok",
                    "flags": "",
                    "plates": "P1",
                }
            ),
            "comparison/arms.csv": pd.DataFrame(
                {
                    "endpoint": "ln_il6",
                    "experiment": ["E1", "E2", "E1", "E2"],
                    "arm": ["DEX", "DEX", "untreated", "untreated"],
                    "mean": [math.log(100), math.log(400), math.log(3000), math.log(3000)],
                    "relation": ["<=", "", "", ""],
                    "low": [-math.inf, math.log(400), math.log(3000), math.log(3000)],
                    "high": [math.log(100), math.log(400), math.log(3000), math.log(3000)],
                }
            ),
            "columns.csv": pd.DataFrame(
                [("flow/wells.csv", "events_total", "events", 'Events "in" the file')],
                columns=["table", "column", "unit", "definition"],
            ),
        },
        figures=awkward_figures(folder / "figures"),
        software={"workflow": {"version": "1.0"}},
    )
    path = folder / "report.html"
    path.write_text(render(study), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine; without one the test skips, in CI it fails."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = f"no browser is installed ({', '.join(BROWSERS)})"
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(f"{missing}, and in CI the page must be tested in one")
        pytest.skip(f"{missing}; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()
