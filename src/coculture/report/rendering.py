"""What all pages of a report have in common: templates, style, script and what it may do."""

import functools
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from coculture.exchange.offline_page import joined, script_hash
from coculture.exchange.vocabulary import many
from coculture.report.formatting import unbroken_names
from coculture.report.table_data import rows_as_json

TEMPLATE = Path(__file__).parent / "template"
STYLES = ("page.css", "figures.css", "print.css")
SCRIPTS = ("tables.js", "cultures.js", "figures.js", "enlarge.js", "navigation.js")


def rendered(template: str, root: str, **shown: Any) -> str:
    """The page that `template` makes of `shown`.

    Parameters
    ----------
    root
        Address of the results folder from the page: empty, or "../".
    """
    script = joined(TEMPLATE, SCRIPTS)
    return (
        _environment()
        .get_template(template)
        .render(
            root=root,
            style=Markup(joined(TEMPLATE, STYLES)),  # our own files
            script=Markup(script),
            script_hash=script_hash(script),
            **shown,
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["many"] = many
    environment.filters["unbroken_names"] = unbroken_names
    environment.filters["rows_as_json"] = rows_as_json
    return environment
