# The flags of all stages in one table.
FLAGS = STEPS.step(
    "report_flags",
    after=[
        RECORD,
        *GATE.values(),
        *DRIFTS,
        *QUANTIFY.values(),
        *COMBINED,
        COMPARE,
    ],
)


rule report_flags:
    input:
        lambda _: again(FLAGS),
        # In the order in which they are listed.
        study=[rules.study_record.output.flags],
        flow=expand(rules.flow_gate.output.flags, experiment=STUDY.experiments),
        drift=[rules.flow_drift.output.flags] if FCS_FILES else [],
        plates=expand(rules.elisa_quantify.output.flags, plate=STUDY.plates),
        elisa_cultures=[rules.elisa_cultures.output.flags] if STUDY.plates else [],
        comparison=[rules.comparison_compare.output.flags],
    output:
        flags=shown(f"{RESULTS}/flags.csv", "flags", "Tables"),
    log:
        f"{LOGS}/report_flags.log",
    threads: 1
    message:
        "Gathering the flags of all stages"
    run:
        WORKERS.run(FLAGS, input, output, log)
