"""Render the report as one HTML file that works without any other file.

The page holds no time and no command, so the same results give the same bytes. Its content security
policy allows its own script, named by hash, and no other script and no request.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from coculture.exchange.offline_page import joined, json_in_html, script_hash
from coculture.exchange.vocabulary import BELOW_RANGE, is_missing, many, number
from coculture.report import first_screen, page_tables, provenance
from coculture.report.flags import (
    ListedFlag,
    exclusions,
    flags_by_culture,
    flow_notes,
    quality_flags,
)
from coculture.report.formatting import unbroken_names
from coculture.report.glossary import glossary
from coculture.report.limitations import limitations, without_measurement
from coculture.report.methods import methods
from coculture.report.results import Results, with_labels
from coculture.report.robustness import fragilities
from coculture.report.shown_figures import ShownFigure, figures_of_stage, shown_figures
from coculture.report.table_labels import (
    MeasuredColumns,
    column_definitions,
    labelled,
    labelled_table,
    measured_columns,
    study_columns,
)

TEMPLATE = Path(__file__).parent / "template"
STYLES = ("page.css", "figures.css", "print.css")
SCRIPTS = ("tables.js", "cultures.js", "figures.js", "enlarge.js", "navigation.js")
STAGES = ("comparison", "flow", "elisa", "clinical")


@dataclass(frozen=True)
class FlagRow:
    """A flag with the figure that shows what is flagged, or None."""

    listed: ListedFlag
    figure: ShownFigure | None


def render(results: Results) -> str:
    """The page as HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["many"] = many
    environment.filters["unbroken_names"] = unbroken_names
    figures = shown_figures(results)
    found = [*quality_flags(results.flags), *flow_notes(results.flags)]
    script = joined(TEMPLATE, SCRIPTS)
    versions = provenance.versions(results.software, bool(results.config["tables"]["flow"]))
    named = study_columns(results)
    definitions = column_definitions(results)

    @functools.cache
    def table(name: str) -> page_tables.Table:
        return page_tables.table(name, labelled_table(name, results), definitions, named)

    return environment.get_template("page.html").render(
        config=results.config,
        title=results.config["title"] or results.config["study"],
        style=Markup(joined(TEMPLATE, STYLES)),  # our own files
        script=Markup(script),
        script_hash=script_hash(script),
        answer=first_screen.answer(results.table("comparison/findings.csv")),
        conditions=first_screen.conditions(results.table("comparison/findings.csv")),
        stated=first_screen.stated(results.table("comparison/findings.csv"), results.flags),
        limitations=limitations(results),
        counts=first_screen.counts(results),
        design=first_screen.design(results),
        findings=results.table("comparison/findings.csv").to_dict("records"),
        fragilities=fragilities(results.table("comparison/robustness.csv")),
        deciding_tests=_deciding_tests(results.table("comparison/finding_tests.csv")),
        stages={name: figures_of_stage(figures, name) for name in STAGES},
        table=table,
        thresholds=page_tables.thresholds(results.gates),
        curves=page_tables.curves(results.curves),
        flags=[FlagRow(listed, _figure_of(listed, figures)) for listed in found],
        has_drift=len(results.table("flow/drift.csv")) > 0,
        excluded=page_tables.excluded(exclusions(results.flags)),
        unassigned=first_screen.unassigned_wells(results.table("elisa/wells.csv")),
        missing_arms=[
            with_labels(arm, results)
            for arm in first_screen.missing_arms(results.table("cultures.csv"))
        ],
        without_measurement=_without_measurement(results),
        methods=methods(results, versions),
        versions=versions,
        earlier=results.earlier,
        computed_by=provenance.computed_by(results.software),
        glossary=glossary(results),
        cultures=json_in_html(_cultures(results, found)),
        data=json_in_html({figure.anchor: figure.data for figure in figures if figure.data}),
    )


def _deciding_tests(tests: pd.DataFrame) -> dict[str, list[str]]:
    """The sentences of the tests that made the verdict, by the id of the finding."""
    found: dict[str, list[str]] = {}
    for row in tests.to_dict("records"):
        if row["decides"]:
            found.setdefault(str(row["id"]), []).append(str(row["sentence"]))
    return found


def _figure_of(listed: ListedFlag, figures: Sequence[ShownFigure]) -> ShownFigure | None:
    """The figure that shows what is flagged, else any that marks the flagged culture."""
    named = [one for one in figures if one.name == listed.figure]
    of_place = [one for one in named if one.subject == listed.place]
    marked = [one for one in figures if listed.culture and listed.culture in one.drawing.cultures]
    of_both = [one for one in of_place if one in marked]
    named_and_marked = [one for one in named if one in marked]
    return next(iter([*of_both, *of_place, *named_and_marked, *marked]), None)


def _cultures(results: Results, found: Sequence[ListedFlag]) -> dict[str, Any]:
    """What the page shows for the culture under the pointer: arm, values, flags."""
    table = results.table("cultures.csv")
    flagged = flags_by_culture(found)
    measured = measured_columns(results)
    return {
        str(row["culture"]): {
            "arm": with_labels(str(row["arm"]), results),
            "values": _values(row, measured),
            "flags": flagged.get(str(row["culture"]), []),
        }
        for row in table.to_dict("records")
        if "culture" in row
    }


def _values(row: Mapping[Any, Any], measured: Sequence[MeasuredColumns]) -> list[str]:
    values = []
    for one in measured:
        value, bound = row.get(one.value), row.get(one.bound)
        if not is_missing(value):
            values.append(f"{one.name} {number(value)} {one.unit}".rstrip())
        elif not is_missing(bound):
            side = "below" if row[one.state] in BELOW_RANGE else "above"
            values.append(f"{one.name} {side} {number(bound)} {one.unit}".rstrip())
    if not is_missing(row.get("excluded")):
        values.append(str(row["excluded"]))
    return values


def _without_measurement(results: Results) -> page_tables.Table | None:
    table = without_measurement(results)
    if table.empty:
        return None
    columns = ["culture", "experiment", "arm", "excluded"]
    return page_tables.table(
        "cultures.csv",
        labelled(pd.DataFrame(table[columns]), results),
        results.table("columns.csv"),
    )
