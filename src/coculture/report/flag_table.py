"""The table of flags: what each concerns, and a link to the figure that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from coculture.report.flags import ListedFlag
from coculture.report.page_tables import Cell, Column, Row, Table
from coculture.report.shown_figures import ShownFigure

_HEADINGS = (
    ("assay", "short"),
    ("severity", "short"),
    ("experiment or plate", "short"),
    ("file or well", "short"),
    ("culture", "short"),
    ("figure", "figure"),
    ("flag", "long"),
)


@dataclass(frozen=True)
class FigurePlace:
    """Where a figure is, seen from one page.

    Attributes
    ----------
    page
        Address of its page; empty if it is this one.
    cultures
        The cultures that are marked in it.
    """

    page: str
    anchor: str
    name: str
    subject: str
    title: str
    cultures: frozenset[str]

    @classmethod
    def of(cls, figure: ShownFigure, page: str = "") -> "FigurePlace":
        """The place of `figure` on the page with that address."""
        return cls(
            page, figure.anchor, figure.name, figure.subject, figure.title, figure.drawing.cultures
        )

    def link(self, culture: str) -> Cell:
        """A cell that leads to it and selects `culture` (may be empty) there."""
        if not self.page:
            return Cell(self.title, None, f"#{self.anchor}", culture)
        asks = f"?culture={quote(culture, safe='')}" if culture else ""
        return Cell(self.title, None, f"{self.page}{asks}#{self.anchor}")


class FigurePlaces:
    """Finds the figure that shows what a flag is about."""

    def __init__(self, places: Iterable[FigurePlace]) -> None:
        self._of: dict[tuple[str, str], list[FigurePlace]] = {}
        self._marks: dict[str, list[FigurePlace]] = {}
        for one in places:
            self._of.setdefault((one.name, one.subject), []).append(one)
            for culture in one.cultures:
                self._marks.setdefault(culture, []).append(one)

    def of(self, listed: ListedFlag) -> FigurePlace | None:
        """The figure of the flag's place that marks its culture, else the next best one."""
        of_place = self._of.get((listed.figure, listed.place), [])
        marked = self._marks.get(listed.culture, []) if listed.culture else []
        of_both = [one for one in of_place if one in marked]
        named = [one for one in marked if one.name == listed.figure]
        return next(iter([*of_both, *of_place, *named, *marked]), None)


def flag_table(found: Iterable[ListedFlag], figures: FigurePlaces) -> Table:
    """The table of the flags `found`, in their order."""
    columns = [Column(heading, "", "", holds) for heading, holds in _HEADINGS]
    rows = [_row(one, figures.of(one)) for one in found]
    return Table(columns, rows, "flags.csv")


def _row(one: ListedFlag, figure: FigurePlace | None) -> Row:
    link = figure.link(one.culture) if figure is not None else Cell("–")
    texts = (one.stage, one.flag.severity, one.place or "–", one.item, one.culture or "–")
    return Row([*map(Cell, texts), link, Cell(one.flag.sentence)], one.culture)
