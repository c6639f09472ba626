"""Render the gate page.

Up to MOST_WELLS wells are on one page. Of a larger study each experiment has a page, and gates.html
lists them. The same results give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from coculture.exchange.offline_page import joined, json_in_html, script_hash
from coculture.exchange.vocabulary import listed
from coculture.gate_page.codes import coded
from coculture.gate_page.inputs import GatePageInputs

TEMPLATE = Path(__file__).parent / "template"
SCRIPTS = (
    "data.js", "scale.js", "model.js", "view.js", "counting.js", "plots.js", "wells.js",
    "overlay.js", "controls.js", "arms.js", "saving.js", "server.js", "start.js",
)  # fmt: skip
MOST_WELLS = 400
"""Samples on one page: it then opens in under 3 s and stays under 15 MB."""
MAIN = "gates.html"
"""The page, or the list of pages."""
OF_CONFIG = (
    "Gates set by hand in the config (flow: gates:): remove them there before you save a gates file"
)
NOTHING = "This study has no FCS file that is used, so there is no gate to show."


def page_names(wells: Mapping[str, int]) -> list[str]:
    """The names of a study's pages: gates.html, and of a large study one for each experiment.

    Parameters
    ----------
    wells
        Experiment -> its number of samples.

    >>> page_names({"E1": 36, "E2": 36}), page_names({"E1": 384, "E 2": 96})
    (['gates.html'], ['gates.html', 'gates-E1.html', 'gates-E%202.html'])
    """
    if sum(wells.values()) <= MOST_WELLS or len(wells) < 2:
        return [MAIN]
    return [MAIN, *(f"gates-{quote(experiment, safe='')}.html" for experiment in wells)]


def pages(inputs: GatePageInputs, wells: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Name (`page_names`) and HTML of each page, one after the other: each holds its events."""
    main, *others = page_names(wells)
    has_tubes = {str(one["experiment"]): bool(one["tubes"]) for one in inputs.plots}
    origin = _origin(inputs, [name for name, has in has_tubes.items() if not has])
    if not others:
        yield main, _page(inputs, _shown_experiments(inputs, has_tubes), origin)
        return
    yield main, _index(inputs, dict(zip(others, wells.items(), strict=True)), origin)
    for name, experiment in zip(others, wells, strict=True):
        of_page = {one: has and one == experiment for one, has in has_tubes.items()}
        yield name, _page(inputs, _shown_experiments(inputs, of_page), origin, has_index=True)


def _shown_experiments(
    inputs: GatePageInputs, is_shown: Mapping[str, bool]
) -> list[dict[str, Any]]:
    """The experiments that are on a page; `is_shown` has each, in the order of `inputs`."""
    return [
        _experiment(inputs, inputs.plots[place], inputs.gates[place])
        for place, shown in enumerate(is_shown.values())
        if shown
    ]


def _experiment(
    inputs: GatePageInputs, plots: Mapping[str, Any], gates: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        **plots,
        "tubes": coded(str(inputs.config["study"]), plots["tubes"]),
        "gates": {
            population: {name: _shown(block) for name, block in of_population.items()}
            for population, of_population in gates["populations"].items()
        },
    }


def _shown(block: Mapping[str, Any]) -> dict[str, Any]:
    """What the page needs of a gate; the files behind it are in gates.yaml."""
    wanted = (
        "channels", "threshold", "of_cells", "of_files", "vertices", "scales", "keep", "source",
        "automatic", "exceptions", "by",
    )  # fmt: skip
    return {key: block[key] for key in wanted if key in block}


def _page(
    inputs: GatePageInputs,
    experiments: Sequence[Mapping[str, Any]],
    origin: str,
    has_index: bool = False,
) -> str:
    script = joined(TEMPLATE, SCRIPTS)
    study = {
        "study": str(inputs.config["study"]),
        "gates_file": inputs.file_name,
        "file": dict(inputs.file),
        "arms": dict(inputs.arms),
        "findings": [
            {
                "id": str(row["id"]),
                "verdict": str(row["verdict_in_words"]),
                "sentence": str(row["sentence"]),
            }
            for row in inputs.findings.to_dict("records")
        ],
        "experiments": list(experiments),
    }
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=_title(inputs),
            simulated=bool(inputs.config.get("simulated")),
            origin=origin,
            gates_file=inputs.file_name,
            index=has_index,
            has_tubes=bool(experiments),
            nothing=NOTHING,
            style=Markup((TEMPLATE / "page.css").read_text(encoding="utf-8")),  # our own file
            script=Markup(script),
            script_hash=script_hash(script),
            study=json_in_html(study),
        )
    )


def _index(inputs: GatePageInputs, of_pages: Mapping[str, tuple[str, int]], origin: str) -> str:
    """The list of pages; `of_pages` is the name of a page -> its experiment and number of wells."""
    return (
        _environment()
        .get_template("index.html")
        .render(
            title=_title(inputs),
            simulated=bool(inputs.config.get("simulated")),
            origin=origin,
            experiments=[
                {"href": quote(name), "experiment": experiment, "wells": number}
                for name, (experiment, number) in of_pages.items()
            ],
            style=Markup((TEMPLATE / "page.css").read_text(encoding="utf-8")),
        )
    )


def _title(inputs: GatePageInputs) -> str:
    return str(inputs.config.get("title") or inputs.config["study"])


def _origin(inputs: GatePageInputs, without: Sequence[str]) -> str:
    """Which gates the page begins with, and which experiments it does not have."""
    named = f". Not shown, because every tube is excluded: {listed(without)}" if without else ""
    return f"{_first_gates(inputs)}{named}"


def _first_gates(inputs: GatePageInputs) -> str:
    if inputs.file:
        return f"Gates of {inputs.file_name}"
    if inputs.config.get("flow", {}).get("gates"):
        return OF_CONFIG
    return "All gates are automatic"


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
