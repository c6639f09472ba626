# Where the results come from: checksums, the run, and all of it as an RO-Crate.
# Every result that is the same in every run.
REPEATED = [
    str(path)
    for path in [
        *rules.report_page.input,
        *rules.report_page.output,
        *(rules.gate_page_write.output if FCS_FILES else []),
        *rules.report_spreadsheet.output,
        *rules.report_columns.output,
        *rules.study_record.output,
        *expand(rules.flow_gate.output.gating_ml, experiment=STUDY.experiments),
        *([rules.flow_drift.output.sheet] if FCS_FILES else []),
    ]
    if str(path).startswith(f"{RESULTS}/")
]
REPEATED = sorted({*REPEATED, *map(str, rules.provenance_software.output)})
CHECKSUMS = STEPS.step(
    "provenance_checksums",
    after=[
        RECORD,
        SOFTWARE,
        PAGE,
        *GATE_PAGES,
        SPREADSHEET,
        COLUMNS,
        *GATE.values(),
        *DRIFTS,
    ],
)
RUN = STEPS.step(
    "provenance_run",
    after=[CHECKSUMS],
    study=STUDY.name,
    title=STUDY.config["title"],
    running=RUNNING,
)
EVERY_STEP = [
    *SHOWN,
    *([VARIANCE] if STUDY.plates else []),
    *GATE_PAGES,
    *[COLUMNS, SOFTWARE, PAGE, SPREADSHEET, CHECKSUMS, RUN],
]


rule provenance_checksums:
    input:
        lambda _: again(CHECKSUMS),
        results=REPEATED,
    output:
        checksums=f"{RESULTS}/checksums.txt",
    log:
        f"{LOGS}/provenance_checksums.log",
    threads: 1
    message:
        "Writing the checksum of every result"
    run:
        WORKERS.run(CHECKSUMS, input, output, log)


rule provenance_run:
    input:
        lambda _: again(RUN),
        checksums=rules.provenance_checksums.output.checksums,
        software=rules.provenance_software.output.software,
        raw_files=rules.study_record.output.files,
    output:
        run=f"{RESULTS}/provenance/run.json",
        crate=f"{RESULTS}/ro-crate-metadata.json",
    log:
        f"{LOGS}/provenance_run.log",
    threads: 1
    message:
        "Recording the run: when, where, by whom"
    run:
        WORKERS.run(RUN, input, output, log)
