"""What `make check` says of compensation, before the run: matrices that are not used, and why."""

from collections.abc import Iterator

import pandas as pd

from coculture.exchange.problems import CocultureError
from coculture.flow.compensation.experiment_spillover import experiment_spillover
from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.files import flow_files
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import matrix_not_used, remaining_spill, unknown_spill
from coculture.flow.gating.experiment import gate_experiment
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import open_tubes


def compensation_notices(files: pd.DataFrame, settings: FlowSettings) -> list[str]:
    """A sentence for each matrix that is not used, with the experiments that it is true of.

    Where nothing replaces the matrix, the experiment is gated, which takes as long as in the run:
    only its gated events show what spill is left.

    Parameters
    ----------
    files
        Rows of flow.csv that can be opened, as for `gate_experiment`.
    settings
        The flow section of the config.
    """
    if settings.compensation.source not in ("embedded", "csv"):
        return []
    experiments: dict[str, list[str]] = {}
    for name, rows in files.groupby("experiment", sort=True):
        for sentence in _of_experiment(rows, settings):
            experiments.setdefault(sentence, []).append(str(name))
    return [f"{', '.join(names)}: {sentence}" for sentence, names in experiments.items()]


def _of_experiment(rows: pd.DataFrame, settings: FlowSettings) -> Iterator[str]:
    tubes = open_tubes(flow_files(rows), settings)
    if not tubes:
        return
    try:
        spillover = experiment_spillover(tubes, settings)
    except SpilloverError:
        return  # The run stops with this error, which names the file.
    if spillover.unused is None:
        return
    if spillover.is_known:
        yield words.unused(spillover.unused)
        return
    prefix = f"{tubes[0].experiment}: "
    try:
        found = gate_experiment(rows, settings).flags
    except CocultureError as error:
        yield str(error).removeprefix(prefix)
        return
    for flag in found:
        if flag.code in (matrix_not_used.CODE, remaining_spill.CODE, unknown_spill.CODE):
            yield flag.sentence.removeprefix(prefix)
