"""Which steps have to be done again, by the records that are kept beside the results.

Snakemake's own records can be deleted with .snakemake, damaged, or outrun by `--touch`; it then
takes old results for new ones.
"""

from collections.abc import Sequence
from pathlib import Path

from coculture.running.records import Records
from coculture.running.step import Plan, Step


def outputs(records: Records, plan: Plan) -> dict[str, list[str]]:
    """The files of each step that has to be done again, by the step's name.

    That is every step that was begun before, or of which a file exists, unless its record says that
    all its files were made from what the step is made from now, and all of them exist.

    Parameters
    ----------
    records
        Of the study's earlier runs.
    plan
        Every step that the study has now.
    """
    return {step.name: list(files) for step, files in plan if _is_stale(records, step, files)}


def _is_stale(records: Records, step: Step, files: Sequence[str]) -> bool:
    there = [Path(path).is_file() for path in files]
    record = records.of(step.name)
    if record is None:
        return any(there)
    as_now = record.made_from == step.made_from and record.made.keys() == set(files)
    return not (as_now and record.ended and all(there))
