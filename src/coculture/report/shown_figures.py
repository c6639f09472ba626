"""The figures as the page shows them: inline, with their texts, grouped by title."""

import base64
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import natural_key
from coculture.report.inline_svg import Inline, InlineSvg, inline
from coculture.report.results import Figure

PER_EXPERIMENT, POOLED_ERROR = "per_experiment", "pooled_error"
"""The two analyses of the comparison; the first is the primary one."""
_WIDE = 930
"""Width in CSS pixels above which a caption does not fit beside a figure."""
_IMAGE_WIDTH = 1.25
"""Pixels of an image for each pixel of the page: sharp enough to read, a quarter of the file."""
_COLOURS = 32
_MAX_DATA_BYTES = 200_000
"""The CSV of a figure is embedded in the page up to this size."""


@dataclass(frozen=True)
class ShownFigure:
    """One figure of the page.

    Attributes
    ----------
    anchor
        Its id in the page.
    name
        The name of its file.
    text
        Title (without the experiment or plate), caption and result.
    analysis
        per_experiment or pooled_error if the figure exists for both analyses, else empty.
    is_primary_only
        Whether it shows the primary analysis and does not exist for the other.
    files
        (type, address relative to the page) of the same figure in the results folder.
    data
        The CSV of what it shows; empty if there is none or if it is large.
    image
        Its PNG file, if there is one.
    """

    anchor: str
    stage: str
    name: str
    subject: str
    text: FigureText
    analysis: str
    is_primary_only: bool
    drawing: InlineSvg
    files: Sequence[tuple[str, str]]
    data: str
    image: Path | None = None

    @property
    def title(self) -> str:
        """Its title with the experiment or plate, and with the analysis if it is the second one."""
        parts = [self.text.title, self.subject]
        parts += ["pooled error"] if self.analysis == POOLED_ERROR else []
        return ", ".join(part for part in parts if part)

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of the page, with its caption below."""
        return self.drawing.width > _WIDE

    @property
    def saved_name(self) -> str:
        """The name of the file that its Save buttons write, without ending."""
        return "-".join(part.replace("/", "-") for part in (self.subject, self.name) if part)


@dataclass(frozen=True)
class Group:
    """All figures with the same title: one for each experiment, plate or analysis."""

    anchor: str
    title: str
    caption: str
    figures: Sequence[ShownFigure]


@dataclass(frozen=True)
class StageFigures:
    """The figures of one stage, and the experiments or plates a reader chooses from."""

    groups: Sequence[Group]
    subjects: Sequence[str]

    @property
    def has_two_analyses(self) -> bool:
        """Whether some figures exist for both analyses."""
        return any(figure.analysis for group in self.groups for figure in group.figures)


def shown_figures(
    figures: Iterable[Figure], root: str = "", prepare: Inline = inline
) -> list[ShownFigure]:
    """Each of `figures` that has something to show, in their order.

    Parameters
    ----------
    root
        Address of the results folder from the page.
    prepare
        Prepares each SVG.
    """
    filled = [figure for figure in figures if _shows_anything(figure)]
    pooled = {_key(figure) for figure in filled if figure.text.analysis == POOLED_ERROR}
    return [
        _shown(figure, f"figure-{i}", _key(figure) in pooled, root, prepare)
        for i, figure in enumerate(filled, start=1)
    ]


def as_image(figure: ShownFigure) -> ShownFigure:
    """`figure` drawn by its PNG, which does not grow with the marks; as it is without one.

    Its cultures can then not be pointed at.
    """
    if figure.image is None:
        return figure
    with Image.open(figure.image) as image:
        height = round(image.height * _IMAGE_WIDTH * figure.drawing.width / image.width)
        size = (round(_IMAGE_WIDTH * figure.drawing.width), height)
        small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS).quantize(_COLOURS)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    data = base64.b64encode(file.getvalue()).decode()
    _, _, width, high = figure.drawing.view_box.split()
    content = f'<image href="data:image/png;base64,{data}" width="{width}" height="{high}"/>'
    return replace(figure, drawing=replace(figure.drawing, content=content, cultures=frozenset()))


def figures_of_stage(figures: Iterable[ShownFigure], stage: str) -> StageFigures:
    """The figures of comparison, flow, elisa or clinical, grouped by their titles."""
    of_stage = [figure for figure in figures if figure.stage == stage]
    by_title: dict[str, list[ShownFigure]] = {}
    for figure in of_stage:
        by_title.setdefault(figure.text.title, []).append(figure)
    return StageFigures(
        [
            Group(f"{stage}-{i}", title, group[0].text.caption, group)
            for i, (title, group) in enumerate(by_title.items(), start=1)
        ],
        sorted({figure.subject for figure in of_stage if figure.subject}, key=natural_key),
    )


def _key(figure: Figure) -> tuple[str, str, str]:
    """What the figures of the two analyses have in common."""
    return figure.stage, figure.subject, figure.text.title


def _shows_anything(figure: Figure) -> bool:
    """Whether the table of its marks has rows. A figure without a table is shown."""
    if figure.shown is None:
        return True
    with figure.shown.open(encoding="utf-8") as file:
        return len(list(itertools.islice(file, 2))) == 2


def _shown(
    figure: Figure, anchor: str, in_both_analyses: bool, root: str, prepare: Inline
) -> ShownFigure:
    data = ""
    if figure.shown is not None and figure.shown.stat().st_size <= _MAX_DATA_BYTES:
        data = figure.shown.read_text(encoding="utf-8")
    folder = root + quote(
        "/".join(part for part in ("figures", figure.stage, figure.subject) if part)
    )
    return ShownFigure(
        anchor=anchor,
        stage=figure.stage,
        name=figure.name,
        subject=figure.subject,
        text=figure.text,
        analysis=figure.text.analysis if in_both_analyses else "",
        is_primary_only=figure.text.analysis == PER_EXPERIMENT and not in_both_analyses,
        drawing=prepare(figure.path.read_text(encoding="utf-8"), anchor.replace("figure-", "f")),
        files=[
            (path.suffix[1:].upper(), f"{folder}/{quote(path.name)}")
            for path in sorted((figure.path, *figure.other_files), key=lambda path: path.suffix)
        ],
        data=data,
        image=next((path for path in figure.other_files if path.suffix == ".png"), None),
    )
