# The report: the page, the workbook, and the meaning of every column of every table.
from coculture.report import parts
from coculture.exchange import result_tables

TABLES = {
    "study/files.csv": [rules.study_record.output.files],
    "study/excluded.csv": [rules.study_record.output.excluded],
    "study/values.csv": [rules.study_record.output.values],
    "flow/wells.csv": expand(
        rules.flow_gate.output.wells, experiment=STUDY.experiments
    ),
    "flow/alternatives.csv": expand(
        rules.flow_gate.output.alternatives, experiment=STUDY.experiments
    ),
    "flow/spillover.csv": expand(
        rules.flow_gate.output.spillover, experiment=STUDY.experiments
    ),
    "flow/drift.csv": ([rules.flow_drift.output.drift] if FCS_FILES else []),
    "elisa/wells.csv": expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
    "elisa/cultures.csv": (
        [rules.elisa_cultures.output.cultures] if STUDY.plates else []
    ),
    "elisa/plate_factors.csv": (
        [rules.elisa_cultures.output.factors] if STUDY.plates else []
    ),
    "elisa/alternatives.csv": (
        [rules.elisa_cultures.output.alternatives] if STUDY.plates else []
    ),
    "cultures.csv": [rules.comparison_join.output.cultures],
    "flags.csv": [rules.report_flags.output.flags],
    "differences.csv": [rules.differences_find.output.differences] if EARLIER else [],
    "comparison/endpoints.csv": [rules.comparison_compare.output.endpoints],
    "comparison/arms.csv": [rules.comparison_compare.output.arms],
    "comparison/contrasts.csv": [rules.comparison_compare.output.contrasts],
    "comparison/contrast_values.csv": [rules.comparison_compare.output.contrast_values],
    "comparison/findings.csv": [rules.comparison_compare.output.findings],
    "comparison/finding_tests.csv": [rules.comparison_compare.output.finding_tests],
    "comparison/combination.csv": [rules.comparison_compare.output.combination],
    "comparison/robustness.csv": [rules.comparison_compare.output.robustness],
    "comparison/dose_curves.csv": [rules.comparison_compare.output.dose_curves],
    "comparison/dose_summary.csv": [rules.comparison_compare.output.dose_summary],
    "comparison/dose_pairs.csv": [rules.comparison_compare.output.dose_pairs],
    "comparison/synergy.csv": [rules.comparison_compare.output.synergy],
    "clinical/changes.csv": (
        [rules.clinical_table.output.changes] if len(STUDY.clinical) else []
    ),
    "clinical/summary.csv": (
        [rules.clinical_table.output.summary] if len(STUDY.clinical) else []
    ),
    "clinical/correlations.csv": (
        [rules.clinical_table.output.correlations] if len(STUDY.clinical) else []
    ),
}
TABLES = {table: [str(path) for path in paths] for table, paths in TABLES.items()}


FIGURES = [
    *rules.comparison_figures.output,
    *expand(rules.flow_figures.output, experiment=STUDY.experiments),
    *expand(rules.elisa_plate_figures.output, plate=STUDY.plates),
    *(rules.elisa_cultures.output.recovery if STUDY.plates else []),
    *(rules.clinical_table.output.figure if len(STUDY.clinical) else []),
]
FIGURES = [str(path) for path in FIGURES]
# Every step whose tables and figures the report shows.
SHOWN = [
    RECORD,
    *GATE.values(),
    *GATE_FIGURES.values(),
    *DRIFTS,
    *QUANTIFY.values(),
    *PLATE_FIGURES.values(),
    *COMBINED,
    JOIN,
    COMPARE,
    COMPARISON_FIGURES,
    *([CLINICAL] if len(STUDY.clinical) else []),
    FLAGS,
    *([DIFFERENCES] if EARLIER else []),
]
COLUMNS = STEPS.step(
    "report_columns",
    after=SHOWN,
    tables=TABLES,
    definitions=fingerprint.of_table(result_tables.definitions()),
)
# The values under each alternative are many rows; the page and the workbook show what the comparison
# makes of them.
UNREAD = ("flow/alternatives.csv", "elisa/alternatives.csv")
READ = {table: paths for table, paths in TABLES.items() if table not in UNREAD}
READ |= {"columns.csv": [f"{RESULTS}/columns.csv"]}
# A large study has a page for each experiment and plate beside the report.
SAMPLES = {
    experiment: sum(file["role"] == "sample" for file in found)
    for experiment, found in FCS_FILES.items()
}
PARTS = [f"{RESULTS}/{part.path}" for part in parts(SAMPLES, list(STUDY.plates))]
PAGE = STEPS.step(
    "report_page",
    after=[*SHOWN, COLUMNS, SOFTWARE],
    tables=READ,
    template=TEMPLATE,
    # Figures that have not changed are not prepared again.
    kept=f".snakemake/kept/{STUDY.name}/report_page",
    made_by=STEPS.step("report_page").made_from,
    samples=SAMPLES,
    plates=list(STUDY.plates),
)
# What differs from earlier results is not the study's: it is on the page alone.
OF_STUDY = {table: paths for table, paths in READ.items() if table != "differences.csv"}
PRISM = {
    endpoint: f"{RESULTS}/prism/{STUDY.endpoints[endpoint]}.pzfx"
    for endpoint, cultures in STUDY.planned_comparison().measured.items()
    if cultures and endpoint in STUDY.endpoints
}
SPREADSHEET = STEPS.step(
    "report_spreadsheet", after=[*SHOWN, COLUMNS], tables=OF_STUDY, prism=PRISM
)


rule report_columns:
    input:
        lambda _: again(COLUMNS),
        tables=sum(TABLES.values(), []),
        figures=FIGURES,
    output:
        columns=f"{RESULTS}/columns.csv",
    log:
        f"{LOGS}/report_columns.log",
    threads: 1
    message:
        "Writing the meaning of every column of every table"
    run:
        WORKERS.run(COLUMNS, input, output, log)


rule report_page:
    input:
        lambda _: again(PAGE),
        tables=sum(READ.values(), []),
        config=rules.study_record.output.config,
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
        figures=FIGURES,
        software=rules.provenance_software.output.software,
        differences=[rules.differences_find.output.words] if EARLIER else [],
    output:
        page=shown(f"{RESULTS}/report.html", "page", "Page"),
        parts=PARTS,
    log:
        f"{LOGS}/report_page.log",
    threads: 1
    message:
        "Writing the report"
    run:
        WORKERS.run(PAGE, input, output, log)


rule report_spreadsheet:
    input:
        lambda _: again(SPREADSHEET),
        tables=sum(OF_STUDY.values(), []),
        config=rules.study_record.output.config,
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
    output:
        workbook=shown(f"{RESULTS}/report.xlsx", "workbook", "Tables"),
        prism=list(PRISM.values()),
    log:
        f"{LOGS}/report_spreadsheet.log",
    threads: 1
    message:
        "Writing every table into one workbook, and each endpoint for Prism"
    run:
        WORKERS.run(SPREADSHEET, input, output, log)
