"""A study of finished numbers alone: viability in percent and IL-10 in ng/mL of two donors."""

from pathlib import Path

CONFIG = """\
study: numbers
title: Viability and IL-10 of MM1S cells with lenalidomide
tables: {cultures: cultures.csv, values: values.csv}
factors: [{name: LEN, column: len_uM, unit: µM}]
cells: {reference: MM1S}
comparison:
  findings:
    - id: "1"
      kind: lower
      endpoint: viability
      statement: Lenalidomide lowers the viability of MM1S cells
      arm: {cells: MM1S, len_uM: 10}
      compared_with: [{cells: MM1S}]
"""
VIABILITY = {"E1": (93, 61), "E2": (95, 66), "E3": (88, 52), "E4": (90, 58)}
IL10 = {"E1": (0.51, 0.42), "E2": (0.64, 0.47), "E3": (0.45, 0.36), "E4": (0.58, 0.50)}
"""Percent, and ng/mL, of the untreated and the treated culture of each experiment."""
DONORS = {"E1": "D1", "E2": "D1", "E3": "D2", "E4": "D2"}


def write(folder: Path) -> Path:
    """Write the study into a new folder. Returns its config."""
    cultures = ["culture,experiment,donor,cells,hours,replicate,len_uM"]
    values = ["culture,viability_percent,IL-10_ng_ml,note"]
    for experiment, viabilities in VIABILITY.items():
        for dose, viability, il10 in zip((0, 10), viabilities, IL10[experiment], strict=True):
            for replicate in (1, 2):
                name = f"{experiment}-{dose}-{replicate}"
                cultures.append(
                    f"{name},{experiment},{DONORS[experiment]},MM1S,48,{replicate},{dose}"
                )
                values.append(f"{name},{viability + replicate},{il10 + replicate / 100:.2f},")
    folder.mkdir(parents=True)
    (folder / "cultures.csv").write_text("\n".join(cultures) + "\n")
    (folder / "values.csv").write_text("\n".join(values) + "\n")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "config.yaml"
