"""Write the page with findings, figures and tables, and the pages of experiments and plates."""

from functools import partial
from pathlib import Path
from typing import Any

from coculture import report
from coculture.report.inline_svg import InlineSvg, inline
from coculture.running import fingerprint
from coculture.running.kept import Kept


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    folder = Path(outputs.page).parent
    results = report.read_results(
        config=inputs.config,
        tables=parameters.tables,
        gates=inputs.gates,
        curves=inputs.curves,
        software=inputs.software,
        earlier=next(iter(inputs.differences), None),
        figures=report.read_figures(folder / "figures", inputs.figures),
    )
    kept = Kept(parameters.kept)
    parts = report.parts(parameters.samples, parameters.plates)
    prepare = partial(_prepared, kept, parameters.made_by)
    for path, text in report.pages(results, parts, prepare):
        (folder / path).write_text(text, encoding="utf-8")
    kept.forget_others()


def _prepared(kept: Kept, made_by: str, svg: str, prefix: str) -> InlineSvg:
    """A figure for the page; one that is the same as in the last run was prepared then."""
    made_from = fingerprint.of_texts(made_by, prefix, svg)
    return InlineSvg.of_json(kept.text(made_from, lambda: inline(svg, prefix).as_json()))
