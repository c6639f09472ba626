# Which software made the results, and every gate and curve in one file each.
from pathlib import Path

from coculture.study.files import usable


rule provenance_software:
    input:
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
        lock=usable(Path(workflow.basedir, "requirements.lock")),
    output:
        software=f"{RESULTS}/provenance/software.json",
        gates=f"{RESULTS}/provenance/gates.yaml",
        curves=f"{RESULTS}/provenance/curves.json",
        workflow=f"{RESULTS}/provenance/Snakefile",
    log:
        f"{LOGS}/provenance_software.log",
    benchmark:
        f"{BENCHMARKS}/provenance_software.tsv"
    threads: 1
    params:
        workflow=usable(Path(workflow.main_snakefile)),
        code=CODE["provenance_software"],
        packages=PACKAGES,
    message:
        "Writing down the software, every gate and every curve"
    script:
        "../../scripts/provenance_software.py"
