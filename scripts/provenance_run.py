"""Write down the run, and the results folder as a Workflow Run RO-Crate."""

from pathlib import Path
from typing import Any

from coculture import provenance
from coculture.exchange import records, result_tables
from coculture.running import lock as run_lock


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    run = provenance.finished(run_lock.note(parameters.running))
    Path(outputs.run).write_text(run, encoding="utf-8")
    crate = provenance.run_crate(
        parameters.study,
        parameters.title,
        "provenance/Snakefile",
        records.read_json(inputs.software),
        provenance.read_run(run),
        result_tables.read(inputs.raw_files),
        provenance.crate_files(inputs.checksums),
    )
    records.write_json(crate, outputs.crate)
