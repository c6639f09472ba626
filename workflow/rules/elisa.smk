# ELISA: the scatter of wells over all plates, then a job for each plate, then the cultures.
from coculture.elisa import figures as elisa_figure_list

# Looked up before the rules for the reason that flow.smk gives.
EXPORTS = {
    plate: sorted({*STUDY.plate_exports(plate), *STUDY.source_exports(plate)})
    for plate in STUDY.plates
}
VARIANCE = STEPS.step(
    "elisa_variance",
    wells=STUDY.elisa_wells(),
    settings=STUDY.config["elisa"],
)
QUANTIFY = {
    plate: STEPS.step(
        "elisa_quantify",
        plate,
        after=[VARIANCE],
        wells=STUDY.elisa_wells(plate),
        source=STUDY.source_wells(plate),
        settings=STUDY.config["elisa"],
    )
    for plate in STUDY.plates
}
FIGURES_OF_PLATES = elisa_figure_list.plate_figures(STUDY.elisa_roles)
FIGURES_OF_ALL_PLATES = elisa_figure_list.study_figures(STUDY.elisa_roles)
PLATE_FIGURES = {
    plate: STEPS.step(
        "elisa_plate_figures",
        plate,
        after=[QUANTIFY[plate]],
        figures=FIGURES_OF_PLATES,
        simulated=STUDY.config["simulated"],
    )
    for plate in STUDY.plates
}
ELISA_CULTURES = STEPS.step(
    "elisa_cultures",
    after=[VARIANCE, *QUANTIFY.values()],
    settings=STUDY.config["elisa"],
    figures=FIGURES_OF_ALL_PLATES,
    simulated=STUDY.config["simulated"],
)
# What the stages after this one read, if the study has plates.
COMBINED = [ELISA_CULTURES] if STUDY.plates else []


rule elisa_variance:
    input:
        lambda _: again(VARIANCE),
        exports=ancient(STUDY.plate_exports()),
    output:
        variance=f"{RESULTS}/elisa/variance_function.json",
    log:
        f"{LOGS}/elisa_variance.log",
    threads: 1
    message:
        "All plates: estimating the scatter of replicate wells"
    run:
        WORKERS.run(VARIANCE, input, output, log)


rule elisa_quantify:
    input:
        lambda wildcards: again(QUANTIFY[wildcards.plate]),
        export=ancient(lambda wildcards: EXPORTS[wildcards.plate]),
        variance=rules.elisa_variance.output.variance,
    output:
        wells=f"{RESULTS}/elisa/{{plate}}/wells.csv",
        curve=f"{RESULTS}/elisa/{{plate}}/curve.json",
        flags=f"{RESULTS}/elisa/{{plate}}/flags.csv",
    log:
        f"{LOGS}/elisa_quantify/{{plate}}.log",
    threads: 1
    message:
        "Plate {wildcards.plate}: standard curve and concentrations"
    run:
        WORKERS.run(QUANTIFY[wildcards.plate], input, output, log)


rule elisa_plate_figures:
    input:
        lambda wildcards: again(PLATE_FIGURES[wildcards.plate]),
        wells=rules.elisa_quantify.output.wells,
        curve=rules.elisa_quantify.output.curve,
        flags=rules.elisa_quantify.output.flags,
    output:
        **{
            name: shown_figure(
                multiext(
                    f"{RESULTS}/figures/elisa/{{plate}}/{name}",
                    ".svg",
                    ".png",
                    ".csv",
                    ".json",
                ),
                "plate_figure",
                "ELISA",
                plate="{plate}",
            )
            for name in FIGURES_OF_PLATES
        },
    log:
        f"{LOGS}/elisa_plate_figures/{{plate}}.log",
    threads: 1
    message:
        "Plate {wildcards.plate}: drawing its curve and wells"
    run:
        WORKERS.run(PLATE_FIGURES[wildcards.plate], input, output, log)


rule elisa_cultures:
    input:
        lambda _: again(ELISA_CULTURES),
        wells=expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
        curves=expand(rules.elisa_quantify.output.curve, plate=STUDY.plates),
        flags=expand(rules.elisa_quantify.output.flags, plate=STUDY.plates),
        variance=rules.elisa_variance.output.variance,
    output:
        cultures=f"{RESULTS}/elisa/cultures.csv",
        factors=f"{RESULTS}/elisa/plate_factors.csv",
        alternatives=f"{RESULTS}/elisa/alternatives.csv",
        flags=f"{RESULTS}/elisa/flags.csv",
        recovery=[
            f"{RESULTS}/figures/elisa/{name}{ending}"
            for name in FIGURES_OF_ALL_PLATES
            for ending in (".svg", ".png", ".csv", ".json")
        ],
    log:
        f"{LOGS}/elisa_cultures.log",
    threads: 1
    message:
        "All plates: the concentration of each culture, and the recovery of the standards"
    run:
        WORKERS.run(ELISA_CULTURES, input, output, log)
