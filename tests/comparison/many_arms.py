"""A study of 27 arms with long names: three lines on three stromas with three treatments.

Three experiments of two wells each, in finished numbers: a percent and a concentration.
"""

from itertools import product
from pathlib import Path

import numpy as np

LINES = ("MM.1S", "RPMI-8226", "U266B1-luciferase")
STROMAS = ("", "HS-5", "patient BMSC MM-1207")
TREATMENTS = ((0, 0), (2, 5), (5, 10))
"""Doses of bortezomib in nM and of tocilizumab in µg/mL."""
EXPERIMENTS = ("E1", "E2", "E3")
WELLS = (1, 2)
CONFIG = """\
study: many-arms
title: Bortezomib and tocilizumab in three lines on three stromas
tables: {cultures: cultures.csv, values: values.csv}
factors:
  - {name: Bortezomib, column: bortezomib_nM, unit: nM}
  - {name: Tocilizumab, column: tocilizumab_ug_ml, unit: µg/mL}
cells: {reference: MM.1S}
comparison:
  findings:
    - id: "1"
      kind: lower
      endpoint: viability
      statement: Bortezomib and tocilizumab together lower the viability of MM.1S cells on HS-5
      arm: {cells: MM.1S, stroma: HS-5, bortezomib_nM: 5, tocilizumab_ug_ml: 10}
      compared_with: [{cells: MM.1S, stroma: HS-5}]
    - id: "2"
      kind: lower
      endpoint: viability
      statement: >-
        The viability of luciferase-transduced U266B1 cells on the stroma of a patient falls with
        bortezomib and tocilizumab at the higher dose, below that without drugs and also below that
        with bortezomib and tocilizumab at the lower dose, in spite of the protection by stroma
      arm:
        cells: U266B1-luciferase
        stroma: patient BMSC MM-1207
        bortezomib_nM: 5
        tocilizumab_ug_ml: 10
      compared_with:
        - {cells: U266B1-luciferase, stroma: patient BMSC MM-1207}
        - cells: U266B1-luciferase
          stroma: patient BMSC MM-1207
          bortezomib_nM: 2
          tocilizumab_ug_ml: 5
    - id: "3"
      kind: higher
      endpoint: IL-6
      statement: There is more IL-6 with patient stroma than without stroma
      arm: {cells: RPMI-8226, stroma: patient BMSC MM-1207}
      compared_with: [{cells: RPMI-8226, stroma: ""}]
"""


def write(folder: Path) -> Path:
    """Write the study into a new folder. Returns its config."""
    chance = np.random.default_rng(19)
    cultures = ["culture,experiment,cells,stroma,hours,replicate,bortezomib_nM,tocilizumab_ug_ml"]
    values = ["culture,viability_percent,IL-6_pg_ml"]
    for experiment in EXPERIMENTS:
        day = chance.normal(0, 1)
        for (line, cells), stroma, (bortezomib, tocilizumab) in product(
            enumerate(LINES), STROMAS, TREATMENTS
        ):
            protected = STROMAS.index(stroma)
            for well in WELLS:
                name = f"{experiment}-{cells}-{stroma or 'none'}-{bortezomib}-{well}"
                viable = 92 - (9 - 2 * protected) * bortezomib + 2 * line + 2 * day
                il6 = 20 * 8.0**protected * np.exp(0.1 * day) * (1 - 0.1 * bortezomib)
                viable += chance.normal(0, 1.5)
                il6 *= np.exp(chance.normal(0, 0.08))
                cultures.append(
                    f"{name},{experiment},{cells},{stroma},48,{well},{bortezomib},{tocilizumab}"
                )
                values.append(f"{name},{viable:.1f},{il6:.1f}")
    folder.mkdir(parents=True)
    (folder / "cultures.csv").write_text("\n".join(cultures) + "\n", encoding="utf-8")
    (folder / "values.csv").write_text("\n".join(values) + "\n", encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "config.yaml"
