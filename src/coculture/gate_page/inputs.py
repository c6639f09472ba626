"""What the gate page shows, as the other steps wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

import pandas as pd

from coculture.exchange import records, result_tables


@dataclass(frozen=True)
class JsonFiles(Sequence[Mapping[str, Any]]):
    """Files of which each is read when it is asked for: all events of a large study are 1 GB."""

    paths: Sequence[str]

    @overload
    def __getitem__(self, place: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> "JsonFiles": ...

    def __getitem__(self, place: int | slice) -> "Mapping[str, Any] | JsonFiles":
        if isinstance(place, slice):
            return JsonFiles(self.paths[place])
        content: Mapping[str, Any] = records.read_json(self.paths[place])
        return content

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True)
class GatePageInputs:
    """The results that the page is made of.

    Attributes
    ----------
    config
        The config with its defaults.
    plots
        gate_plots.json of each experiment.
    gates
        gates.yaml of each experiment, in the same order.
    arms
        Culture -> its arm, as the tables name it.
    findings
        comparison/findings.csv.
    file_name
        Name of the gates file: the one that the run used, or that the next run would find.
    file
        What the gates file says (`coculture.exchange.manual_gates`); empty without one.
    """

    config: Mapping[str, Any]
    plots: Sequence[Mapping[str, Any]]
    gates: Sequence[Mapping[str, Any]]
    arms: Mapping[str, str]
    findings: pd.DataFrame
    file_name: str
    file: Mapping[str, Any] = field(default_factory=dict)


def read_inputs(
    config: str,
    plots: Sequence[str],
    gates: Sequence[str],
    cultures: str,
    findings: str,
    file_name: str,
    file: Mapping[str, Any],
) -> GatePageInputs:
    """Read the files; paths of `plots` and `gates` are of the same experiments."""
    table = result_tables.read(Path(cultures))
    return GatePageInputs(
        config=records.read_yaml(config),
        plots=JsonFiles(plots),
        gates=[records.read_yaml(path) for path in gates],
        arms=dict(zip(table["culture"].astype(str), table["arm"].astype(str), strict=True)),
        findings=result_tables.read(Path(findings)),
        file_name=file_name,
        file=file,
    )
