"""A simulated study as instruments write it: files, names and keywords in three styles."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import flowio
import numpy as np
import openpyxl
import pandas as pd

from tests.study.workbooks import Cells, plate, write

_BATCH_MINUTES = 2
DOSES = {"DEX": 1000, "IL1Ra": 500, "IL6": 10}
UNITS = {"DEX": "nM", "IL1Ra": "ng/mL", "IL6": "ng/mL"}
"""What only the person knows."""


@dataclass(frozen=True)
class Raw:
    """The folders of raw files, and the person's own workbook of plate maps."""

    flow: Path
    elisa: Path
    maps: Path


Style = Callable[[dict[str, str], int], tuple[str, dict[str, str]]]
"""Row of flow.csv and its number -> the file's path and its keywords."""


def diva(row: dict[str, str], number: int) -> tuple[str, dict[str, str]]:
    """Tubes of BD Diva: all in one folder, the user's name in TUBE NAME and in the file's name."""
    name = Path(row["fcs"]).stem
    keywords = {"tube name": name, "experiment name": "Myeloma 2004", "src": "Specimen_001"}
    return f"Specimen_001_{name}_{number:03d}.fcs", keywords


def attune(row: dict[str, str], number: int) -> tuple[str, dict[str, str]]:
    """Plates of an Attune NxT: wells in $WELLID, names of controls in #SAMPLE."""
    del number
    control = row["role"] != "sample"
    name = Path(row["fcs"]).stem if control else "Untitled"
    keywords = {"wellid": row["well"], "plateid": row["experiment"], "#sample": name}
    return f"{row['experiment']}/Group_{row['well']}.fcs", keywords


def cytoflex(row: dict[str, str], number: int) -> tuple[str, dict[str, str]]:
    """Plates of a CytoFLEX: a folder each, the well in the names of the files."""
    name = Path(row["fcs"]).stem if row["role"] != "sample" else "Sample"
    letter, column = row["well"][0], int(row["well"][1:])
    return f"{row['experiment']}/{number:02d}-{name.replace('-', ' ')}-{letter}{column}.fcs", {}


STYLES: Mapping[str, Style] = {"diva": diva, "attune": attune, "cytoflex": cytoflex}


def raw_folders(study: Path, to: Path, style: str) -> Raw:
    """Write the raw files of a simulated study in one style, and a person's plate maps."""
    flow = pd.read_csv(study / "flow.csv", dtype=str, keep_default_na=False)
    number: dict[str, int] = {}
    for row in flow.to_dict("records"):
        place = number[row["experiment"]] = number.get(row["experiment"], 0) + 1
        name, keywords = STYLES[style]({str(k): str(v) for k, v in row.items()}, place)
        _rewrite(study / row["fcs"], to / "flow" / name, keywords, place)
    shutil.copytree(study / "elisa", to / "elisa")
    write(to / "plate maps.xlsx", _maps(study, flow, style))
    return Raw(to / "flow", to / "elisa", to / "plate maps.xlsx")


def fill_in(book: Path, config: Path) -> int:
    """Fill in what is open, as a person would; how many cells and words that took."""
    typed = 0
    workbook = openpyxl.load_workbook(book)
    heading, *rows = workbook["treatments"].iter_rows()
    for row in rows:
        for drug, cell in zip(heading[1:], row[1:], strict=True):
            if cell.value is None:
                cell.value = DOSES[str(drug.value)]
                typed += 1
    heading, *rows = workbook["flow"].iter_rows()
    cells = [cell.value for cell in heading].index("cells")
    for row in rows:
        if row[cells].comment is not None and not row[cells].value:
            row[cells].value = "control"
            typed += 1
    workbook.save(book)
    text = config.read_text(encoding="utf-8")
    words = {
        f'column: "{drug}", unit: "?"': f'column: "{drug}", unit: {UNITS[drug]}' for drug in UNITS
    }
    words |= {'hours: "?"': "hours: 48", 'stroma: "?"': "stroma: HS-5"}
    words |= {"experiments: unconfirmed": "experiments: 3"}
    for open_words, filled in words.items():
        assert open_words in text
        text = text.replace(open_words, filled)
        typed += 1
    config.write_text(text, encoding="utf-8")
    return typed


def _rewrite(source: Path, target: Path, keywords: Mapping[str, str], place: int) -> None:
    data = flowio.FlowData(source)
    minutes = place * _BATCH_MINUTES
    kept = {key: data.text[key] for key in ("cyt", "timestep", "spillover", "date")}
    kept |= {f"p{n}r": data.text[f"p{n}r"] for n in range(1, data.channel_count + 1)}
    kept |= {"btim": f"{22 + minutes // 60 % 2:02d}:{minutes % 60:02d}:00"} | dict(keywords)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as handle:
        flowio.create_fcs(handle, np.asarray(data.events), data.pnn_labels, data.pns_labels, kept)


def _maps(study: Path, flow: pd.DataFrame, style: str) -> dict[str, Cells]:
    """The layouts as the person drew them: of the culture plates unless tubes have names."""
    cultures = pd.read_csv(study / "cultures.csv", dtype=str).set_index("culture")
    elisa = pd.read_csv(study / "elisa.csv", dtype=str, keep_default_na=False)
    sheets: dict[str, Cells] = {}
    well_of = flow.set_index("culture")["well"]
    if style != "diva":
        of_first = cultures[cultures["experiment"] == cultures["experiment"].iloc[0]]
        wells = {name: well_of[name] for name in of_first.index}
        cells = {wells[name]: row for name, row in of_first["cells"].items()}
        treatment = {wells[name]: name.split("-", 2)[2].rsplit("-", 1)[0] for name in wells}
        sheets["Layout"] = [["Every plate"], *plate("cells", cells), *plate("treatment", treatment)]
    for name, rows in elisa.groupby("plate"):
        labels = {row["well"]: _label(row, well_of, style) for row in rows.to_dict("records")}
        sheets[str(name)] = plate("", labels)
    return sheets


def _label(row: dict[object, str], well_of: "pd.Series[str]", style: str) -> str:
    culture = row["culture"]
    if row["role"] == "sample":
        name = culture.split("-", 1)[1] if style == "diva" else well_of[culture]
        return f"{name} x{row['dilution']}"
    word = {"standard": "STD", "control": "QC"}[row["role"]]
    return f"{word} {row['concentration_pg_ml']}"
