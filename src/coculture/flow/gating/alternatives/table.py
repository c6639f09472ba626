"""flow/alternatives.csv: what each sample would count under each alternative."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coculture.exchange.alternatives import ALTERNATIVE_COLUMNS, Alternative
from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import count_column, median_column
from coculture.flow.files import FlowFile
from coculture.flow.gating.alternatives import files_left_out
from coculture.flow.gating.alternatives.automatic_gates import AutomaticGates
from coculture.flow.gating.alternatives.controls_put_back import ControlPutBack
from coculture.flow.gating.alternatives.files_put_back import PutBack
from coculture.flow.gating.alternatives.other_counts import OtherCounts
from coculture.flow.gating.alternatives.other_gate import OtherGate
from coculture.flow.gating.alternatives.other_spillover import OtherSpillover
from coculture.flow.gating.cell_density import Amounts
from coculture.flow.gating.measurement import Measurement
from coculture.flow.settings import FlowSettings

TABLE = "flow/alternatives.csv"
OtherWhole = OtherSpillover | AutomaticGates | ControlPutBack
"""What an experiment would have with another matrix, or gates that were set otherwise."""
Measured = Mapping[int, Sequence[Measurement]]
"""Row of a file -> its measurements, one for each population."""


def columns(settings: FlowSettings) -> list[str]:
    """Of flow/alternatives.csv, in their order."""
    medians = map(median_column, settings.stained_channels)
    return [
        *("experiment", *ALTERNATIVE_COLUMNS, "kept_because", "fcs", "culture", "population"),
        *("events_population", "cell_density", *settings.outcomes.counts, *medians),
    ]


def alternative_table(
    files: Sequence[FlowFile],
    measured: Measured,
    gates: Sequence[OtherGate],
    wholes: Iterable[tuple[OtherWhole, Measured]],
    flags: Mapping[tuple[int, str], Sequence[Flag]],
    settings: FlowSettings,
    amounts: Amounts,
    put_back: Sequence[PutBack] = (),
) -> pd.DataFrame:
    """flow/alternatives.csv of one experiment.

    Parameters
    ----------
    files
        All files of the experiment.
    measured
        The files as they are used, with what the samples count with other gates.
    gates
        The other gates.
    wholes
        Each other matrix, the automatic gates, and those with a control that was excluded, with the
        samples as they are counted with them.
    flags
        (row of a file, population) -> its flags.
    amounts
        What the cells of the samples are counted per.
    put_back
        The samples that were excluded.

    Returns
    -------
    For each alternative a row for each sample of a culture whose counts it gives; where the
    experiment keeps its own gates, one row without a file and with the reason. A sample that is
    left out has a row without counts.
    """
    name = files[0].experiment
    rows: list[dict[str, Any]] = []
    for alternative, kept_because in _kept(gates, wholes, put_back):
        rows.append({"experiment": name, **alternative.in_columns(), "kept_because": kept_because})
    for alternative in dict.fromkeys(one.alternative for one in gates):
        counted = _measured_with(alternative, measured)
        rows += _rows(alternative, counted, settings, amounts)
    for otherwise, of_other in wholes:
        counted = [_as_counted(one) for of_file in of_other.values() for one in of_file]
        rows += _rows(otherwise.alternative, counted, settings, amounts)
    for sample in put_back:
        rows += _rows(sample.alternative, map(_as_counted, sample.measured), settings, amounts)
    for alternative, file, population in files_left_out.others(files, flags):
        rows.append(_identity(alternative, file, population))
    table = pd.DataFrame(rows, columns=columns(settings))
    texts = ["not_counted_because", "kept_because", "fcs", "culture", "population"]
    table[texts] = table[texts].fillna("")
    whole = ["events_population", *settings.outcomes.counts]
    return table.astype(dict.fromkeys(whole, "Int64") | {"counted": bool})


def _as_counted(one: Measurement) -> tuple[Measurement, OtherCounts]:
    """A measurement that was made otherwise as a whole."""
    return one, OtherCounts(one.counts.cells, one.counts.quadrants, one.medians)


def _kept(
    gates: Iterable[OtherGate],
    wholes: Iterable[tuple[OtherWhole, Measured]],
    put_back: Iterable[PutBack],
) -> Iterator[tuple[Alternative, str]]:
    """The alternatives that this experiment does not have, each with the reason."""
    found = {one.alternative: one.kept_because for one in gates if one.block is None}
    found |= {one.alternative: one.kept_because for one, _ in wholes if one.used is None}
    found |= {one.alternative: one.kept_because for one in put_back if not one.measured}
    yield from found.items()


def _measured_with(
    alternative: Alternative, measured: Measured
) -> list[tuple[Measurement, OtherCounts]]:
    """The samples and populations that have other counts with the other gate."""
    every = (one for of_file in measured.values() for one in of_file)
    return [(one, one.others[alternative]) for one in every if alternative in one.others]


def _rows(
    alternative: Alternative,
    counted: Iterable[tuple[Measurement, OtherCounts]],
    settings: FlowSettings,
    amounts: Amounts,
) -> Iterator[dict[str, Any]]:
    """A row for each sample of a culture, and population."""
    for one, found in counted:
        if one.tube.role != "sample" or not one.tube.culture:
            continue
        names = one.tube.panel.names
        medians = found.medians or one.medians
        yield {
            **_identity(alternative, one.tube, one.population.name),
            "events_population": found.cells,
            "cell_density": amounts.density(one.tube.row, found.cells),
            **{count_column(name): n for name, n in found.quadrants.items()},
            **{
                median_column(channel): medians[names[channel]]
                for channel in settings.stained_channels
                if names[channel] in medians
            },
        }


def _identity(alternative: Alternative, file: FlowFile, population: str) -> dict[str, Any]:
    return {
        "experiment": file.experiment,
        **alternative.in_columns(),
        "fcs": file.fcs,
        "culture": file.culture,
        "population": population,
    }
