# The gate page: every well with its gates, which can be moved and saved.
from coculture import gate_page
from coculture.exchange.records import read_yaml
from coculture.study import gates_file

WELLS = {
    experiment: sum(file["role"] == "sample" and not file["exclude"] for file in found)
    for experiment, found in FCS_FILES.items()
}
GATE_PAGE = STEPS.step(
    "gate_page_write",
    after=[RECORD, *GATE.values(), JOIN, COMPARE],
    template=fingerprint.of_folder(PACKAGE / "gate_page/template"),
    wells=WELLS,
    file_name=(STUDY.gates_file or gates_file.beside(STUDY.path)).name,
    file=read_yaml(STUDY.gates_file) if STUDY.gates_file else {},
)
GATE_PAGES = [GATE_PAGE] if FCS_FILES else []


rule gate_page_write:
    input:
        lambda _: again(GATE_PAGE),
        config=rules.study_record.output.config,
        plots=expand(rules.flow_gate.output.plots, experiment=STUDY.experiments),
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        cultures=rules.comparison_join.output.cultures,
        findings=rules.comparison_compare.output.findings,
    output:
        pages=[f"{RESULTS}/{name}" for name in gate_page.page_names(WELLS)],
    log:
        f"{LOGS}/gate_page_write.log",
    threads: 1
    message:
        "Writing the page on which gates are seen and moved"
    run:
        WORKERS.run(GATE_PAGE, input, output, log)
