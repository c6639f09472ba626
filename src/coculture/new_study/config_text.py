"""The config of a new study: what is known, what was guessed, and possible findings as comments."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coculture.new_study.known import Known
from coculture.new_study.stains import Stains, is_of_stroma

_CONTROL_CELLS = re.compile(r"control|ctrl|parental|wild|\bwt\b|empty|scr|mock", re.IGNORECASE)
UNCONFIRMED = "unconfirmed"
"""The number of experiments until the person has confirmed it."""


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


def config_text(begun: Begun) -> str:
    """The whole file."""
    return "\n".join(_lines(begun)) + "\n"


def _lines(begun: Begun) -> Iterator[str]:
    yield "# Begun by make new. Lines with a ? are open; config/README.md explains every key."
    yield f"# make check STUDY=config/{begun.study}.yaml says what is missing."
    yield ""
    yield f"study: {begun.study}"
    yield f"tables: {begun.workbook}"
    if begun.folders:
        yield f"folders_outside: {json.dumps(list(begun.folders), ensure_ascii=False)}"
    yield ""
    yield "# How many independent repeats (days, donors) are there? It is n in every test. Guessed:"
    for name, what in begun.experiments.items():
        yield f"#   {name}: {what}"
    yield f"# If this is right, write {len(begun.experiments)}; if not, correct the workbook first."
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
            yield "  wavelength_nm: ?   # several were read; write that of the measurement"
        else:
            yield f"  wavelength_nm: {begun.wavelength_nm:g}   # of the exports"
    yield ""
    yield from _findings(begun)


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
    yield "# its arms; uncomment those that are yours, and say what they are about."
    yield "# comparison:"
    yield "#   findings:"
    endpoints = [
        *(["apoptosis"] if begun.stains is not None else []),
        *begun.analytes,
    ]
    number = 0
    for cells in begun.cells[:2] or ["?"]:
        for drug in begun.drugs:
            for endpoint in endpoints:
                number += 1
                yield from _finding(str(number), endpoint, cells, drug, begun)


def _finding(number: str, endpoint: str, cells: str, drug: str, begun: Begun) -> Iterator[str]:
    kind, verb = ("higher", "raises") if endpoint == "apoptosis" else ("lower", "lowers")
    name = json.dumps(drug, ensure_ascii=False)
    shown = json.dumps(cells, ensure_ascii=False)
    yield f'#     - id: "{number}"'
    yield f"#       kind: {kind}   # or not_raised, not_lowered, lower, higher, eliminated"
    yield f"#       endpoint: {endpoint}"
    yield f"#       statement: {drug} {verb} {endpoint} of {cells}"
    where = f"cells: {shown}"
    if begun.stroma:
        where += f", stroma: {json.dumps(begun.stroma, ensure_ascii=False)}"
    yield f"#       arm: {{{where}, {name}: {begun.highest.get(drug, '?')}}}"
    yield f"#       compared_with: [{{{where}}}]"
