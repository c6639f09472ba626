"""The Methods section of a paper about this study."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coculture.exchange.vocabulary import listed
from coculture.report.methods_of_comparison import comparison_paragraph
from coculture.report.methods_of_elisa import elisa_paragraph
from coculture.report.methods_of_flow import flow_paragraph
from coculture.report.references import REFERENCES, Reference
from coculture.report.results import Results

_DIGITS_OF_SHA = 12
"""Enough to tell files apart; the list of raw files has all 64."""

_CITED = re.compile(r"\[([a-z]+)\]")


@dataclass(frozen=True)
class Methods:
    """Paragraphs with numbered citations in brackets, and the references in that order."""

    paragraphs: tuple[str, ...]
    references: tuple[Reference, ...]


def methods(results: Results, versions: Mapping[str, str]) -> Methods:
    """The paragraphs of the Methods section.

    Parameters
    ----------
    results
        Read are the config, the gates, the curves, the finished numbers with their file, and
        comparison/findings.csv.
    versions
        Version of every program by its name.
    """
    config = results.config
    has_elisa = bool(config["tables"].get("elisa"))
    parts = [flow_paragraph(config["flow"], results.gates)] if config["tables"].get("flow") else []
    if has_elisa:
        parts.append(elisa_paragraph(config["elisa"], results.curves))
    if len(results.table("study/values.csv")):
        parts.append(_values(results))
    parts.append(comparison_paragraph(results, has_elisa))
    if versions:
        computed = ", ".join(f"{name} {version}" for name, version in versions.items())
        parts.append(f"Figures use the colours of Okabe and Ito [colours]. Software: {computed}.")
    cited = list(dict.fromkeys(name for part in parts for name in _CITED.findall(part)))
    numbered = {name: str(i) for i, name in enumerate(cited, 1)}
    paragraphs = tuple(_CITED.sub(lambda found: f"[{numbered[found[1]]}]", part) for part in parts)
    return Methods(paragraphs, tuple(REFERENCES[name] for name in cited))


def _values(results: Results) -> str:
    """What was measured elsewhere, and the file that says so."""
    numbers = results.table("study/values.csv")
    used = numbers[numbers["excluded"] == ""]
    measured = listed(
        f"{endpoint} ({unit})"
        for endpoint, unit in used[["endpoint", "unit"]].drop_duplicates().itertuples(index=False)
    )
    files = results.table("study/files.csv")
    origin = ", ".join(
        f"{name}, SHA-256 {digest[:_DIGITS_OF_SHA]}..."
        for name, digest in files.loc[
            files["table"] == "values.csv", ["file", "sha256"]
        ].itertuples(index=False)
    )
    return (
        f"Finished numbers: the values of {measured} were measured and computed elsewhere and "
        f"entered as numbers ({origin}). This analysis begins with them; the raw data behind them "
        "are not part of it."
    )
