"""Simulated patients for the clinical table: on study and six months later."""

import numpy as np
import pandas as pd

PATIENTS = 10

ANALYTES = (
    # name, unit, median on study, SD of ln between patients, median ratio, SD of ln ratio, decimals
    ("PCLI", "%", 0.8, 0.8, 0.3, 0.7, 1),
    ("CRP", "mg/L", 4.0, 0.8, 0.4, 0.5, 2),
    ("M-protein", "g/dL", 3.0, 0.2, 0.97, 0.08, 1),
)


def draw(rng: np.random.Generator) -> pd.DataFrame:
    """The columns of clinical.csv: one row a patient x analyte, chosen for a fall in PCLI."""
    rows = []
    for name, unit, median, sd, ratio, sd_ratio, decimals in ANALYTES:
        on_study = np.maximum(
            np.round(median * np.exp(rng.normal(0, sd, PATIENTS)), decimals), 10.0**-decimals
        )
        month_6 = np.round(on_study * ratio * np.exp(rng.normal(0, sd_ratio, PATIENTS)), decimals)
        for patient in range(PATIENTS):
            before, after = float(on_study[patient]), float(month_6[patient])
            rows.append(
                {
                    "patient": f"S{patient + 1:02d}",
                    "analyte": name,
                    "unit": unit,
                    "on_study": before,
                    "month_6": after,
                    "printed_change": round(100 * (after - before) / before),
                    "selected_on": "PCLI",
                }
            )
    return pd.DataFrame(rows).sort_values("patient", kind="stable", ignore_index=True)
