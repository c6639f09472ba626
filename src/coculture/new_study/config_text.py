"""The config of a new study: what is known, what was guessed, and possible claims as comments."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coculture.new_study.known import Known
from coculture.new_study.stains import Stains, is_of_stroma

_CONTROL_CELLS = re.compile(r"control|ctrl|parental|wild|\bwt\b|empty|scr|mock", re.IGNORECASE)
_RISES = re.compile(
    r"apopto|annexin|anx|dead|death|caspase|\bpi\+|7-?aad|cytotox|ldh", re.IGNORECASE
)
"""Endpoints that drugs raise, in the claims that are proposed; others they lower."""
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z][A-Za-z0-9 ._/+-]*")
UNCONFIRMED = "unconfirmed"
"""The number of experiments until the person has confirmed it."""


@dataclass(frozen=True)
class FinishedNumbers:
    """What the config says of tables of finished numbers.

    Attributes
    ----------
    tables
        The path of each relative to the config, and the experiment of all its rows, else empty.
    endpoints
        What is measured, with its unit; without counts that only stand behind a percent.
    columns_not_used, files_not_used
        Headings without numbers; samples that are no cultures, each with the reason.
    """

    tables: Sequence[tuple[str, str]]
    endpoints: Mapping[str, str]
    columns_not_used: Sequence[str]
    files_not_used: Mapping[str, str]

    def tables_text(self) -> str:
        """The tables as the config has them."""
        entries = [
            f"{{file: {_quoted(path)}, experiment: {_quoted(experiment)}}}"
            if experiment
            else _quoted(path)
            for path, experiment in self.tables
        ]
        is_one = len(entries) == 1 and not self.tables[0][1]
        return entries[0] if is_one else f"[{', '.join(entries)}]"


@dataclass(frozen=True)
class Begun:
    """What the config says of a new study.

    Attributes
    ----------
    workbook
        Its path relative to the config.
    folders
        The folders of the raw files outside the workbook's.
    experiments
        Name -> what it consists of ("12 files, 2024-05-03 14:10 to 16:42").
    alike
        Column of the cultures that all of them share -> its text, ? if it is not known.
    drugs
        Name -> the unit of its dose; empty if nothing says it.
    highest
        Drug -> its highest dose, as far as names say it.
    stroma
        The stroma of most cultures; empty if no name says one.
    analytes
        Those of the ELISA plates; none without plates.
    numbers
        The tables of finished numbers; None without one.
    sheets
        The tables that the workbook has.
    compensation
        single_stains, embedded or none.
    """

    study: str
    workbook: str
    folders: Sequence[str]
    experiments: Mapping[str, str]
    alike: Mapping[str, str]
    drugs: Mapping[str, str]
    highest: Mapping[str, str]
    cells: Sequence[str]
    stroma: str
    stains: Stains | None
    compensation: Known
    wavelength_nm: float | None
    analytes: Sequence[str]
    numbers: FinishedNumbers | None
    sheets: Sequence[str]


def config_text(begun: Begun) -> str:
    """The whole file."""
    return "\n".join(_lines(begun)) + "\n"


def _lines(begun: Begun) -> Iterator[str]:
    yield "# Begun by make new. Lines with a ? are open; config/README.md explains every key."
    yield f"# make check STUDY=config/{begun.study}.yaml says what is missing."
    yield ""
    yield f"study: {begun.study}"
    yield from _tables(begun)
    if begun.folders:
        yield f"folders_outside: {json.dumps(list(begun.folders), ensure_ascii=False)}"
    yield ""
    yield "# How many independent repeats (days, donors) are there? It is n in every test. Guessed:"
    for name, what in begun.experiments.items():
        yield f"#   {name}: {what}"
    if begun.experiments:
        number = len(begun.experiments)
        yield f"# If this is right, write {number}; if not, correct the workbook first."
    else:
        yield "#   no name says it: fill in the workbook first, then write the number here."
    yield f"experiments: {UNCONFIRMED}"
    yield ""
    yield "# What all cultures have alike; what differs between them is a column of the workbook."
    yield f"same_for_all: {{{', '.join(f'{key}: {text}' for key, text in begun.alike.items())}}}"
    yield ""
    yield "factors:"
    for drug, unit in (begun.drugs or {"?": ""}).items():
        name = json.dumps(drug, ensure_ascii=False)
        open_unit = "" if unit else "   # ? the unit of the doses, for example nM"
        shown = json.dumps(unit or "?", ensure_ascii=False)
        yield f"  - {{name: {name}, column: {name}, unit: {shown}}}{open_unit}"
    yield ""
    cells = _reference(begun.cells)
    more = f"   # of {', '.join(begun.cells)}" if len(begun.cells) > 1 else ""
    yield f"cells: {{reference: {json.dumps(cells, ensure_ascii=False)}}}{more}"
    if begun.stains is not None:
        yield from _flow(begun.stains, begun.compensation)
    if begun.analytes:
        yield ""
        yield "elisa:"
        if begun.wavelength_nm is None:
            yield "  wavelength_nm: '?'   # several were read, or none; write that measured"
        else:
            yield f"  wavelength_nm: {begun.wavelength_nm:g}   # of the exports"
    if begun.numbers is not None:
        yield from _values(begun.numbers)
    yield ""
    yield from _findings(begun)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _tables(begun: Begun) -> Iterator[str]:
    if begun.numbers is None:
        yield f"tables: {begun.workbook}"
        return
    yield "tables:"
    for sheet in begun.sheets:
        yield f"  {sheet}: {begun.workbook}"
    yield f"  values: {begun.numbers.tables_text()}"


def _values(numbers: FinishedNumbers) -> Iterator[str]:
    if not numbers.columns_not_used and not numbers.files_not_used:
        return
    yield ""
    yield "values:"
    if numbers.columns_not_used:
        named = ", ".join(map(_quoted, numbers.columns_not_used))
        yield f"  columns_not_used: [{named}]   # they hold no measurement"
    if numbers.files_not_used:
        yield "  files_not_used:   # guessed by a word in the name"
        for name, reason in numbers.files_not_used.items():
            yield f"    {_quoted(name)}: {_quoted(reason)}"


def _reference(cells: Sequence[str]) -> str:
    """The cells that the others are compared with: those whose name says so, else the first."""
    named = [one for one in cells if _CONTROL_CELLS.search(one)]
    return (named or list(cells) or ["?"])[0]


def _flow(stains: Stains, compensation: Known) -> Iterator[str]:
    yield ""
    yield "flow:"
    yield "  channels:"
    for role, known in stains.scatter.items():
        yield f"    {role}: {json.dumps(known.text, ensure_ascii=False)}   # {known.source}"
    for role, known in (("annexin", stains.annexin), ("viability_dye", stains.viability_dye)):
        if known:
            yield f"    {role}: {json.dumps(known.text, ensure_ascii=False)}   # {known.source}"
        else:
            yield f"    {role}: '?'   # no label says it; the channel, or null without this stain"
    if stains.others:
        yield "  # Guessed: labelled channels that are no Annexin V and no dye mark the population."
        if any(is_of_stroma(one.text) for one in stains.others):
            yield "  # positive: false, because the marker is one of stroma."
    yield "  populations:"
    markers = ", ".join(
        f"{{channel: {json.dumps(one.text, ensure_ascii=False)}, "
        f"positive: {'false' if is_of_stroma(one.text) else 'true'}}}"
        for one in stains.others
    )
    yield f"    - {{name: cells, markers: [{markers}]}}"
    yield f"  compensation: {{source: {compensation.text}}}   # {compensation.source}"


def _findings(begun: Begun) -> Iterator[str]:
    yield "# What the study set out to show, stated before its data are seen. Possible claims of"
    yield "# its arms: delete the # in front of each line of those that are yours, from { to },"
    yield "# and change them until they say what you mean."
    yield "comparison:"
    numbers = {} if begun.numbers is None else begun.numbers.endpoints
    endpoints = [
        *(["apoptosis"] if begun.stains is not None else []),
        *begun.analytes,
        *numbers,
    ]
    if numbers:
        yield "  # endpoints:   # without this key everything that is measured is compared"
        yield from (f"  #   - {_declared(one, begun)}" for one in endpoints)
    # In brackets: so the list is valid with none of its claims, and with any of them.
    yield "  findings: ["
    number = 0
    for cells in begun.cells[:2] or ["?"]:
        for drug in begun.drugs:
            for endpoint in endpoints:
                number += 1
                claim = _finding(str(number), endpoint, cells, drug, begun)
                yield from (f"    # {line}" for line in claim)
    yield "    ]"


def _declared(endpoint: str, begun: Begun) -> str:
    if begun.numbers is not None and endpoint in begun.numbers.endpoints:
        unit = begun.numbers.endpoints[endpoint]
        return f"{{name: {_quoted(endpoint)}, measure: values}}   # {unit}"
    if endpoint in begun.analytes:
        return f"{{name: {_quoted(endpoint)}, measure: analyte, analyte: {_quoted(endpoint)}}}"
    return f"{{name: {_quoted(endpoint)}, measure: percent, outcome: apoptotic}}"


def _plain(text: str) -> str:
    """A text in YAML, in quotes where it needs them."""
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else _quoted(text)


def _finding(number: str, endpoint: str, cells: str, drug: str, begun: Begun) -> Iterator[str]:
    kind, verb = ("higher", "raises") if _RISES.search(endpoint) else ("lower", "lowers")
    name = json.dumps(drug, ensure_ascii=False)
    shown = json.dumps(cells, ensure_ascii=False)
    yield f'{{id: "{number}",'
    yield f" kind: {kind},   # or not_raised, not_lowered, lower, higher, eliminated"
    yield f" endpoint: {_plain(endpoint)},"
    yield f" statement: {_plain(f'{drug} {verb} {endpoint} of {cells}')},"
    dose = begun.highest.get(drug, _quoted("?"))
    where = f"cells: {shown}"
    if begun.stroma:
        where += f", stroma: {json.dumps(begun.stroma, ensure_ascii=False)}"
    yield f" arm: {{{where}, {name}: {dose}}},"
    yield f" compared_with: [{{{where}}}]}},"
