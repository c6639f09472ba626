# Which software made the results, and every gate and curve in one file each.
from pathlib import Path

from coculture.study.files import usable

SOFTWARE = STEPS.step(
    "provenance_software",
    after=[RECORD, *GATE.values(), *QUANTIFY.values(), COMPARE, CLINICAL],
    # The commit is noted again when any code has changed.
    code=STEPS.code,
    template=TEMPLATE,
    lock=usable(Path(LOCK)),
    workflow=usable(Path(BASE, "Snakefile")),
    workflow_content=fingerprint.of_file(f"{BASE}/Snakefile"),
    running=RUNNING,
)


rule provenance_software:
    input:
        lambda _: again(SOFTWARE),
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
    output:
        software=f"{RESULTS}/provenance/software.json",
        gates=f"{RESULTS}/provenance/gates.yaml",
        curves=f"{RESULTS}/provenance/curves.json",
        workflow=f"{RESULTS}/provenance/Snakefile",
    log:
        f"{LOGS}/provenance_software.log",
    threads: 1
    message:
        "Writing down the software, every gate and every curve"
    run:
        WORKERS.run(SOFTWARE, input, output, log)
