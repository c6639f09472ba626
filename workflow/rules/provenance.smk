# Where the results come from: checksums, the run, and all of it as an RO-Crate.
# Every result that is the same in every run.
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
        "Recording the run: when, where, by whom"
    script:
        "../../scripts/provenance_run.py"
