"""A study of finished numbers as a person has it: a FlowJo table and viabilities of a reader.

`by_hand` writes the same study with every cell typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXPERIMENTS = ("E1", "E2", "E3", "E4")
STROMA = {"HS5": "HS5", "noHS5": ""}
TREATMENTS = {
    "UT": (0.0, 0.0),
    "DEX 1000nM": (1000.0, 0.0),
    "BTZ 5nM": (0.0, 5.0),
    "DEX 1000nM + BTZ 5nM": (1000.0, 5.0),
}
ANNEXIN = "Cells/Single Cells/Annexin+ | Freq. of Parent"
CLAIM = """\
comparison:
  findings:
    - id: "1"
      kind: higher
      endpoint: "Cells/Single Cells/Annexin+ | Freq. of Parent"
      statement: DEX raises Annexin-positive cells
      arm: {{cells: MM1S, stroma: HS5, {dex}: 1000}}
      compared_with: [{{cells: MM1S, stroma: HS5}}]
"""


@dataclass(frozen=True)
class Well:
    """A culture with its numbers."""

    experiment: str
    stroma: str
    treatment: str
    replicate: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.experiment}-MM1S-{self.stroma}-{self.treatment}-{self.replicate}"

    @property
    def fcs(self) -> str:
        return f"Specimen_001_{self.name}_{self.number:03d}.fcs"

    @property
    def annexin(self) -> float:
        treated = sum(map(bool, TREATMENTS[self.treatment]))
        shift = int(self.experiment[1]) + self.replicate / 2 + 3 * (self.stroma == "noHS5")
        return 8 + 14 * treated + shift + self.number % 7 / 5

    @property
    def viability(self) -> float:
        return 104 - 1.3 * self.annexin + self.number % 5 / 3


def wells(experiments: tuple[str, ...] = EXPERIMENTS) -> Iterator[Well]:
    number = 0
    for experiment in experiments:
        for stroma in STROMA:
            for treatment in TREATMENTS:
                for replicate in (1, 2):
                    number += 1
                    yield Well(experiment, stroma, treatment, replicate, number)


def tables(folder: Path, experiments: tuple[str, ...] = EXPERIMENTS) -> None:
    """The two tables as programs export them, with control tubes, summaries and notes."""
    folder.mkdir(parents=True, exist_ok=True)
    facs = [f",Cells/Single Cells | Count,{ANNEXIN} (%),"]
    reader = ["Sample,Viability (% of control),Operator"]
    for well in wells(experiments):
        facs.append(f"{well.fcs},{5000 + well.number},{well.annexin:.2f} %,")
        reader.append(f"{well.name},{well.viability:.2f},RK")
    for experiment in experiments:
        facs += [f"{experiment} Unstained.fcs,4000,n/a,", f"{experiment} FMO-PI.fcs,4000,1.2 %,"]
    facs += ["Mean,5000,20 %,", "SD,10,9 %,"]
    (folder / "flowjo.csv").write_text("\n".join(facs) + "\n", "utf-8")
    (folder / "viability.csv").write_text("\n".join(reader) + "\n", "utf-8")


def by_hand(folder: Path) -> Path:
    """The study with a hand-written table of each kind: its config."""
    folder.mkdir(parents=True)
    cultures = ["culture,experiment,cells,stroma,hours,replicate,dex_nM,btz_nM"]
    values = ["culture,endpoint,value,unit,count"]
    for well in wells():
        dex, btz = TREATMENTS[well.treatment]
        of_arm = f"MM1S,{STROMA[well.stroma]},48,{well.replicate},{dex:g},{btz:g}"
        cultures.append(f"{well.name},{well.experiment},{of_arm}")
        values.append(f"{well.name},Viability,{well.viability:.2f},% of control,")
        values.append(f"{well.name},{ANNEXIN},{well.annexin:.2f},%,{5000 + well.number}")
        values.append(f"{well.name},Cells/Single Cells | Count,{5000 + well.number},cells,")
    (folder / "cultures.csv").write_text("\n".join(cultures) + "\n", "utf-8")
    (folder / "values.csv").write_text("\n".join(values) + "\n", "utf-8")
    config = folder / "config.yaml"
    config.write_text(
        "study: hand\n"
        "tables: {cultures: cultures.csv, values: values.csv}\n"
        "factors:\n"
        "  - {name: DEX, column: dex_nM, unit: nM}\n"
        "  - {name: BTZ, column: btz_nM, unit: nM}\n"
        "cells: {reference: MM1S}\n" + CLAIM.format(dex="dex_nM"),
        "utf-8",
    )
    return config


def fill_in(config: Path) -> int:
    """Type what is open in the config, as a person would; how many words that took."""
    text = config.read_text("utf-8")
    words = {"experiments: unconfirmed": f"experiments: {len(EXPERIMENTS)}"}
    words |= {'hours: "?"': "hours: 48"}
    for open_words, filled in words.items():
        assert open_words in text
        text = text.replace(open_words, filled)
    assert "?" not in re.sub("#.*", "", text)
    config.write_text(text, "utf-8")
    return len(words)
