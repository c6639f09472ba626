"""Render the report as HTML files that work without any other file.

report.html has the whole answer. Of a large study each experiment and plate has a page beside it,
which report.html links to and loads nothing of. The pages hold no time and no command, so the same
results give the same bytes. Their content security policy allows their own script, named by hash,
and no other script and no request.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from coculture.exchange.offline_page import json_in_html
from coculture.report import budget, first_screen, page_tables, provenance
from coculture.report.culture_data import culture_data
from coculture.report.flag_table import FigurePlace, FigurePlaces, flag_table
from coculture.report.flags import exclusions, flow_notes, quality_flags
from coculture.report.glossary import glossary
from coculture.report.inline_svg import Inline, inline
from coculture.report.limitations import limitations, without_measurement
from coculture.report.methods import methods
from coculture.report.part_page import PartPages
from coculture.report.parts import ELISA, FLOW, MAIN, Part
from coculture.report.rendering import rendered
from coculture.report.results import Results, with_labels
from coculture.report.robustness import fragilities
from coculture.report.shown_figures import ShownFigure, figures_of_stage, shown_figures
from coculture.report.table_labels import (
    column_definitions,
    labelled,
    labelled_table,
    study_columns,
)

STAGES = ("comparison", "flow", "elisa", "clinical")
FLAGS, EXCLUDED, UNMEASURED = "flags", "excluded", "without a measurement"
THRESHOLDS, CURVES = "thresholds", "curves"
"""Tables that only the page has."""
_BY_IMPORTANCE = (
    *("comparison/findings.csv", FLAGS, "comparison/finding_tests.csv", EXCLUDED, UNMEASURED),
    *("comparison/dose_summary.csv", "comparison/synergy.csv", THRESHOLDS, CURVES),
    *("clinical/changes.csv", "clinical/summary.csv", "clinical/correlations.csv"),
    *("comparison/contrasts.csv", "comparison/combination.csv", "comparison/dose_curves.csv"),
    *("comparison/dose_pairs.csv", "comparison/arms.csv", "cultures.csv", "flow/drift.csv"),
    *("elisa/plate_factors.csv", "elisa/cultures.csv", "study/values.csv", "study/files.csv"),
    *("flow/wells.csv", "elisa/wells.csv"),
)
"""The tables of report.html; of a study that is too large the last ones are shortened first."""


def render(results: Results) -> str:
    """The whole report as one page."""
    return dict(pages(results))[MAIN]


def pages(
    results: Results, parts: Sequence[Part] = (), prepare: Inline = inline
) -> Iterator[tuple[str, str]]:
    """Each page of the report, by its path below the results folder, as HTML text.

    Parameters
    ----------
    parts
        The pages beside report.html (`coculture.report.parts`); they come first.
    prepare
        Prepares the SVG of each figure.
    """
    part_pages = PartPages(results, parts, prepare)
    places: list[FigurePlace] = []
    for part in parts:
        figures, text = part_pages.render(part)
        places += [FigurePlace.of(figure, part.address) for figure in figures]
        yield part.path, text
    figures = _figures(results, parts, prepare)
    yield MAIN, _main(results, parts, part_pages, figures, places)


def _main(
    results: Results,
    parts: Sequence[Part],
    part_pages: PartPages,
    figures: Sequence[ShownFigure],
    elsewhere: Sequence[FigurePlace],
) -> str:
    places = FigurePlaces([*map(FigurePlace.of, figures), *elsewhere])
    found = [*quality_flags(results.flags), *flow_notes(results.flags)]
    versions = provenance.versions(results.software, bool(results.config["tables"]["flow"]))
    tables = _tables(results, parts)
    tables[FLAGS] = flag_table(found, places)
    ordered = {name: tables[name] for name in _BY_IMPORTANCE if name in tables}
    shown = budget.within_tables(ordered, budget.TABLES)
    cultures = results.table("cultures.csv")
    return rendered(
        "page.html",
        root="",
        config=results.config,
        title=results.config["title"] or results.config["study"],
        parts={stage: part_pages.listed(stage) for stage in (FLOW, ELISA)},
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
        table=lambda name: shown.get(name, page_tables.NONE),
        has_drift=len(results.table("flow/drift.csv")) > 0,
        unassigned=first_screen.unassigned_wells(results.table("elisa/wells.csv")),
        missing_arms=[with_labels(arm, results) for arm in first_screen.missing_arms(cultures)],
        methods=methods(results, versions),
        versions=versions,
        earlier=results.earlier,
        computed_by=provenance.computed_by(results.software),
        glossary=glossary(results),
        cultures=culture_data(
            cultures.head(budget.CULTURES), found, part_pages.of_cultures(), results
        ),
        data=json_in_html({figure.anchor: figure.data for figure in figures if figure.data}),
    )


def _figures(results: Results, parts: Sequence[Part], prepare: Inline) -> list[ShownFigure]:
    """The figures of report.html: those that no other page has."""
    on_parts = {(part.stage, part.subject) for part in parts}
    own = [one for one in results.figures if (one.stage, one.subject) not in on_parts]
    figures = budget.within_figures(shown_figures(own, prepare=prepare), budget.FIGURES)
    return budget.with_data(figures, budget.FIGURE_DATA)


def _tables(results: Results, parts: Sequence[Part]) -> dict[str, page_tables.Table]:
    """Every table of report.html by its name, with all rows."""
    named, definitions = study_columns(results), column_definitions(results)
    on_parts = {f"{part.stage}/wells.csv" for part in parts}
    tables = {
        name: page_tables.table(name, labelled_table(name, results), definitions, named)
        for name in _BY_IMPORTANCE
        if name.endswith(".csv") and name not in on_parts
    }
    return tables | {
        THRESHOLDS: page_tables.thresholds(results.gates),
        CURVES: page_tables.curves(results.curves),
        EXCLUDED: page_tables.excluded(exclusions(results.flags)),
        UNMEASURED: _without_measurement(results),
    }


def _deciding_tests(tests: pd.DataFrame) -> dict[str, list[str]]:
    """The sentences of the tests that made the verdict, by the id of the finding."""
    found: dict[str, list[str]] = {}
    for row in tests.to_dict("records"):
        if row["decides"]:
            found.setdefault(str(row["id"]), []).append(str(row["sentence"]))
    return found


def _without_measurement(results: Results) -> page_tables.Table:
    table = without_measurement(results)
    columns = ["culture", "experiment", "arm", "excluded"]
    return page_tables.table(
        "cultures.csv",
        labelled(table.reindex(columns=columns), results),
        results.table("columns.csv"),
    )
