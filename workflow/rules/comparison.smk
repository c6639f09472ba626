# The comparison: both assays joined on the culture, contrasts inside experiments, findings.


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
        "Joining apoptosis and concentrations, one row a culture"
    script:
        "../../scripts/comparison_join.py"


rule comparison_compare:
    input:
        cultures=rules.comparison_join.output.cultures,
    output:
        arms=f"{RESULTS}/comparison/arms.csv",
        contrasts=f"{RESULTS}/comparison/contrasts.csv",
        findings=f"{RESULTS}/comparison/findings.csv",
        finding_tests=f"{RESULTS}/comparison/finding_tests.csv",
        combination=f"{RESULTS}/comparison/combination.csv",
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
        findings=multiext(
            f"{RESULTS}/figures/comparison/findings", ".svg", ".png", ".csv", ".json"
        ),
        # Of each endpoint the arms by both analyses, and the interactions.
        each=expand(
            f"{RESULTS}/figures/comparison/{{kind}}{{ending}}",
            kind=[
                kind
                for name in STUDY.endpoints.values()
                for kind in (
                    f"arms_{name}",
                    f"arms_{name}_pooled_error",
                    f"interaction_{name}",
                )
            ],
            ending=[".svg", ".png", ".csv", ".json"],
        ),
        combination=multiext(
            f"{RESULTS}/figures/comparison/combination", ".svg", ".png", ".csv", ".json"
        ),
        plates=multiext(f"{RESULTS}/figures/comparison/plates", ".svg", ".png", ".csv", ".json"),
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
        "Drawing the findings and every arm"
    script:
        "../../scripts/comparison_figures.py"
