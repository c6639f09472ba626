"""The report as one HTML file that needs nothing but itself: tables in, page out.

The page holds no time and no command, so that the same study gives the same bytes. It names its
own script by hash and forbids every other, and every request, in its content security policy.
"""

import base64
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from coculture.exchange.vocabulary import is_missing, many, number
from coculture.report import first_screen, page_tables, provenance
from coculture.report.flags import Flag, flagged_cultures, flags
from coculture.report.in_words import (
    analyte_name,
    analyte_names,
    column_definitions,
    headings,
    in_words,
    table_in_words,
)
from coculture.report.methods import methods
from coculture.report.numbers import whole_words
from coculture.report.results import Results, with_labels
from coculture.report.shown_figures import ShownFigure, part, shown_figures
from coculture.report.words import WORDS

TEMPLATE = Path(__file__).parent / "template"
STYLES = ("page.css", "figures.css", "print.css")
SCRIPTS = ("tables.js", "cultures.js", "figures.js", "enlarge.js", "navigation.js")


@dataclass(frozen=True)
class FlagRow:
    """A flag with the picture in which it is seen, or None."""

    flag: Flag
    figure: ShownFigure | None


def template_files() -> list[Path]:
    """The files, beside the code, that the page is made from."""
    return sorted(TEMPLATE.iterdir())


def render(results: Results) -> str:
    """The page as HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["number"] = number
    environment.filters["many"] = many
    environment.filters["whole_words"] = whole_words
    figures = shown_figures(results)
    found = flags(results)
    script = _joined(SCRIPTS)
    versions = provenance.versions(results.software)

    named = headings(results)
    definitions = column_definitions(results)

    @functools.cache
    def table(name: str) -> page_tables.Table:
        return page_tables.table(name, table_in_words(name, results), definitions, named)

    return environment.get_template("page.html").render(
        config=results.config,
        title=results.config["title"] or results.config["study"],
        style=Markup(_joined(STYLES)),  # our own files
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        answer=first_screen.answer(results.table("comparison/findings.csv")),
        cautions=first_screen.cautions(results, found),
        counts=first_screen.counts(results),
        design=first_screen.design(results),
        findings=results.table("comparison/findings.csv").to_dict("records"),
        parts={name: part(figures, name) for name in ("comparison", "flow", "elisa", "clinical")},
        table=table,
        thresholds=page_tables.thresholds(results.gates),
        curves=page_tables.curves(results.curves),
        flags=[FlagRow(flag, _picture(flag, figures)) for flag in found],
        has_drift=len(results.table("flow/drift.csv")) > 0,
        unassigned=first_screen.unassigned(results.table("elisa/wells.csv")),
        missing_arms=[
            with_labels(arm, results)
            for arm in first_screen.missing_arms(results.table("cultures.csv"))
        ],
        without_a_value=_left_out_cultures(results),
        methods=methods(results.config, results.gates, versions),
        versions=versions,
        computed_by=provenance.computed_by(results.software),
        words=WORDS,
        cultures=_json(_cultures(results, found)),
        data=_json({figure.anchor: figure.data for figure in figures if figure.data}),
    )


def _picture(flag: Flag, figures: Sequence[ShownFigure]) -> ShownFigure | None:
    """The figure that shows what is flagged: of its kind, else any that marks the culture."""
    of_place = [one for one in figures if one.kind == flag.figure and one.subject == flag.place]
    marked = [one for one in figures if flag.culture and flag.culture in one.drawing.cultures]
    of_both = [one for one in of_place if one in marked]
    return next(iter([*of_both, *of_place, *marked]), None)


def _cultures(results: Results, found: Sequence[Flag]) -> dict[str, Any]:
    """What the page says of a culture that is pointed at: arm, values, flags."""
    table = results.table("cultures.csv")
    flagged = flagged_cultures(found)
    analytes = analyte_names(results)
    return {
        str(row["culture"]): {
            "arm": with_labels(str(row["arm"]), results),
            "values": _values(row, analytes),
            "flags": flagged.get(str(row["culture"]), []),
        }
        for row in table.to_dict("records")
        if "culture" in row
    }


def _values(row: Mapping[Any, Any], analytes: Mapping[str, str]) -> list[str]:
    said = []
    if not is_missing(row.get("percent_apoptotic")):
        said.append(f"{number(row['percent_apoptotic'])} % apoptotic")
    for column in (str(name) for name in row if str(name).endswith("_state")):
        analyte = column.removesuffix("_state")
        value, bound = row.get(f"{analyte}_pg_ml"), row.get(f"{analyte}_bound_pg_ml")
        name = analyte_name(analyte, analytes)
        if not is_missing(value):
            said.append(f"{name} {number(value)} pg/mL")
        elif not is_missing(bound):
            side = "below" if str(row[column]).startswith("below") else "above"
            said.append(f"{name} {side} {number(bound)} pg/mL")
    if not is_missing(row.get("excluded")):
        said.append(str(row["excluded"]))
    return said


def _left_out_cultures(results: Results) -> page_tables.Table | None:
    table = first_screen.without_a_value(results.table("cultures.csv"))
    if table.empty:
        return None
    columns = ["culture", "experiment", "arm", "excluded"]
    return page_tables.table(
        "cultures.csv",
        in_words(pd.DataFrame(table[columns]), results),
        results.table("columns.csv"),
    )


def _joined(names: Sequence[str]) -> str:
    return "\n".join((TEMPLATE / name).read_text(encoding="utf-8").strip() for name in names)


def _json(value: Any) -> Markup:
    """`value` as JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # JSON without the characters that HTML reads
