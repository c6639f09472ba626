"""Write down the software, every gate and every curve behind the results."""

from typing import Any

from coculture import provenance
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    provenance.write_software(inputs.lock, outputs.software)
    provenance.gather_gates(inputs.gates, outputs.gates)
    provenance.gather_curves(inputs.curves, outputs.curves)
    provenance.keep_workflow(parameters.workflow, outputs.workflow)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
