"""A small study with awkward names, its results written as files, and its page rendered once."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.patches import Rectangle

from coculture.drawing import style
from coculture.exchange import culture_marks, figure_text
from coculture.exchange.figure_text import FigureText
from coculture.exchange.flags import Concerns, Flag
from coculture.report import Figure, Results, read_figures, render
from coculture.study import schema as schemas

EVIL = "E1-<img src=x onerror=alert(1)>'\"$(id)\n</script>&amp;"
"""The name of a culture, with characters that break pages which do not escape them."""
CULTURES = ("E1-DEX-1", "E1-DEX-2", EVIL, "E2-DEX-1", "E2-untreated-1", "E10-untreated-1")


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
        "family": "",
        "verdict": "not shown",
        "verdict_in_words": "not shown",
        "condition": "",
        "estimate": 0.9,
        "lower": 0.5,
        "upper": 1.6,
        "unit": "ratio",
        "p": 0.3,
        "level": 0.025,
        "holm_ratio": 12.0,
        "corrected_by": "Holm",
        "n": 3,
        "kind": "lower",
        "limits": "level 0.025",
        "method": "that a value is lower, one-sided",
        "reason": "not used where tests decide",
        "sentence": "IL-6 was <b>90 %</b> of the untreated level.",
        "caveat": "",
        "advice": "",
        "pooled_error_verdict": "not shown",
    }
    return {**row, **changes}


def finding_tests() -> pd.DataFrame:
    """comparison/finding_tests.csv of one finding: two of its three tests made the verdict."""
    return pd.DataFrame(
        {
            "id": "1a",
            "test": ["first", "second", "third"],
            "part": "effect",
            "decides": [True, False, True],
            "sentence": ["first test (p = 0.3); weak", "second test", "third test (p = 0.4)"],
            "left_out": "",
        }
    )


def make_flag(
    table: str = "elisa/wells.csv",
    kind: str = "well",
    code: str = "replicates_differ",
    sentence: str = "replicates differ (30 %, limit 20 %)",
    **more: Any,
) -> Flag:
    """A flag, a caution unless `severity` is given; other keywords say what it concerns."""
    severity = more.pop("severity", "caution")
    value = more.pop("value", math.nan)
    return Flag(Concerns(table, kind, **more), code, severity, sentence, value)


FLAGS = (
    make_flag(
        *("flow/wells.csv", "tube", "few_events", "few events (400, limit 500)"),
        experiment="E1",
        fcs="fmo.fcs",
    ),
    make_flag(
        *("flow/wells.csv", "tube", "many_doublets", "many doublets (30 %, limit 25 %)"),
        experiment="E2",
        fcs="c.fcs",
        culture="E2-DEX-1",
    ),
    make_flag(plate="P1", well="A1", analyte="IL-6"),
    make_flag(
        code="outlier", sentence="outlier <b>", plate="P1", well="A2", analyte="IL-6", culture=EVIL
    ),
    make_flag(code="odd", sentence="odd", plate="P1", well="A2", analyte="IL-6", culture=EVIL),
    make_flag(
        code="excluded",
        severity="note",
        sentence="bubble",
        plate="P1",
        well="A3",
        analyte="IL-6",
        culture="E1-DEX-1",
    ),
    make_flag(
        *("elisa/cultures.csv", "culture", "below_lloq", "IL-6 is below 46.9 pg/mL"),
        severity="note",
        analyte="IL-6",
        culture="E1-DEX-2",
        value=46.875,
    ),
)
"""Flags of the awkward study."""


def cultures_table() -> pd.DataFrame:
    """cultures.csv of the awkward study."""
    return pd.DataFrame(
        {
            "culture": CULTURES,
            "experiment": ["E1", "E1", "E1", "E2", "E2", "E10"],
            "arm": ["DEX", "DEX", "untreated", "DEX", "untreated", "untreated"],
            "donor": "",
            "apoptosis_state": ["ok"] * 5 + ["excluded"],
            "percent_apoptotic": [30.5, 31.25, 8.0, 29.0, 9.5, None],
            "il6_pg_ml": [250.0, None, 4000.0, 1234.5, 3500.0, 2000.0],
            "il6_state": ["ok", "below_lloq", "ok", "ok", "ok", "ok"],
            "il6_bound_pg_ml": [None, 46.875, None, None, None, None],
            "flags": "",
            "excluded": ["", "", "", "", "", "flow: no percent apoptotic"],
        }
    )


def endpoints_table() -> pd.DataFrame:
    """comparison/endpoints.csv of apoptosis and IL-6."""
    percent = ("apoptosis", "percent_apoptotic", "", "apoptosis_state")
    il6 = ("IL-6", "il6_pg_ml", "il6_bound_pg_ml", "il6_state")
    rows = [
        ("percent_apoptotic", "points", True, "Apoptotic cells (%)", "%", *percent),
        ("logit_apoptotic", "logit", False, "Odds of apoptosis", "odds", *percent),
        ("ln_viable", "log_rest", False, "Viable cells (fraction)", "fraction", *percent),
        ("ln_il6", "log", True, "IL-6 (pg/mL)", "pg/mL", *il6),
    ]
    columns = ["endpoint", "scale", "is_primary", "title", "unit", "name"]
    columns += ["value_column", "bound_column", "state_column"]
    return pd.DataFrame(rows, columns=columns)


def elisa_wells() -> pd.DataFrame:
    """elisa/wells.csv of the awkward study, with one excluded and one unlisted well."""
    return pd.DataFrame(
        {
            "plate": "P1",
            "well": ["A1", "A2", "A3", "A10", "B1"],
            "culture": ["", EVIL, "E1-DEX-1", "E1-DEX-2", ""],
            "role": ["control", "sample", "sample", "sample", "unassigned"],
            "state": ["ok", "ok", "excluded", "below_lloq", "ok"],
            "flags": ["replicates_differ", "outlier; odd", "", "", ""],
            "excluded": ["", "", "bubble", "", "not in elisa.csv"],
        }
    )


def finished_numbers() -> dict[str, pd.DataFrame]:
    """study/values.csv with two endpoints and an excluded number, and the file that it is from."""
    values = pd.DataFrame(
        {
            "table": "values.csv",
            "row": ["2", "2", "3"],
            "culture": ["E1-DEX-1", "E1-DEX-1", "E1-DEX-2"],
            "file": "",
            "endpoint": ["viability", "IL-10", "MFI"],
            "value": [91.5, 0.1, 12.0],
            "relation": ["", "<=", ""],
            "unit": ["%", "ng/mL", "a.u."],
            "count": [400.0, math.nan, math.nan],
            "note": "",
            "excluded": ["", "", "spilt"],
        }
    )
    files = {"table": ["values.csv"], "file": ["v.csv"], "sha256": ["0123456789abcdef" * 4]}
    return {"study/values.csv": values, "study/files.csv": pd.DataFrame(files)}


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
        "comparison/endpoints.csv": endpoints_table(),
        "comparison/findings.csv": pd.DataFrame([make_finding()]),
        "comparison/finding_tests.csv": finding_tests(),
        "comparison/contrasts.csv": pd.DataFrame({"endpoint": ["IL-6"]}),
        "comparison/arms.csv": pd.DataFrame({"arm": ["control DEX"]}),
    }
    tables |= changes.pop("tables", {})
    return Results(**{"config": make_config(), "tables": tables, **changes})


def write_svg(path: Path, text: FigureText) -> None:
    """An empty figure with its text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    figure_text.write(text, path.with_suffix(".json"))


def draw(path: Path, cultures: tuple[str, ...], text: FigureText) -> None:
    """A figure with a mark for each culture; on a plate, with an empty frame around its well.

    In flow/E2 the last mark is a line.
    """
    with style.house_style():
        figure = MatplotlibFigure(figsize=(6, 3))
        axes = figure.add_subplot()
        for place, culture in enumerate(cultures):
            is_line = path.parent.name == "E2" and culture == cultures[-1]
            x, y = ([place, place + 2], [0, 1]) if is_line else ([place], [place % 3])
            (mark,) = axes.plot(x, y, "o-" if is_line else "o", markersize=14)
            frame = axes.add_patch(Rectangle((place - 0.4, -0.4), 0.8, 2.8, fill=False, lw=0))
            culture_marks.mark_culture(frame if path.stem == "plate" else mark, culture)
        style.save(figure, path)
        style.save(figure, path.with_suffix(".png"))
    figure_text.write(text, path.with_suffix(".json"))
    shown = "".join(f'"{culture.replace(chr(34), chr(34) * 2)}"\n' for culture in cultures)
    rows = shown or "no culture\n"
    path.with_suffix(".csv").write_text(f"culture\n{rows}", encoding="utf-8")


_ARMS_RESULT = "Geometric mean over experiments: DEX ≤ 200 pg/mL; untreated 3,000 pg/mL."


def awkward_figures(folder: Path) -> list[Figure]:
    """Figures of all stages below `folder`, one of them for both analyses."""
    drawn: Mapping[str, tuple[tuple[str, ...], FigureText]] = {
        "comparison/arms_il6": (
            CULTURES,
            FigureText("IL-6, by arm", "Lines join one experiment.", _ARMS_RESULT),
        ),
        "comparison/contrasts_il6": (
            (),
            FigureText("Contrasts of IL-6", analysis="per_experiment"),
        ),
        "comparison/contrasts_il6_pooled_error": (
            (),
            FigureText("Contrasts of IL-6", analysis="pooled_error"),
        ),
        "comparison/interaction_il6": (
            (),
            FigureText("Interaction of drugs on IL-6", analysis="per_experiment"),
        ),
        "flow/E1/contact_sheet": (CULTURES[:3], FigureText("Every well", "Quadrants.")),
        "flow/E2/contact_sheet": (CULTURES[3:5], FigureText("Every well", "Quadrants.")),
        "elisa/P1/plate": (CULTURES[:3], FigureText("The plate")),
    }
    for name, (cultures, text) in drawn.items():
        draw(folder / f"{name}.svg", cultures, text)
    return read_figures(folder, sorted(folder.rglob("*.*")))


@pytest.fixture(scope="session")
def evil() -> str:
    """The name of a culture, with characters that break pages which do not escape them."""
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
def flag() -> Callable[..., Flag]:
    """Makes a flag."""
    return make_flag


@pytest.fixture(scope="session")
def awkward_flags() -> tuple[Flag, ...]:
    """The flags of the awkward study."""
    return FLAGS


@pytest.fixture(scope="session")
def svg() -> Callable[[Path, FigureText], None]:
    """Writes an empty figure with its text."""
    return write_svg


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
            "flags": ["", "", "few_events", "many_doublets"],
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
            "columns.csv": pd.DataFrame(
                [("flow/wells.csv", "events_total", "events", 'Events "in" the file')],
                columns=["table", "column", "unit", "definition"],
            ),
        },
        flags=FLAGS,
        figures=awkward_figures(folder / "figures"),
        software={"workflow": {"version": "1.0"}},
    )
    path = folder / "report.html"
    path.write_text(render(study), encoding="utf-8")
    return path
