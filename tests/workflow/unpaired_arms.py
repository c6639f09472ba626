"""A study whose arms share no experiment: stroma of healthy donors and of patients, one a day.

IL-8 of the supernatant by ELISA, on one plate, with and without a drug. The wells are read by the
plate reader of `coculture.simulate`.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from coculture.simulate import Mishaps, PlateReader, files, plates

HEALTHY = {"H1": 620.0, "H2": 480.0, "H3": 710.0, "H4": 550.0}
PATIENT = {"P1": 1900.0, "P2": 1250.0, "P3": 2300.0, "P4": 1600.0, "P5": 1450.0}
"""Experiment -> pg/mL of IL-8 without the drug."""
OF_DRUG = 0.55
"""What is left of IL-8 with the drug."""
WELLS, DILUTION = 2, 10
CONFIG = """\
study: stroma
title: IL-8 of INA-6 cells on stroma of healthy donors and of patients
tables: {cultures: cultures.csv, elisa: elisa.csv}
factors: [{name: RUX, column: rux_uM, unit: µM}]
cells: {reference: INA-6}
elisa: {wavelength_nm: 450, reference_wavelength_nm: 570}
comparison:
  analytes: [IL-8]
  findings:
    - id: "1"
      kind: higher
      endpoint: IL-8
      statement: Patients' stroma makes more IL-8 than healthy donors' stroma
      arm: {cells: INA-6, stroma: patient MSC}
      compared_with: [{cells: INA-6, stroma: healthy MSC}]
    - id: "2"
      kind: lower
      endpoint: IL-8
      statement: Ruxolitinib lowers IL-8 on patients' stroma
      arm: {cells: INA-6, stroma: patient MSC, rux_uM: 1}
      compared_with: [{cells: INA-6, stroma: patient MSC}]
"""


def write(folder: Path) -> Path:
    """Write the study into a new folder. Returns its config."""
    rng = np.random.default_rng(8)
    cultures, true = _cultures(rng)
    reader = PlateReader()
    wells = _layout(cultures, reader)
    readings = plates.read(wells, true, reader, Mishaps(), rng)
    folder.mkdir(parents=True)
    cultures.to_csv(folder / "cultures.csv", index=False)
    wells.to_csv(folder / "elisa.csv", index=False)
    files.write_softmax(folder / "IL8.txt", "IL8", readings)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "config.yaml"


def _cultures(rng: np.random.Generator) -> tuple[pd.DataFrame, "pd.Series[float]"]:
    """The rows of cultures.csv, and the pg/mL of each culture."""
    rows, true = [], {}
    for stroma, experiments in (("healthy MSC", HEALTHY), ("patient MSC", PATIENT)):
        for experiment, level in experiments.items():
            for dose, left in ((0, 1.0), (1, OF_DRUG)):
                in_arm = level * left * np.exp(rng.normal(0, 0.1))
                for well in range(1, WELLS + 1):
                    name = f"{experiment}-{dose}-{well}"
                    rows.append((name, experiment, "INA-6", stroma, 48, well, dose))
                    true[name] = in_arm * np.exp(rng.normal(0, 0.05))
    columns = ["culture", "experiment", "cells", "stroma", "hours", "replicate", "rux_uM"]
    return pd.DataFrame(rows, columns=columns), pd.Series(true)


def _layout(cultures: pd.DataFrame, reader: PlateReader) -> pd.DataFrame:
    """The rows of elisa.csv: standards and controls in duplicate, each culture in one well."""
    known = [("standard", level) for level in reader.standards_pg_ml * reader.replicates]
    known += [("control", level) for level in reader.controls_pg_ml * reader.replicates]
    fixed = pd.DataFrame(known, columns=["role", "concentration_pg_ml"])
    samples = pd.DataFrame({"culture": cultures["culture"], "role": "sample"})
    samples["dilution"] = DILUTION
    wells = pd.concat([fixed.assign(culture="", dilution=1), samples], ignore_index=True)
    wells.insert(0, "well", plates.WELLS[: len(wells)])
    return wells.assign(plate="IL8", file="IL8.txt", analyte="IL-8")
