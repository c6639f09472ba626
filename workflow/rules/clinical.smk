# The clinical table: values on study and at six months.
from coculture.clinical import figures as clinical_figures


rule clinical_table:
    output:
        changes=f"{RESULTS}/clinical/changes.csv",
        summary=f"{RESULTS}/clinical/summary.csv",
        correlations=f"{RESULTS}/clinical/correlations.csv",
        figure=expand(
            f"{RESULTS}/figures/clinical/{{figure}}{{ending}}",
            figure=clinical_figures.NAMES,
            ending=[".svg", ".png", ".csv", ".json"],
        ),
    log:
        f"{LOGS}/clinical_table.log",
    benchmark:
        f"{BENCHMARKS}/clinical_table.tsv"
    threads: 1
    params:
        rows=STUDY.clinical_rows(),
        simulated=STUDY.config["simulated"],
        code=CODE["clinical_table"],
        packages=PACKAGES,
    message:
        "Clinical table: changes from on study to six months"
    script:
        "../../scripts/clinical_table.py"
