"""The figures as the page shows them: inlined, titled, with the result said, grouped by kind."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from coculture.report import captions
from coculture.report.figure_results import result
from coculture.report.in_words import analyte_names
from coculture.report.inline_svg import InlineSvg, inline
from coculture.report.numbers import in_order
from coculture.report.results import POOLED_ERROR, Figure, Results

PER_EXPERIMENT = "per_experiment"
_WIDE = 930
"""CSS pixels beyond which a figure has no room for a caption at its side."""
_MOST_DATA = 200_000
"""Bytes of a figure's CSV up to which it travels inside the page."""


@dataclass(frozen=True)
class ShownFigure:
    """One figure of the page.

    Attributes
    ----------
    anchor
        Its id in the page.
    title_of_kind
        The heading that it shares with the same picture of other experiments or plates.
    analysis
        per_experiment or pooled_error where the figure exists for both, else empty.
    result
        What it shows, in words; may be empty.
    files
        (ending, address relative to the page) of the same figure beside the page.
    data
        The CSV of what it shows; empty where there is none or it is large.
    """

    anchor: str
    part: str
    kind: str
    title_of_kind: str
    subject: str
    analysis: str
    drawing: InlineSvg
    result: str
    files: Sequence[tuple[str, str]]
    data: str

    @property
    def title(self) -> str:
        """Its heading with the experiment or plate, and the analysis where it is the second one."""
        parts = [self.title_of_kind, self.subject]
        parts += ["pooled error"] if self.kind.endswith(POOLED_ERROR) else []
        return ", ".join(part for part in parts if part)

    @property
    def is_wide(self) -> bool:
        """Whether it wants the whole width of the page, with its caption below."""
        return self.drawing.width > _WIDE

    @property
    def is_primary_only(self) -> bool:
        """Whether it shows the primary analysis, whichever the reader chooses."""
        return self.part == "comparison" and captions.is_primary_only(self.kind)

    @property
    def name(self) -> str:
        """What it is called when it is saved."""
        return "-".join(part.replace("/", "-") for part in (self.subject, self.kind) if part)


@dataclass(frozen=True)
class Kind:
    """All figures of one kind: the same picture of every experiment or plate."""

    anchor: str
    title: str
    caption: str
    figures: Sequence[ShownFigure]


@dataclass(frozen=True)
class Part:
    """The figures of one room, and the experiments or plates a reader chooses from."""

    kinds: Sequence[Kind]
    subjects: Sequence[str]

    @property
    def has_two_analyses(self) -> bool:
        """Whether some figures exist for both analyses."""
        return any(figure.analysis for kind in self.kinds for figure in kind.figures)


def shown_figures(results: Results) -> list[ShownFigure]:
    """Every figure that shows anything, in the order of the page."""
    ordered = sorted(
        filter(_shows_anything, results.figures),
        key=lambda one: (one.part, captions.order(one.kind), one.subject, one.kind),
    )
    names = {(one.part, one.subject, one.kind) for one in ordered}
    return [
        _shown(figure, f"figure-{i}", names, results) for i, figure in enumerate(ordered, start=1)
    ]


def part(figures: Iterable[ShownFigure], name: str) -> Part:
    """The figures of the part `name`: comparison, flow, elisa or clinical."""
    kinds: dict[str, list[ShownFigure]] = {}
    for figure in figures:
        if figure.part == name:
            kinds.setdefault(figure.kind.removesuffix(POOLED_ERROR), []).append(figure)
    of_part = [figure for found in kinds.values() for figure in found]
    return Part(
        [
            Kind(f"{name}-{i}", found[0].title_of_kind, captions.caption(kind), found)
            for i, (kind, found) in enumerate(kinds.items(), start=1)
        ],
        sorted({figure.subject for figure in of_part if figure.subject}, key=in_order),
    )


def _shows_anything(figure: Figure) -> bool:
    """Whether the table of its marks has rows; a figure without a table may show something."""
    if figure.shown is None:
        return True
    with figure.shown.open(encoding="utf-8") as file:
        return len(list(itertools.islice(file, 2))) == 2


def _shown(
    figure: Figure, anchor: str, names: set[tuple[str, str, str]], results: Results
) -> ShownFigure:
    analysis = ""
    if figure.kind.endswith(POOLED_ERROR):
        analysis = POOLED_ERROR.removeprefix("_")
    elif (figure.part, figure.subject, figure.kind + POOLED_ERROR) in names:
        analysis = PER_EXPERIMENT
    data = ""
    if figure.shown is not None and figure.shown.stat().st_size <= _MOST_DATA:
        data = figure.shown.read_text(encoding="utf-8")
    folder = quote("/".join(part for part in ("figures", figure.part, figure.subject) if part))
    return ShownFigure(
        anchor=anchor,
        part=figure.part,
        kind=figure.kind,
        title_of_kind=captions.title(figure.kind, analyte_names(results)),
        subject=figure.subject,
        analysis=analysis,
        drawing=inline(figure.path.read_text(encoding="utf-8"), anchor.replace("figure-", "f")),
        result=result(figure, results),
        files=[
            (path.suffix[1:].upper(), f"{folder}/{quote(path.name)}")
            for path in sorted((figure.path, *figure.beside), key=lambda path: path.suffix)
        ],
        data=data,
    )
