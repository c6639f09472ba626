"""A results folder as a Workflow Run RO-Crate: what ran, on what, by whom, and what came out.

Source: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and the profiles Process Run Crate, Workflow
Run Crate (both 0.5) and Workflow RO-Crate 1.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import pandas as pd

from coculture.provenance.checksums import read_checksums
from coculture.provenance.run_record import RunRecord
from coculture.running.raw_files import sha256

METADATA = "ro-crate-metadata.json"

_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".pzfx": "application/x-graphpad-prism-pzfx",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
FINISHED_NUMBERS = "values.csv"
"""The table that is itself a file of data."""
_SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"


@dataclass(frozen=True)
class CrateFile:
    """A file of the results folder: its path below it, its SHA-256, its size in bytes."""

    path: str
    sha256: str
    size: int


def crate_files(checksums: str | Path) -> list[CrateFile]:
    """The files that `checksums` lists, with their sizes, and that file itself."""
    listed = Path(checksums)
    digests = {**read_checksums(listed), listed.name: sha256(listed)}
    return [
        CrateFile(name, digest, (listed.parent / name).stat().st_size)
        for name, digest in digests.items()
    ]


def run_crate(
    study: str,
    title: str,
    workflow: str,
    software: Mapping[str, Any],
    run: RunRecord,
    inputs: pd.DataFrame,
    results: Sequence[CrateFile],
) -> dict[str, Any]:
    """The content of `ro-crate-metadata.json`.

    Parameters
    ----------
    study, title
        The study's name, and the line that heads its report.
    workflow
        Path of the workflow's own file below the results folder; one of `results`.
    software
        What `software` found.
    run
        The run that made the results.
    inputs
        Raw files, one a row: table, file, sha256. They lie outside the folder, so they are
        described, not included.
    results
        Every other file of the folder.
    """
    raw = [
        _raw_file(table, file, digest)
        for table, file, digest in inputs[["table", "file", "sha256"]].itertuples(index=False)
    ]
    files = [_file(one, workflow, software) for one in results]
    made = [entity for entity in files if entity["@id"] != _id(workflow)]
    person = {"@id": "#person", "@type": "Person", "name": run.user}
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of the study {study}",
        "description": " ".join(run.command),
        "instrument": _to(_id(workflow)),
        "agent": _to("#person"),
        "startTime": run.started,
        "endTime": run.ended,
        "object": [_to(entity["@id"]) for entity in raw],
        "result": [_to(entity["@id"]) for entity in made],
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title or study,
        "description": f"Results of the study {study}: its cultures, compared.",
        "datePublished": run.ended,
        "license": _to("#terms"),
        "author": _to("#person"),
        "conformsTo": [_to(profile) for profile in _PROFILES],
        "mainEntity": _to(_id(workflow)),
        "mentions": _to("#run"),
        "hasPart": [_to(entity["@id"]) for entity in files],
    }
    graph = [_descriptor(), root, action, person, _terms(), *_languages(), *files, *raw]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def _descriptor() -> dict[str, Any]:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": _to("./"),
        "conformsTo": [
            _to("https://w3id.org/ro/crate/1.1"),
            _to("https://w3id.org/workflowhub/workflow-ro-crate/1.0"),
        ],
    }


def _file(one: CrateFile, workflow: str, software: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@id": _id(one.path),
        "@type": "File",
        "name": one.path,
        "contentSize": str(one.size),
        "sha256": one.sha256,
    }
    media_type = _MEDIA_TYPES.get(PurePosixPath(one.path).suffix)
    if media_type:
        described["encodingFormat"] = media_type
    if one.path == workflow:
        commit = software["workflow"]["commit"]
        described |= {
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
            "name": "coculture",
            "encodingFormat": "text/plain",
            "description": "From FCS files and plate exports to tested findings.",
            "programmingLanguage": _to(_SNAKEMAKE),
            "version": commit or software["workflow"]["version"],
            "license": "MIT",
            "softwareRequirements": [
                f"{name} {version}" for name, version in software["packages"].items() if version
            ],
        }
    return described


def _raw_file(table: str, file: str, digest: str) -> dict[str, Any]:
    return {
        "@id": f"#input-{quote(table)}-{quote(file, safe='')}",
        "@type": "CreativeWork",
        "name": file,
        "description": (
            "Numbers that were measured elsewhere."
            if table == FINISHED_NUMBERS
            else f"Raw file that {table} names."
        ),
        "identifier": f"sha256:{digest}",
    }


def _languages() -> list[dict[str, Any]]:
    profiles = [
        {"@id": address, "@type": "CreativeWork", "name": name, "version": version}
        for address, (name, version) in _PROFILES.items()
    ]
    snakemake = {
        "@id": _SNAKEMAKE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": _to("https://doi.org/10.1093/bioinformatics/bts480"),
        "url": _to("https://snakemake.readthedocs.io"),
    }
    return [*profiles, snakemake]


def _terms() -> dict[str, Any]:
    return {
        "@id": "#terms",
        "@type": "CreativeWork",
        "name": "Terms of use",
        "description": "The owner of the study has not stated under which terms it may be used.",
    }


def _id(path: str) -> str:
    return quote(path)


def _to(address: str) -> dict[str, str]:
    return {"@id": address}
