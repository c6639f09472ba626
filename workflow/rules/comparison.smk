# The comparison: both assays joined on the culture, contrasts inside experiments, findings.
from coculture.comparison import figures as comparison_figures

JOIN = STEPS.step(
    "comparison_join",
    after=[*GATE.values(), *COMBINED],
    cultures=STUDY.culture_rows(),
    values=STUDY.value_rows(),
    population=STUDY.report_population,
    settings=STUDY.comparison_settings(),
)
COMPARE = STEPS.step(
    "comparison_compare",
    after=[JOIN, *QUANTIFY.values(), *GATE.values(), *COMBINED],
    values=STUDY.value_rows(),
    population=STUDY.report_population,
    settings=STUDY.comparison_settings(),
    stated=STUDY.stated,
)
FIGURES_OF_COMPARISON = comparison_figures.of_study(
    STUDY.planned_comparison(), STUDY.endpoints
)
DRAWN = {
    "settings": STUDY.comparison_settings(),
    "figures": FIGURES_OF_COMPARISON,
    "style": STUDY.config["figures"]["style"],
    "simulated": STUDY.config["simulated"],
}
COMPARISON_FIGURES = STEPS.step(
    "comparison_figures",
    after=[JOIN, COMPARE, *GATE.values()],
    # Figures that show nothing of what has changed in the steps before are not drawn again.
    kept=f".snakemake/kept/{STUDY.name}/comparison_figures",
    made_by=STEPS.step("comparison_figures", **DRAWN).made_from,
    **DRAWN,
)


rule comparison_join:
    input:
        lambda _: again(JOIN),
        flow=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
        elisa=[rules.elisa_cultures.output.cultures] if STUDY.plates else [],
    output:
        cultures=shown(f"{RESULTS}/cultures.csv", "cultures", "Tables"),
    log:
        f"{LOGS}/comparison_join.log",
    threads: 1
    message:
        "Joining what was measured, one row for each culture"
    run:
        WORKERS.run(JOIN, input, output, log)


rule comparison_compare:
    input:
        lambda _: again(COMPARE),
        cultures=rules.comparison_join.output.cultures,
        elisa_wells=expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
        flow_wells=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
        plate_factors=[rules.elisa_cultures.output.factors] if STUDY.plates else [],
        flow_alternatives=expand(
            rules.flow_gate.output.alternatives, experiment=STUDY.experiments
        ),
        elisa_alternatives=(
            [rules.elisa_cultures.output.alternatives] if STUDY.plates else []
        ),
    output:
        endpoints=f"{RESULTS}/comparison/endpoints.csv",
        arms=f"{RESULTS}/comparison/arms.csv",
        contrasts=shown(f"{RESULTS}/comparison/contrasts.csv", "contrasts", "Tables"),
        contrast_values=f"{RESULTS}/comparison/contrast_values.csv",
        findings=shown(f"{RESULTS}/comparison/findings.csv", "findings", "Findings"),
        finding_tests=f"{RESULTS}/comparison/finding_tests.csv",
        combination=f"{RESULTS}/comparison/combination.csv",
        robustness=shown(
            f"{RESULTS}/comparison/robustness.csv", "robustness", "Findings"
        ),
        dose_curves=f"{RESULTS}/comparison/dose_curves.csv",
        dose_summary=f"{RESULTS}/comparison/dose_summary.csv",
        dose_pairs=f"{RESULTS}/comparison/dose_pairs.csv",
        synergy=f"{RESULTS}/comparison/synergy.csv",
        flags=f"{RESULTS}/comparison/flags.csv",
    log:
        f"{LOGS}/comparison_compare.log",
    threads: 1
    message:
        "Comparing the arms inside each experiment and testing the findings"
    run:
        WORKERS.run(COMPARE, input, output, log)


rule comparison_figures:
    input:
        lambda _: again(COMPARISON_FIGURES),
        cultures=rules.comparison_join.output.cultures,
        tables=rules.comparison_compare.output,
        wells=expand(rules.flow_gate.output.wells, experiment=STUDY.experiments),
    output:
        figures=shown_figure(
            expand(
                f"{RESULTS}/figures/comparison/{{figure}}{{ending}}",
                figure=[one.name for one in FIGURES_OF_COMPARISON],
                ending=[".svg", ".png", ".csv", ".json"],
            ),
            "comparison_figure",
            "Comparison",
        ),
    log:
        f"{LOGS}/comparison_figures.log",
    threads: 1
    message:
        "Drawing the findings and all arms"
    run:
        WORKERS.run(COMPARISON_FIGURES, input, output, log)
