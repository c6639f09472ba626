# What differs from earlier results, if the config names some (earlier_results).
# Named results make the page the same in every rerun; what happened to be in the folder would not.
EARLIER = STUDY.earlier_results
NOW = {
    "study/config.yaml": [rules.study_record.output.config],
    "provenance/software.json": [rules.provenance_software.output.software],
    "provenance/gates.yaml": [rules.provenance_software.output.gates],
    "study/files.csv": [rules.study_record.output.files],
    "study/excluded.csv": [rules.study_record.output.excluded],
    "study/values.csv": [rules.study_record.output.values],
    "flow/wells.csv": expand(
        rules.flow_gate.output.wells, experiment=STUDY.experiments
    ),
    "elisa/wells.csv": expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
    "cultures.csv": [rules.comparison_join.output.cultures],
    "flags.csv": [rules.report_flags.output.flags],
    "comparison/findings.csv": [rules.comparison_compare.output.findings],
    "comparison/contrasts.csv": [rules.comparison_compare.output.contrasts],
}
NOW = {name: [str(path) for path in paths] for name, paths in NOW.items() if paths}
DIFFERENCES = STEPS.step(
    "differences_find",
    after=[
        *(RECORD, SOFTWARE, JOIN, COMPARE, FLAGS),
        *(*GATE.values(), *QUANTIFY.values()),
    ],
    now=NOW,
    folder=EARLIER.folder if EARLIER else "",
    earlier=EARLIER.name if EARLIER else "",
    digest=EARLIER.digest() if EARLIER else "",
)


rule differences_find:
    input:
        lambda _: again(DIFFERENCES),
        results=sum(NOW.values(), []),
    output:
        differences=f"{RESULTS}/differences.csv",
        words=f"{RESULTS}/differences.json",
    log:
        f"{LOGS}/differences_find.log",
    threads: 1
    message:
        "Comparing with the earlier results that the config names"
    run:
        WORKERS.run(DIFFERENCES, input, output, log)
