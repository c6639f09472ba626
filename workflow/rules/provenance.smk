# Where the results come from: software, checksums, the run, and all of it as an RO-Crate.
from pathlib import Path

from coculture.study.files import usable

# Every result whose bytes a rerun repeats.
REPEATED = [
    str(path)
    for path in [
        *rules.report_page.input,
        *rules.report_page.output,
        *rules.report_spreadsheet.output,
        *rules.report_columns.output,
        *rules.study_record.output,
    ]
    if str(path).startswith(f"{RESULTS}/")
]


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


rule provenance_checksums:
    input:
        sorted({*REPEATED, *rules.provenance_software.output}),
    output:
        checksums=f"{RESULTS}/checksums.txt",
    log:
        f"{LOGS}/provenance_checksums.log",
    benchmark:
        f"{BENCHMARKS}/provenance_checksums.tsv"
    threads: 1
    params:
        code=CODE["provenance_checksums"],
        packages=PACKAGES,
    message:
        "Writing the checksum of every result"
    script:
        "../../scripts/provenance_checksums.py"


rule provenance_run:
    input:
        checksums=rules.provenance_checksums.output.checksums,
        software=rules.provenance_software.output.software,
        raw_files=rules.study_record.output.files,
    output:
        run=f"{RESULTS}/provenance/run.json",
        crate=f"{RESULTS}/ro-crate-metadata.json",
    log:
        f"{LOGS}/provenance_run.log",
    benchmark:
        f"{BENCHMARKS}/provenance_run.tsv"
    threads: 1
    params:
        study=STUDY.name,
        title=STUDY.config["title"],
        running=RUNNING,
        code=CODE["provenance_run"],
        packages=PACKAGES,
    message:
        "Writing down the run: when, where, by whom"
    script:
        "../../scripts/provenance_run.py"
