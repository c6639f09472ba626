"""The crate is one to an independent validator, which gets the context that `rocrate` ships."""

import io
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester
from urllib3 import HTTPResponse

from coculture.provenance import (
    Commit,
    RunRecord,
    checksum_lines,
    crate_files,
    run_crate,
)

RUN = RunRecord(
    started="2026-01-05T09:00:00+00:00",
    ended="2026-01-05T09:01:00+00:00",
    user="ada",
    host="bench",
    folder="/data/my study",
    system="Linux",
    cores=2,
    command=("snakemake", "--configfile", "config/mine.yaml"),
    commit=Commit("abc123", False),
)
SOFTWARE: dict[str, Any] = {
    "workflow": {"version": "0.1.0", "commit": "abc123", "uncommitted_changes": False},
    "python": "3.11.7",
    "packages": {"numpy": "2.4.6", "absent": None},
}
NAMES = ["provenance/Snakefile", "report.html", "flow/E 1/wells.csv", "figures/100 %.svg"]


class _ShippedContext(BaseAdapter):
    """Answers each request with the context of the crates, as the package `rocrate` holds it."""

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        package = find_spec("rocrate")
        assert package is not None
        assert package.origin is not None
        text = (Path(package.origin).parent / "data" / "ro-crate.jsonld").read_bytes()
        # Version 1.1, which the profiles build on, has these terms at their older address.
        text = text.replace(b"bioschemas.org/terms/", b"bioschemas.org/")
        headers = {"Content-Type": "application/ld+json"}
        raw = HTTPResponse(io.BytesIO(text), headers, status=200, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    """The validator's cache, holding the context that it would download."""
    path = tmp_path / "cache"
    HttpRequester.initialize_cache(cache_path=str(path), cache_max_age=-1)
    HttpRequester().session.mount("https://w3id.org/", _ShippedContext())
    HttpRequester().get("https://w3id.org/ro/crate/1.1/context")
    HttpRequester.reset()
    yield path
    HttpRequester.reset()


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    folder = tmp_path / "crate"
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    listed = folder / "checksums.txt"
    listed.write_text(checksum_lines([folder / name for name in NAMES], folder))
    raw = pd.DataFrame(
        [("flow.csv", "E 1/a+b.fcs", "0" * 64), ("elisa.csv", "p.txt", "1" * 64)],
        columns=["table", "file", "sha256"],
    )
    content = run_crate("mine", "My <study>", NAMES[0], SOFTWARE, RUN, raw, crate_files(listed))
    (folder / "ro-crate-metadata.json").write_text(json.dumps(content))
    return folder


def _issues(crate: Path, cache: Path, severity: str) -> list[str]:
    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="workflow-run-crate",
        requirement_severity=models.Severity[severity],
        offline=True,
        cache_path=str(cache),
    )
    return [str(issue.message) for issue in services.validate(settings).get_issues()]


def test_nothing_required_is_missing(crate: Path, cache: Path) -> None:
    assert _issues(crate, cache, "REQUIRED") == []


def test_the_validator_would_see_a_fault(crate: Path, cache: Path) -> None:
    path = crate / "ro-crate-metadata.json"
    content = json.loads(path.read_text())
    for entity in content["@graph"]:
        if entity["@id"] == "#run":
            del entity["instrument"]
    path.write_text(json.dumps(content))
    assert _issues(crate, cache, "REQUIRED") != []


def test_every_file_is_in_it_with_its_checksum(crate: Path) -> None:
    graph = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    files = {one["name"]: one for one in graph if one["@type"] == "File"}
    assert set(files) == {*NAMES[1:], "checksums.txt"}
    assert files["flow/E 1/wells.csv"]["@id"] == "flow/E%201/wells.csv"
    assert all(len(one["sha256"]) == 64 for one in files.values())
    inputs = [one for one in graph if str(one["@id"]).startswith("#input-")]
    assert {one["name"] for one in inputs} == {"E 1/a+b.fcs", "p.txt"}


def test_the_run_made_the_results_with_the_workflow_and_in_its_time(crate: Path) -> None:
    """The workflow's own file is what the run was made with, not what it made."""
    graph = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    about = {one["@id"]: one for one in graph}
    run = about["#run"]
    assert {one["@id"] for one in run["result"]} == {
        *("report.html", "flow/E%201/wells.csv", "figures/100%20%25.svg", "checksums.txt")
    }
    assert run["instrument"] == {"@id": "provenance/Snakefile"}
    assert (run["startTime"], run["endTime"]) == (RUN.started, RUN.ended)
    assert about["./"]["datePublished"] == RUN.ended
    workflow = about["provenance/Snakefile"]
    assert workflow["version"] == "abc123"
    assert workflow["softwareRequirements"] == ["numpy 2.4.6"]
