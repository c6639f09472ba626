# The clinical table: values on study and at six months.
from coculture.clinical import figures as clinical_figures

CLINICAL = STEPS.step(
    "clinical_table",
    rows=STUDY.clinical_rows(),
    simulated=STUDY.config["simulated"],
)


rule clinical_table:
    input:
        lambda _: again(CLINICAL),
    output:
        changes=f"{RESULTS}/clinical/changes.csv",
        summary=f"{RESULTS}/clinical/summary.csv",
        correlations=f"{RESULTS}/clinical/correlations.csv",
        figure=shown_figure(
            expand(
                f"{RESULTS}/figures/clinical/{{figure}}{{ending}}",
                figure=clinical_figures.NAMES,
                ending=[".svg", ".png", ".csv", ".json"],
            ),
            "clinical_figure",
            "Clinical table",
        ),
    log:
        f"{LOGS}/clinical_table.log",
    threads: 1
    message:
        "Clinical table: changes from on study to six months"
    run:
        WORKERS.run(CLINICAL, input, output, log)
