# ELISA: the scatter of wells over all plates, then a job for each plate, then the cultures.
from coculture.elisa import figures as elisa_figure_list

# Looked up before the rules for the reason that flow.smk gives.
WELLS = {plate: STUDY.elisa_wells(plate) for plate in STUDY.plates}
EXPORTS = {plate: STUDY.plate_exports(plate) for plate in STUDY.plates}


rule elisa_variance:
    input:
        exports=STUDY.plate_exports(),
    output:
        variance=f"{RESULTS}/elisa/variance_function.json",
    log:
        f"{LOGS}/elisa_variance.log",
    benchmark:
        f"{BENCHMARKS}/elisa_variance.tsv"
    threads: 1
    params:
        wells=STUDY.elisa_wells(),
        settings=STUDY.config["elisa"],
        code=CODE["elisa_variance"],
        packages=PACKAGES,
    message:
        "All plates: estimating the scatter of replicate wells"
    script:
        "../../scripts/elisa_variance.py"


rule elisa_quantify:
    input:
        export=lambda wildcards: EXPORTS[wildcards.plate],
        variance=rules.elisa_variance.output.variance,
    output:
        wells=f"{RESULTS}/elisa/{{plate}}/wells.csv",
        curve=f"{RESULTS}/elisa/{{plate}}/curve.json",
        flags=f"{RESULTS}/elisa/{{plate}}/flags.csv",
    log:
        f"{LOGS}/elisa_quantify/{{plate}}.log",
    benchmark:
        f"{BENCHMARKS}/elisa_quantify/{{plate}}.tsv"
    threads: 1
    params:
        wells=lambda wildcards: WELLS[wildcards.plate],
        settings=STUDY.config["elisa"],
        code=CODE["elisa_quantify"],
        packages=PACKAGES,
    message:
        "Plate {wildcards.plate}: standard curve and concentrations"
    script:
        "../../scripts/elisa_quantify.py"


rule elisa_plate_figures:
    input:
        wells=rules.elisa_quantify.output.wells,
        curve=rules.elisa_quantify.output.curve,
        flags=rules.elisa_quantify.output.flags,
    output:
        **{
            name: multiext(
                f"{RESULTS}/figures/elisa/{{plate}}/{name}",
                ".svg",
                ".png",
                ".csv",
                ".json",
            )
            for name in elisa_figure_list.PLATE_FIGURES
        },
    log:
        f"{LOGS}/elisa_plate_figures/{{plate}}.log",
    benchmark:
        f"{BENCHMARKS}/elisa_plate_figures/{{plate}}.tsv"
    threads: 1
    params:
        simulated=STUDY.config["simulated"],
        code=CODE["elisa_plate_figures"],
        packages=PACKAGES,
    message:
        "Plate {wildcards.plate}: drawing its curve and wells"
    script:
        "../../scripts/elisa_plate_figures.py"


rule elisa_cultures:
    input:
        wells=expand(rules.elisa_quantify.output.wells, plate=STUDY.plates),
        flags=expand(rules.elisa_quantify.output.flags, plate=STUDY.plates),
    output:
        cultures=f"{RESULTS}/elisa/cultures.csv",
        flags=f"{RESULTS}/elisa/flags.csv",
        recovery=[
            f"{RESULTS}/figures/elisa/{name}{ending}"
            for name in elisa_figure_list.STUDY_FIGURES
            for ending in (".svg", ".png", ".csv", ".json")
        ],
    log:
        f"{LOGS}/elisa_cultures.log",
    benchmark:
        f"{BENCHMARKS}/elisa_cultures.tsv"
    threads: 1
    params:
        settings=STUDY.config["elisa"],
        simulated=STUDY.config["simulated"],
        code=CODE["elisa_cultures"],
        packages=PACKAGES,
    message:
        "All plates: the concentration of each culture, and the recovery of the standards"
    script:
        "../../scripts/elisa_cultures.py"
