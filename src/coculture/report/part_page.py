"""The pages of single experiments and plates of a large study: figures, thresholds, wells, flags.

A page depends on its own experiment or plate and on which pages there are. So only the pages change
whose results did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from coculture.exchange.offline_page import json_in_html
from coculture.report import page_tables
from coculture.report.culture_data import culture_data
from coculture.report.first_screen import unassigned_wells
from coculture.report.flag_table import FigurePlace, FigurePlaces, flag_table
from coculture.report.flags import ListedFlag, flow_notes, quality_flags
from coculture.report.inline_svg import Inline, inline
from coculture.report.page_tables import Cell, Column, Row, Table
from coculture.report.parts import ELISA, FLOW, MAIN, Part
from coculture.report.rendering import rendered
from coculture.report.results import Figure, Results
from coculture.report.shown_figures import ShownFigure, figures_of_stage, shown_figures
from coculture.report.table_labels import column_definitions, labelled_table, study_columns

_ROOT = "../"
"""Address of the results folder from these pages."""
_PLACE = {FLOW: "experiment", ELISA: "plate"}
"""Column of the wells of a stage that names the experiment or plate."""
_STAGE_OF_FLAGS = {FLOW: "flow", ELISA: "ELISA"}


class PartPages:
    """Renders the pages beside report.html, and says which culture is on which.

    Parameters
    ----------
    parts
        These pages, in their order.
    prepare
        Prepares the SVG of each figure.
    """

    def __init__(self, results: Results, parts: Sequence[Part], prepare: Inline = inline) -> None:
        self._results, self._parts, self._prepare = results, parts, prepare
        self._wells = {
            (stage, str(subject)): rows
            for stage, column in _PLACE.items()
            if column in (wells := results.table(f"{stage}/wells.csv"))
            for subject, rows in wells.groupby(column, sort=False)
        }
        self._flags = _by_place([*quality_flags(results.flags), *flow_notes(results.flags)])
        self._figures: dict[tuple[str, str], list[Figure]] = {}
        for figure in results.figures:
            self._figures.setdefault((figure.stage, figure.subject), []).append(figure)
        self._cultures = {part: self._cultures_of(part) for part in parts}
        self._of_culture: dict[str, list[Part]] = {}
        for part, cultures in self._cultures.items():
            for culture in cultures.get("culture", ()):
                self._of_culture.setdefault(str(culture), []).append(part)

    def render(self, part: Part) -> tuple[list[ShownFigure], str]:
        """The figures of a page, and the page as HTML text."""
        own, cultures = self._own(part), self._cultures[part]
        figures = shown_figures(own.figures, _ROOT, self._prepare)
        found = self._flags.get((_STAGE_OF_FLAGS[part.stage], part.subject), [])
        beside = [one for one in self._parts if one.stage == part.stage]
        at = beside.index(part)
        text = rendered(
            "part.html",
            root=_ROOT,
            config=own.config,
            title=own.config["title"] or own.config["study"],
            part=part,
            before=beside[at - 1] if at else None,
            after=next(iter(beside[at + 1 :]), None),
            main=MAIN,
            figures=figures_of_stage([replace(one, subject="") for one in figures], part.stage),
            thresholds=page_tables.thresholds(own.gates),
            curves=page_tables.curves(own.curves),
            flags=replace(flag_table(found, FigurePlaces(map(FigurePlace.of, figures))), path=""),
            wells=replace(
                _table(own, f"{part.stage}/wells.csv"),
                path=f"{part.stage}/{quote(part.subject)}/wells.csv",
            ),
            all_cultures=replace(_table(own, "cultures.csv"), path=""),
            cultures=self._culture_data(part, cultures, found),
            data=json_in_html({figure.anchor: figure.data for figure in figures if figure.data}),
        )
        return figures, text

    def listed(self, stage: str) -> Table:
        """The pages of a stage as a table: a link to each, and how much was flagged there."""
        columns = [
            Column(_PLACE[stage], "", "", "short"),
            *(
                Column(heading, "", "", "number")
                for heading in (
                    "FCS files" if stage == FLOW else "wells",
                    *("cultures", "failures", "cautions"),
                )
            ),
        ]
        rows = []
        for part in (one for one in self._parts if one.stage == stage):
            found = self._flags.get((_STAGE_OF_FLAGS[stage], part.subject), [])
            severities = [one.flag.severity for one in found]
            wells = self._wells.get((stage, part.subject), pd.DataFrame())
            counts = [
                len(wells) - (unassigned_wells(wells) if stage == ELISA else 0),
                len(self._cultures[part]),
                *(severities.count(one) for one in ("failure", "caution")),
            ]
            link = Cell(part.subject, None, part.address)
            rows.append(Row([link, *(Cell(f"{count:,}", str(count)) for count in counts)]))
        return Table(columns, rows)

    def of_cultures(self) -> dict[str, list[tuple[str, str]]]:
        """Culture -> (title, address) of each page that shows it, seen from report.html."""
        return {
            culture: [(part.title, part.address) for part in parts]
            for culture, parts in self._of_culture.items()
        }

    def _culture_data(
        self, here: Part, cultures: pd.DataFrame, found: Sequence[ListedFlag]
    ) -> Markup:
        pages = {
            str(culture): [
                ("Report", f"{_ROOT}{MAIN}"),
                *(
                    (part.title, part.address_beside)
                    for part in self._of_culture[str(culture)]
                    if part != here
                ),
            ]
            for culture in cultures.get("culture", ())
        }
        return culture_data(cultures, found, pages, self._results)

    def _cultures_of(self, part: Part) -> pd.DataFrame:
        """The rows of cultures.csv of the experiment, or with a well on the plate."""
        cultures = self._results.table("cultures.csv")
        if "culture" not in cultures:
            return pd.DataFrame()
        if part.stage == FLOW:
            return cultures[cultures["experiment"].astype(str) == part.subject]
        wells = self._wells.get((part.stage, part.subject), pd.DataFrame())
        return cultures[cultures["culture"].isin(wells.get("culture", pd.Series(dtype=str)))]

    def _own(self, part: Part) -> Results:
        """What the results have of this experiment or plate alone."""
        gates, curves = self._results.gates, self._results.curves
        key = (part.stage, part.subject)
        return replace(
            self._results,
            tables={
                **self._results.tables,
                f"{part.stage}/wells.csv": self._wells.get(key, pd.DataFrame()),
                "cultures.csv": self._cultures[part],
            },
            gates={one: gates[one] for one in gates if part.stage == FLOW and one == part.subject},
            curves={
                one: curves[one] for one in curves if part.stage == ELISA and one == part.subject
            },
            figures=self._figures.get(key, []),
        )


def _by_place(found: Iterable[ListedFlag]) -> dict[tuple[str, str], list[ListedFlag]]:
    placed: dict[tuple[str, str], list[ListedFlag]] = {}
    for one in found:
        placed.setdefault((one.stage, one.place), []).append(one)
    return placed


def _table(own: Results, name: str) -> Table:
    definitions, named = column_definitions(own), study_columns(own)
    return page_tables.table(name, labelled_table(name, own), definitions, named)
