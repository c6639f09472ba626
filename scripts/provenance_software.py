"""Write down the software, every gate and every curve behind the results."""

from typing import Any

from coculture import provenance
from coculture.running import lock as run_lock


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    commit = provenance.read_run(run_lock.note(parameters.running)).commit
    provenance.write_software(parameters.lock, commit, outputs.software)
    provenance.gather_gates(inputs.gates, outputs.gates)
    provenance.gather_curves(inputs.curves, outputs.curves)
    provenance.keep_workflow(parameters.workflow, outputs.workflow)
