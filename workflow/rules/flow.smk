# Flow cytometry: compensate, gate and count the files of each experiment, then draw its figures.
from coculture.flow import FlowSettings, figures as flow_figure_list
from coculture.running import side_by_side

# Read here and not in input functions: Snakemake would take an error there for a missing file and
# report old results as up to date.
FCS_FILES = {
    experiment: STUDY.fcs_files(experiment) for experiment in STUDY.experiments
}
FCS_PATHS = {
    experiment: [file["path"] for file in found]
    for experiment, found in FCS_FILES.items()
}
GATE = {
    experiment: STEPS.step(
        "flow_gate",
        experiment,
        files=found,
        settings=STUDY.flow_settings(experiment),
        spillover=STUDY.spillover_rows(),
    )
    for experiment, found in FCS_FILES.items()
}
FIGURES_OF_FLOW = flow_figure_list.names(
    FlowSettings.from_config(STUDY.flow_settings())
)
GATE_FIGURES = {
    experiment: STEPS.step(
        "flow_figures",
        experiment,
        after=[GATE[experiment]],
        files=found,
        settings=STUDY.flow_settings(experiment),
        simulated=STUDY.config["simulated"],
    )
    for experiment, found in FCS_FILES.items()
}
DRIFT = STEPS.step(
    "flow_drift",
    after=GATE.values(),
    files=STUDY.control_files(),
    samples=[
        file
        for found in FCS_FILES.values()
        for file in found
        if file["role"] == "sample"
    ],
    every_file={experiment: FCS_FILES[experiment] for experiment in STUDY.experiments},
    study=STUDY.name,
    reagents=STUDY.config["flow"]["reagents"],
    settings=STUDY.flow_settings(),
    spillover=STUDY.spillover_rows(),
)
DRIFTS = [DRIFT] if FCS_FILES else []


# Of each experiment; Snakemake takes no more than the run has.
PROCESSES = {
    experiment: side_by_side.processes(len(found))
    for experiment, found in FCS_FILES.items()
}


# The figures and the drift read the FCS files, too. They are inputs of this rule alone: each of 10,000
# that is the input of a rule adds 0.2 ms to a run with nothing to do.
rule flow_gate:
    input:
        lambda wildcards: again(GATE[wildcards.experiment]),
        fcs=ancient(lambda wildcards: FCS_PATHS[wildcards.experiment]),
        spillover=ancient(STUDY.spillover_files()),
    output:
        wells=f"{RESULTS}/flow/{{experiment}}/wells.csv",
        gates=f"{RESULTS}/flow/{{experiment}}/gates.yaml",
        gating_ml=f"{RESULTS}/flow/{{experiment}}/gates.xml",
        spillover=f"{RESULTS}/flow/{{experiment}}/spillover.csv",
        alternatives=f"{RESULTS}/flow/{{experiment}}/alternatives.csv",
        flags=f"{RESULTS}/flow/{{experiment}}/flags.csv",
        plots=f"{RESULTS}/flow/{{experiment}}/gate_plots.json",
    log:
        f"{LOGS}/flow_gate/{{experiment}}.log",
    threads: lambda wildcards: PROCESSES[wildcards.experiment]
    message:
        "Experiment {wildcards.experiment}: compensating, gating and counting its FCS files"
    run:
        WORKERS.run(GATE[wildcards.experiment], input, output, log, threads)


rule flow_figures:
    input:
        lambda wildcards: again(GATE_FIGURES[wildcards.experiment]),
        wells=rules.flow_gate.output.wells,
        gates=rules.flow_gate.output.gates,
        spillover=rules.flow_gate.output.spillover,
    output:
        **{
            name: shown_figure(
                multiext(
                    f"{RESULTS}/figures/flow/{{experiment}}/{name}",
                    ".svg",
                    ".png",
                    ".csv",
                    ".json",
                ),
                "gating_figure",
                "Flow cytometry",
                experiment="{experiment}",
            )
            for name in FIGURES_OF_FLOW
        },
    log:
        f"{LOGS}/flow_figures/{{experiment}}.log",
    threads: 1
    message:
        "Experiment {wildcards.experiment}: drawing its gates, controls and samples"
    run:
        WORKERS.run(GATE_FIGURES[wildcards.experiment], input, output, log)


rule flow_drift:
    input:
        lambda _: again(DRIFT),
        wells=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
        gates=expand(rules.flow_gate.output.gates, experiment=STUDY.experiments),
        spillover=ancient(STUDY.spillover_files()),
    output:
        drift=f"{RESULTS}/flow/drift.csv",
        sheet=f"{RESULTS}/flow/miflowcyt.md",
        flags=f"{RESULTS}/flow/drift_flags.csv",
    log:
        f"{LOGS}/flow_drift.log",
    threads: 1
    message:
        "All experiments: comparing beads, controls, stained cells and cell counts between them"
    run:
        WORKERS.run(DRIFT, input, output, log)
