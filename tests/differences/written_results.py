"""The results of a small run, written as a run writes them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import flags, records, result_tables
from coculture.exchange.flags import Concerns, Flag

COMMIT = "c0ffee"


def findings(**changes: Any) -> list[dict[str, Any]]:
    """Two findings; `changes` are those of the first."""
    first: dict[str, Any] = {"id": "1", "finding": "DEX kills", "verdict": "shown", "condition": ""}
    first |= {"estimate": 20.0, "relation": "", "lower": 10.0, "upper": 30.0, "p": 0.001, "n": 6}
    second = {**first, "id": "2", "finding": "LEN kills", "verdict": "not shown", "p": 0.4}
    return [{**first, **changes}, second]


def config(**changes: Any) -> dict[str, Any]:
    """A config; keys with dots replace one below."""
    whole: dict[str, Any] = {
        "study": "mine",
        "title": "",
        "factors": [{"name": "DEX", "column": "dex_nM"}],
        "flow": {"gates": {}, "stop": 1},
        "elisa": {"model": "4PL"},
        "comparison": {"findings": [{"id": "1", "margin": 5}, {"id": "2", "margin": 5}]},
    }
    for key, value in changes.items():
        *above, last = key.split(".")
        node = whole
        for part in above:
            node = node[part]
        node[last] = value
    return whole


def write(
    folder: Path,
    *,
    found: Sequence[Mapping[str, Any]] = (),
    settings: Mapping[str, Any] | None = None,
    threshold: float = 100.0,
    source: str = "fmo",
    files: Mapping[str, str] | None = None,
    excluded: Mapping[str, str] | None = None,
    dose: float = 10.0,
    percent: float = 30.0,
    software: Mapping[str, Any] | None = None,
    packages: Mapping[str, str] | None = None,
    doubts: Sequence[Flag] = (),
    version: str = result_tables.SCHEMA_VERSION,
) -> Path:
    """Write the results of a run to `folder`; what is not given is the same in every run."""
    (folder / "study").mkdir(parents=True)
    (folder / "provenance").mkdir()
    records.write_yaml(settings or config(), folder / "study" / "config.yaml")
    gate = {"channels": ["APC"], "threshold": threshold, "keep": "above", "source": source}
    gates = {"E1": {"populations": {"myeloma": {"annexin": gate}}, "time": {"removed": {}}}}
    records.write_yaml(gates, folder / "provenance" / "gates.yaml")
    workflow = {"version": "1.0", "commit": COMMIT, "uncommitted_changes": False}
    made_by = {"python": "3.12.1", "packages": packages or {"numpy": "2.4.0"}}
    made_by |= {"workflow": {**workflow, **(software or {})}}
    records.write_json(made_by, folder / "provenance" / "software.json")
    digests = {"a.fcs": "11", "b.fcs": "22"} if files is None else files
    rows = [{"table": "flow.csv", "file": name, "sha256": one} for name, one in digests.items()]
    _table(folder, "study/files.csv", rows)
    reasons = (excluded or {}).items()
    out = [
        {"table": "flow.csv", "row": "2", "item": item, "reason": reason}
        for item, reason in reasons
    ]
    _table(folder, "study/excluded.csv", out or pd.DataFrame(columns=["table", "row", "item"]))
    culture = {"culture": "E1-1", "experiment": "E1", "dex_nM": dose, "arm": f"DEX {dose:g} nM"}
    _table(folder, "cultures.csv", [{**culture, "percent_apoptotic": percent}])
    _table(folder, "comparison/findings.csv", list(found) or findings())
    contrast = {"endpoint": "IL-6", "contrast": "DEX against untreated", "analysis": "pooled_error"}
    _table(folder, "comparison/contrasts.csv", [{**contrast, "estimate": percent - 20}])
    flags.write(doubts, folder / "flags.csv")
    _table(folder, "columns.csv", [{"table": "cultures.csv", "schema_version": version}])
    return folder


def doubt(sentence: str) -> Flag:
    """A caution about a tube."""
    concerned = Concerns("flow/wells.csv", "tube", experiment="E1", fcs="a.fcs")
    return Flag(concerned, "few_events", "caution", sentence)


def _table(folder: Path, name: str, rows: Any) -> None:
    result_tables.write(pd.DataFrame(rows), folder / name, name)
