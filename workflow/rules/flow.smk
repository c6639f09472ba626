# Flow cytometry: compensate, gate and count the files of each experiment, then draw its figures.
from coculture.flow import figures as flow_figure_list

# Read here and not in input functions: Snakemake would take an error there for a missing file and
# report old results as up to date.
FCS_FILES = {
    experiment: STUDY.fcs_files(experiment) for experiment in STUDY.experiments
}
FCS_PATHS = {
    experiment: [file["path"] for file in found]
    for experiment, found in FCS_FILES.items()
}


rule flow_gate:
    input:
        fcs=lambda wildcards: FCS_PATHS[wildcards.experiment],
        spillover=STUDY.spillover_files(),
    output:
        wells=f"{RESULTS}/flow/{{experiment}}/wells.csv",
        gates=f"{RESULTS}/flow/{{experiment}}/gates.yaml",
        spillover=f"{RESULTS}/flow/{{experiment}}/spillover.csv",
        flags=f"{RESULTS}/flow/{{experiment}}/flags.csv",
    log:
        f"{LOGS}/flow_gate/{{experiment}}.log",
    benchmark:
        f"{BENCHMARKS}/flow_gate/{{experiment}}.tsv"
    threads: 1
    params:
        files=lambda wildcards: FCS_FILES[wildcards.experiment],
        settings=STUDY.flow_settings(),
        code=CODE["flow_gate"],
        packages=PACKAGES,
    message:
        "Experiment {wildcards.experiment}: compensating, gating and counting its FCS files"
    script:
        "../../scripts/flow_gate.py"


rule flow_figures:
    input:
        fcs=lambda wildcards: FCS_PATHS[wildcards.experiment],
        wells=rules.flow_gate.output.wells,
        gates=rules.flow_gate.output.gates,
        spillover=rules.flow_gate.output.spillover,
    output:
        **{
            name: multiext(
                f"{RESULTS}/figures/flow/{{experiment}}/{name}",
                ".svg",
                ".png",
                ".csv",
                ".json",
            )
            for name in flow_figure_list.NAMES
        },
    log:
        f"{LOGS}/flow_figures/{{experiment}}.log",
    benchmark:
        f"{BENCHMARKS}/flow_figures/{{experiment}}.tsv"
    threads: 1
    params:
        files=lambda wildcards: FCS_FILES[wildcards.experiment],
        settings=STUDY.flow_settings(),
        simulated=STUDY.config["simulated"],
        code=CODE["flow_figures"],
        packages=PACKAGES,
    message:
        "Experiment {wildcards.experiment}: drawing its gates, controls and samples"
    script:
        "../../scripts/flow_figures.py"


rule flow_drift:
    input:
        fcs=STUDY.control_paths(),
    output:
        drift=f"{RESULTS}/flow/drift.csv",
        flags=f"{RESULTS}/flow/drift_flags.csv",
    log:
        f"{LOGS}/flow_drift.log",
    benchmark:
        f"{BENCHMARKS}/flow_drift.tsv"
    threads: 1
    params:
        files=STUDY.control_files(),
        settings=STUDY.flow_settings(),
        code=CODE["flow_drift"],
        packages=PACKAGES,
    message:
        "All experiments: comparing beads and controls between them"
    script:
        "../../scripts/flow_drift.py"
