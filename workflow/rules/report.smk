# The report: the flags of all stages in one table, the page, the workbook, and the meaning of every
# column of every table.
from coculture.report import figure_tables, template_files
from coculture.study.files import usable


rule report_flags:
    input:
        # In the order in which they are listed.
        flow=expand(rules.flow_gate.output.flags, experiment=STUDY.experiments),
        drift=[rules.flow_drift.output.flags] if STUDY.control_paths() else [],
        plates=expand(rules.elisa_quantify.output.flags, plate=STUDY.plates),
        elisa_cultures=[rules.elisa_cultures.output.flags] if STUDY.plates else [],
        comparison=[rules.comparison_compare.output.flags],
    output:
        flags=f"{RESULTS}/flags.csv",
    log:
        f"{LOGS}/report_flags.log",
    benchmark:
        f"{BENCHMARKS}/report_flags.tsv"
    threads: 1
    params:
        code=CODE["report_flags"],
        packages=PACKAGES,
    message:
        "Gathering the flags of all stages"
    script:
        "../../scripts/report_flags.py"


TABLES = {
    "study/files.csv": [rules.study_record.output.files],
    "study/excluded.csv": [rules.study_record.output.excluded],
    "flow/wells.csv": expand(
        rules.flow_gate.output.wells, experiment=STUDY.experiments
    ),
    "flow/spillover.csv": expand(
        rules.flow_gate.output.spillover, experiment=STUDY.experiments
    ),
    "flow/drift.csv": [rules.flow_drift.output.drift] if STUDY.control_paths() else [],
    "elisa/wells.csv": expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
    "elisa/cultures.csv": (
        [rules.elisa_cultures.output.cultures] if STUDY.plates else []
    ),
    "cultures.csv": [rules.comparison_join.output.cultures],
    "flags.csv": [rules.report_flags.output.flags],
    "comparison/arms.csv": [rules.comparison_compare.output.arms],
    "comparison/contrasts.csv": [rules.comparison_compare.output.contrasts],
    "comparison/contrast_values.csv": [rules.comparison_compare.output.contrast_values],
    "comparison/findings.csv": [rules.comparison_compare.output.findings],
    "comparison/finding_tests.csv": [rules.comparison_compare.output.finding_tests],
    "comparison/combination.csv": [rules.comparison_compare.output.combination],
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
# All tables that are written: those of the results, and those of the rows that figures show.
WRITTEN = TABLES | figure_tables(f"{RESULTS}/figures", FIGURES)


rule report_columns:
    input:
        sum(WRITTEN.values(), []),
    output:
        columns=f"{RESULTS}/columns.csv",
    log:
        f"{LOGS}/report_columns.log",
    benchmark:
        f"{BENCHMARKS}/report_columns.tsv"
    threads: 1
    params:
        tables=WRITTEN,
        code=CODE["report_columns"],
        packages=PACKAGES,
    message:
        "Writing the meaning of every column of every table"
    script:
        "../../scripts/report_columns.py"


TEMPLATE = [usable(path) for path in template_files()]
READ = TABLES | {"columns.csv": [str(rules.report_columns.output.columns)]}


rule report_page:
    input:
        tables=sum(READ.values(), []),
        config=rules.study_record.output.config,
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
        figures=FIGURES,
        software=rules.provenance_software.output.software,
        template=TEMPLATE,
    output:
        page=f"{RESULTS}/report.html",
    log:
        f"{LOGS}/report_page.log",
    benchmark:
        f"{BENCHMARKS}/report_page.tsv"
    threads: 1
    params:
        tables=READ,
        code=CODE["report_page"],
        packages=PACKAGES,
    message:
        "Writing the report"
    script:
        "../../scripts/report_page.py"


rule report_spreadsheet:
    input:
        tables=sum(READ.values(), []),
        config=rules.study_record.output.config,
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
    output:
        workbook=f"{RESULTS}/report.xlsx",
    log:
        f"{LOGS}/report_spreadsheet.log",
    benchmark:
        f"{BENCHMARKS}/report_spreadsheet.tsv"
    threads: 1
    params:
        tables=READ,
        code=CODE["report_spreadsheet"],
        packages=PACKAGES,
    message:
        "Writing every table into one workbook"
    script:
        "../../scripts/report_spreadsheet.py"
