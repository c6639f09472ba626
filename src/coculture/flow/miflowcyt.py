"""flow/miflowcyt.md: what a reader must know of a flow cytometry experiment, by MIFlowCyt.

Lee et al. (2008) MIFlowCyt: the minimum information about a flow cytometry experiment. Cytometry A
73:926. What neither the files nor the config say is left empty, to be filled in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.outcomes import count_column
from coculture.exchange.vocabulary import many, number
from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import seen
from coculture.flow.files import FlowFile, flow_files, open_file
from coculture.flow.gating import gates
from coculture.flow.gating.measurement import STAGES
from coculture.flow.settings import FlowSettings

REAGENT_KEYS = ("analyte", "fluorochrome", "clone", "supplier", "catalogue_number", "amount")
_OF_CHANNEL = {
    "V": "voltage",
    "G": "gain",
    "E": "amplification",
    "R": "range",
    "L": "excitation (nm)",
    "O": "laser power (mW)",
    "F": "filter",
    "T": "detector",
}
"""Letter of the keyword $Pn_ -> what it says of a channel."""
_OF_INSTRUMENT = {
    "cytometer": ("$CYT",),
    "serial number": ("$CYTSN", "CYTNUM", "CYTOMETER SERIAL NUMBER"),
    "acquisition software": ("CREATOR", "$SYS"),
    "operator": ("$OP", "EXPORT USER NAME"),
    "institution": ("$INST",),
    "acquired": ("$DATE",),
}


@dataclass(frozen=True, eq=False)
class GatedForSheet:
    """One experiment as the sheet needs it.

    Attributes
    ----------
    files
        Rows of flow.csv.
    gates
        The content of its gates.yaml.
    wells
        Its flow/wells.csv.
    """

    name: str
    files: pd.DataFrame
    gates: Mapping[str, Any]
    wells: pd.DataFrame


def sheet(
    study: str,
    experiments: Sequence[GatedForSheet],
    settings: FlowSettings,
    reagents: Sequence[Mapping[str, Any]],
) -> str:
    """The sheet of a study as Markdown.

    Parameters
    ----------
    reagents
        The config's flow.reagents: channel, and those of `REAGENT_KEYS` that are known.

    Raises
    ------
    FcsError
        If a file cannot be read.
    """
    opened = {
        one.name: [(file, open_file(file)) for file in flow_files(one.files) if not file.exclude]
        for one in experiments
    }
    headers = [header for of_one in opened.values() for _, header in of_one]
    parts = [
        f"# Flow cytometry of {study} (MIFlowCyt)",
        "Empty cells are what neither the FCS files nor the config say; fill them in before you "
        "publish.",
        "## 1 Experiment",
        *_table(
            ["", ""],
            [
                ["purpose", ""],
                ["experiments", ", ".join(one.name for one in experiments)],
                ["FCS files", str(sum(len(one.files) for one in experiments))],
                ["organisation and contact", ""],
            ],
        ),
        "## 2 Samples and controls",
        *_samples(experiments),
        "## 3 Reagents",
        *_reagents(headers, settings, reagents),
        "## 4 Instrument",
        *_instrument(opened),
        "## 5 Gates",
        "Values are linear and compensated. The share is that of the events before the gate, over "
        "all samples; in brackets the smallest and largest of a sample. gates.yaml and gates.xml "
        "(Gating-ML 2.0) have every digit.",
        *(line for one in experiments for line in _gates(one, settings)),
    ]
    return "\n\n".join(parts) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    yield "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(seen(str(text)).split()).replace("|", "\\|")


def _samples(experiments: Sequence[GatedForSheet]) -> Iterator[str]:
    rows = []
    for one in experiments:
        used = one.files[one.files["exclude"].fillna("") == ""].fillna({"cells": ""})
        for (role, cells), group in used.groupby(["role", "cells"], sort=True):
            rows.append([one.name, str(role), str(cells), str(len(group)), "", ""])
    yield from _table(
        ["experiment", "role", "cells", "files", "source and species", "preparation and fixation"],
        rows,
    )


def _reagents(
    headers: Sequence[FcsHeader], settings: FlowSettings, reagents: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    named = {stain.channel: stain.name for stain in settings.stains}
    for population in settings.populations:
        named |= {one.channel: one.gate for one in population.markers}
    rows = []
    for channel, name in named.items():
        known = next(
            (one for one in reagents if one["channel"].casefold() == channel.casefold()), {}
        )
        labels = {_label(header, channel) for header in headers} - {""}
        said = {"analyte": name, "fluorochrome": "", **{k: v for k, v in known.items() if v}}
        rows.append(
            [channel, ", ".join(sorted(labels)), *(str(said.get(key, "")) for key in REAGENT_KEYS)]
        )
    headings = ["channel", "label in the files", *(one.replace("_", " ") for one in REAGENT_KEYS)]
    yield from _table(headings, rows)


def _label(header: FcsHeader, channel: str) -> str:
    try:
        name = find_channel(channel, header.names, header.labels)
    except ChannelError:
        return ""
    label = header.labels.get(name, "")
    return label if label != name else ""


def _instrument(opened: Mapping[str, Sequence[tuple[FlowFile, FcsHeader]]]) -> Iterator[str]:
    rows = [
        [
            what,
            *(_of_keywords([header for _, header in files], keywords) for files in opened.values()),
        ]
        for what, keywords in _OF_INSTRUMENT.items()
    ]
    yield from _table(["", *opened], rows)
    for experiment, files in opened.items():
        headers = [header for _, header in files]
        names = list(dict.fromkeys(name for header in headers for name in header.names))
        yield f"Channels of {experiment}, as the files state them:"
        yield from _table(
            ["channel", *_OF_CHANNEL.values()],
            [[name, *(_setting(headers, name, one) for one in _OF_CHANNEL)] for name in names],
        )


def _of_keywords(headers: Sequence[FcsHeader], keywords: Sequence[str]) -> str:
    found = [
        next((header.keywords[key] for key in keywords if header.keywords.get(key)), "")
        for header in headers
    ]
    return ", ".join(sorted(set(found) - {""}))


def _setting(headers: Sequence[FcsHeader], name: str, letter: str) -> str:
    """A setting of a channel: every value that the files have."""
    found = {
        header.keywords.get(f"$P{header.names.index(name) + 1}{letter}", "").strip()
        for header in headers
        if name in header.names
    }
    return "; ".join(sorted(found - {""}))


def _gates(one: GatedForSheet, settings: FlowSettings) -> Iterator[str]:
    samples = one.wells[one.wells["role"] == "sample"]
    yield f"### {one.name}"
    source = one.gates["spillover"].get("source", "none")
    removed = one.gates["time"]["removed"]
    stretches = sum(map(len, removed.values()))
    yield (
        f"Spillover: {str(source).replace('_', ' ')}. Time: {many(stretches, 'part')} of the "
        f"acquisition left out, in {many(len(removed), 'file')}."
    )
    for population, blocks in one.gates["populations"].items():
        rows = samples[samples["population"] == population]
        markers = {
            marker.gate
            for each in settings.populations
            if each.name == population
            for marker in each.markers
        }
        yield f"Population {population}, {many(len(rows), 'sample')}:"
        yield from _table(
            ["gate", "keeps", "source", "share kept"],
            [
                [
                    settings.gate_name(gate),
                    gates.boundary(block),
                    str(block["source"]).replace("_", " "),
                    _share(gate, rows, markers, settings),
                ]
                for gate, block in blocks.items()
            ],
        )


def _share(gate: str, rows: pd.DataFrame, markers: set[str], settings: FlowSettings) -> str:
    """The share that a gate, or the gates of its stage, keep of the samples."""
    stage = {gates.SIDE_SCATTER: "scatter"}.get(gate, "population" if gate in markers else gate)
    if stage in STAGES:
        before = ["events_total", *(f"events_{each}" for each in STAGES)][STAGES.index(stage)]
        return _percent(rows[f"events_{stage}"], rows[before])
    stains = [stain.gate for stain in settings.outcomes.stains]
    if gate not in stains:
        return ""
    positive = [
        count_column(name)
        for name, signs in settings.outcomes.signs.items()
        if signs[stains.index(gate)]
    ]
    if not set(positive) <= set(rows.columns):
        return ""
    return _percent(rows[positive].sum(axis=1), rows["events_population"])


def _percent(kept: "pd.Series[Any]", before: "pd.Series[Any]") -> str:
    known = before.notna() & kept.notna() & (before.fillna(0) > 0)
    if not known.any():
        return ""
    shares = 100 * kept[known].astype(float) / before[known].astype(float)
    whole = 100 * float(kept[known].sum()) / float(before[known].sum())
    low, high = number(float(shares.min())), number(float(shares.max()))
    return f"{number(whole)} % ({low} to {high})"
