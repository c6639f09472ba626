# The comparison: both assays joined on the culture, contrasts inside experiments, findings.
from coculture.comparison import figures as comparison_figures


rule comparison_join:
    input:
        flow=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
        elisa=[rules.elisa_cultures.output.cultures] if STUDY.plates else [],
    output:
        cultures=f"{RESULTS}/cultures.csv",
    log:
        f"{LOGS}/comparison_join.log",
    benchmark:
        f"{BENCHMARKS}/comparison_join.tsv"
    threads: 1
    params:
        cultures=STUDY.culture_rows(),
        population=STUDY.report_population,
        settings=STUDY.comparison_settings(),
        code=CODE["comparison_join"],
        packages=PACKAGES,
    message:
        "Joining apoptosis and concentrations, one row for each culture"
    script:
        "../../scripts/comparison_join.py"


rule comparison_compare:
    input:
        cultures=rules.comparison_join.output.cultures,
        elisa_wells=expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
    output:
        arms=f"{RESULTS}/comparison/arms.csv",
        contrasts=f"{RESULTS}/comparison/contrasts.csv",
        contrast_values=f"{RESULTS}/comparison/contrast_values.csv",
        findings=f"{RESULTS}/comparison/findings.csv",
        finding_tests=f"{RESULTS}/comparison/finding_tests.csv",
        combination=f"{RESULTS}/comparison/combination.csv",
        flags=f"{RESULTS}/comparison/flags.csv",
    log:
        f"{LOGS}/comparison_compare.log",
    benchmark:
        f"{BENCHMARKS}/comparison_compare.tsv"
    threads: 1
    params:
        settings=STUDY.comparison_settings(),
        code=CODE["comparison_compare"],
        packages=PACKAGES,
    message:
        "Comparing the arms inside each experiment and testing the findings"
    script:
        "../../scripts/comparison_compare.py"


rule comparison_figures:
    input:
        cultures=rules.comparison_join.output.cultures,
        tables=rules.comparison_compare.output,
        wells=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
    output:
        figures=expand(
            f"{RESULTS}/figures/comparison/{{figure}}{{ending}}",
            figure=comparison_figures.names(STUDY.endpoints),
            ending=[".svg", ".png", ".csv", ".json"],
        ),
    log:
        f"{LOGS}/comparison_figures.log",
    benchmark:
        f"{BENCHMARKS}/comparison_figures.tsv"
    threads: 1
    params:
        settings=STUDY.comparison_settings(),
        endpoints=STUDY.endpoints,
        simulated=STUDY.config["simulated"],
        code=CODE["comparison_figures"],
        packages=PACKAGES,
    message:
        "Drawing the findings and all arms"
    script:
        "../../scripts/comparison_figures.py"
