"""The report as one HTML file that needs nothing but itself: tables in, page out.

The page holds no time and no command, so that the same study gives the same bytes.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from coculture.report import captions
from coculture.report.methods import methods
from coculture.report.words import WORDS

FINDING_COLUMNS = (
    *(
        "id",
        "endpoint",
        "verdict",
        "estimate",
        "lower",
        "upper",
        "unit",
        "p",
        "level",
        "p_holm",
        "n",
    ),
)
CONTRAST_COLUMNS = (
    *("endpoint", "contrast", "family", "analysis", "estimate", "lower", "upper", "p", "p_holm"),
    *("n", "left_out"),
)


@dataclass(frozen=True)
class Figure:
    """One finished figure and where it belongs."""

    path: Path
    part: str
    """comparison, flow, elisa or clinical"""
    subject: str
    """The experiment or plate it shows; empty for the whole study."""

    @property
    def kind(self) -> str:
        """The name of its file, which says what it shows."""
        return self.path.stem


@dataclass(frozen=True)
class Results:
    """Everything the page shows. Tables are as written under results/{study}/."""

    config: Mapping[str, Any]
    cultures: pd.DataFrame
    findings: pd.DataFrame
    contrasts: pd.DataFrame
    arms: pd.DataFrame
    flow_wells: pd.DataFrame
    elisa_wells: pd.DataFrame
    flow_drift: pd.DataFrame = field(default_factory=pd.DataFrame)
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The content of gates.yaml of each experiment."""
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The content of curve.json of each plate."""
    clinical: pd.DataFrame = field(default_factory=pd.DataFrame)
    excluded: pd.DataFrame = field(default_factory=pd.DataFrame)
    files: pd.DataFrame = field(default_factory=pd.DataFrame)
    figures: Sequence[Figure] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


def figures_below(folder: str | Path, paths: Iterable[str | Path]) -> list[Figure]:
    """The vector figures among `paths`, placed by the folders they lie in below `folder`.

    >>> figures_below("figures", ["figures/flow/E1/contact_sheet.svg"])[0].subject
    'E1'
    """
    found = []
    for path in (Path(path) for path in paths if Path(path).suffix == ".svg"):
        part, *subject, _ = path.relative_to(folder).parts
        found.append(Figure(path, part, "/".join(subject)))
    return found


def render(results: Results) -> str:
    """The page as HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["number"] = _number
    environment.filters["embedded"] = _embedded
    return environment.get_template("page.html").render(
        results=results,
        style=(Path(__file__).parent / "page.css").read_text(encoding="utf-8"),
        captions=captions,
        before_believing=_before_believing(results),
        flags=_flags(results),
        unassigned=_unassigned(results.elisa_wells),
        words=WORDS,
        methods=methods(results.config, results.gates, results.versions),
        counts=_counts(results),
        design=_design(results),
        contrast_columns=[one for one in CONTRAST_COLUMNS if one in results.contrasts],
        finding_columns=[one for one in FINDING_COLUMNS if one in results.findings],
    )


def _embedded(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


def _number(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant digits as people write it; text and whole numbers as is."""
    if value is None or value == "" or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, str | bool) or float(value).is_integer():
        return f"{value:,.0f}" if isinstance(value, float) else str(value)
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if abs(value) >= 1e-4 else f"{value:.1e}"


def _counts(results: Results) -> dict[str, int]:
    cultures = results.cultures
    counts = {
        "experiments": cultures["experiment"].nunique(),
        "arms": cultures["arm"].nunique(),
        "cultures": len(cultures),
        "FCS files": results.flow_wells["fcs"].nunique() if len(results.flow_wells) else 0,
        "ELISA wells": len(results.elisa_wells) - _unassigned(results.elisa_wells),
    }
    donors = cultures.loc[cultures["donor"].fillna("") != "", "donor"].nunique()
    return {name: count for name, count in {"donors": donors, **counts}.items() if count}


def _flags(results: Results) -> pd.DataFrame:
    """Every flag of every well: part, place, item, flag."""
    rows = [
        ("flow", str(well["experiment"]), str(well["fcs"]), flag)
        for well in results.flow_wells.to_dict("records")
        for flag in _split(well["flags"])
    ]
    rows += [
        ("ELISA", str(well["plate"]), f"{well['well']} {well['culture']}".strip(), flag)
        for well in results.elisa_wells.to_dict("records")
        for flag in _split(well["flags"])
    ]
    rows += [
        ("flow", str(control["experiment"]), f"{control['fcs']} {control['channel']}", flag)
        for control in results.flow_drift.to_dict("records")
        for flag in _split(control["flags"])
    ]
    return pd.DataFrame(rows, columns=["part", "place", "item", "flag"])


def _split(flags: Any) -> list[str]:
    return (
        [flag.strip() for flag in flags.split(";") if flag.strip()]
        if isinstance(flags, str)
        else []
    )


def _before_believing(results: Results) -> list[str]:
    """What a reader must know before the findings, in sentences."""
    said = []
    if results.config["simulated"]:
        said.append(
            "These data are simulated. They show how the workflow works, not what a drug does."
        )
    said += [
        f"Plate {plate} failed for {analyte}: {' '.join(entry['reasons'])} Its values are flagged."
        for plate, curve in results.curves.items()
        for analyte, entry in curve.items()
        if entry["verdict"] == "fail"
    ]
    said += _set_by_hand(results.gates)
    wells = _left_out(results.elisa_wells)
    files = _left_out(results.flow_wells)
    if wells or files:
        said.append(
            f"Left out: {_many(files, 'FCS file')} and {_many(wells, 'ELISA well')}, each listed "
            "with its reason."
        )
    outside = _outside_the_range(results.elisa_wells)
    if outside:
        listed = ", ".join(f"{count} {_in_words(state)}" for state, count in outside)
        said.append(
            f"ELISA wells outside the range of their curve: {listed}. "
            "They count as bounds, not numbers."
        )
    flagged = len(_flags(results))
    if flagged:
        said.append(f"{_many(flagged, 'quality flag')} raised; each is listed under Quality.")
    return said


def _set_by_hand(gates: Mapping[str, Mapping[str, Any]]) -> list[str]:
    by_hand = [
        f"{experiment} {population} {gate.replace('_', ' ')}"
        for experiment, found in gates.items()
        for population, blocks in found["populations"].items()
        for gate, block in blocks.items()
        if str(block["rule"]).startswith("manual")
    ]
    return [f"Gates set by hand: {', '.join(by_hand)}."] if by_hand else []


def _left_out(wells: pd.DataFrame) -> int:
    """How many wells or files a table excludes; wells that no table mentions do not count."""
    if wells.empty:
        return 0
    return int(((wells["excluded"] != "") & (wells["role"] != "unassigned")).sum())


def _unassigned(wells: pd.DataFrame) -> int:
    return int((wells["role"] == "unassigned").sum()) if len(wells) else 0


def _many(count: int, thing: str) -> str:
    """
    >>> _many(1, "FCS file"), _many(2, "FCS file")
    ('1 FCS file', '2 FCS files')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _design(results: Results) -> str:
    """What was given, for how long and on what, in one sentence."""
    cultures = results.cultures
    given = []
    for factor in results.config["factors"]:
        doses = cultures.get(factor["column"], pd.Series(dtype=float)).dropna()
        levels = sorted(set(doses) - {factor["untreated"]})
        if levels:
            listed = ", ".join(f"{level:,g}" for level in levels)
            given.append(f"{factor['name']} {listed} {factor['unit']}")
    hours = sorted(set(cultures.get("hours", pd.Series(dtype=float)).dropna()))
    stroma = sorted(set(cultures.get("stroma", pd.Series(dtype=str)).fillna("")) - {""})
    parts = [", ".join(given), " and ".join(f"{one:g} h" for one in hours)]
    parts += [f"on {' and '.join(stroma)}"] if stroma else []
    return "; ".join(part for part in parts if part)


def _in_words(state: str) -> str:
    """
    >>> _in_words("below_lloq")
    'below LLOQ'
    """
    return state.replace("_", " ").replace("lloq", "LLOQ").replace("uloq", "ULOQ")


def _outside_the_range(wells: pd.DataFrame) -> list[tuple[str, int]]:
    if wells.empty:
        return []
    in_words = ("ok", "excluded")
    samples = wells[(wells["role"] == "sample") & ~wells["state"].isin(in_words)]
    return [(str(state), len(group)) for state, group in samples.groupby("state")]
