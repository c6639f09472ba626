"""A study of finished numbers is begun from the names of the samples in its tables."""

import re
from pathlib import Path

import flowio
import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from coculture import new_study
from coculture.new_study import NewStudyError
from coculture.study import Study, load
from tests.new_study import tables_of_numbers
from tests.study.workbooks import plate, write

MOST_TYPED = 5


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout without a study."""
    (tmp_path / "config").mkdir()
    return tmp_path


def _begin(root: Path, *values: Path, maps: Path | None = None, elisa: Path | None = None) -> str:
    return "\n".join(new_study.begin(root, "mine", None, elisa, maps, values=values))


def _cultures(root: Path) -> pd.DataFrame:
    book = root / "data/raw/mine/mine.xlsx"
    return pd.read_excel(book, "cultures", keep_default_na=False, dtype=str)


def _numbers(study: Study) -> list[tuple[str, ...]]:
    """Each number with what its culture is."""
    columns = [factor["column"] for factor in study.config["factors"]]
    cultures = study.cultures.set_index("culture")
    named = cultures[["experiment", "cells", "stroma", "hours", *columns, "replicate"]]
    arms = named.astype(str).agg("|".join, axis=1)
    rows = study.values[study.values["exclude"] == ""]  # noqa: PD011
    kept = rows[["endpoint", "value", "unit", "count"]].assign(arm=rows["culture"].map(arms))
    return sorted(map(tuple, kept.astype(str).to_numpy()))


def test_a_flowjo_table_and_viabilities_give_the_study(root: Path) -> None:
    tables_of_numbers.tables(root / "in")
    said = _begin(root, root / "in")
    pattern = "{experiment}-{cells}-{stroma}-{treatment}-{replicate}"
    assert f"Names in flowjo.csv are read by the pattern {pattern}." in said
    assert "What samples are is read of 128 of 128." in said
    assert "experiment E3: 16 cultures in tables" in said
    assert 'no culture, by "unstained" in the name: E1 Unstained.fcs' in said
    config = root / "config/mine.yaml"
    assert tables_of_numbers.fill_in(config) <= MOST_TYPED
    made, hand = load(config), load(tables_of_numbers.by_hand(root / "hand"))
    assert _numbers(made) == _numbers(hand)
    assert len(_numbers(made)) == 3 * 64
    assert len(made.excluded()) == 8
    assert made.excluded()[0]["reason"] == "control, by the word unstained in its name"


def test_each_cell_has_its_source(root: Path) -> None:
    tables_of_numbers.tables(root / "in")
    _begin(root, root / "in")
    sheet = openpyxl.load_workbook(root / "data/raw/mine/mine.xlsx")["cultures"]
    heading = [cell.value for cell in sheet[1]]
    sources = {
        name: cell.comment.text
        for name, cell in zip(heading, sheet[2], strict=True)
        if cell.comment
    }
    pattern = "{experiment}-{cells}-{stroma}-{treatment}-{replicate}"
    assert sources["treatment"] == f"name of the sample, by {pattern}"
    assert sources["file"].startswith("name of the sample")
    assert set(heading) <= {*sources, None}


def test_findings_are_proposed_for_what_is_measured(root: Path) -> None:
    tables_of_numbers.tables(root / "in")
    _begin(root, root / "in")
    config = root / "config/mine.yaml"
    tables_of_numbers.fill_in(config)
    text = config.read_text("utf-8")
    before, _, after = text.partition("\ncomparison:")
    proposed = "\ncomparison:" + re.sub("^( *)# ", r"\1", after, flags=re.MULTILINE)
    settings = yaml.safe_load(proposed)["comparison"]
    assert [one["name"] for one in settings["endpoints"]] == [
        *(tables_of_numbers.ANNEXIN, "Viability"),
    ]
    assert [(one["kind"], one["endpoint"]) for one in settings["findings"][:2]] == [
        *[("higher", tables_of_numbers.ANNEXIN), ("lower", "Viability")],
    ]
    config.write_text(before + proposed, "utf-8")
    assert list(load(config).endpoints) == [tables_of_numbers.ANNEXIN, "Viability"]


@pytest.mark.parametrize("uncommented", [(), (1,), (2,), (1, 2)])
def test_each_claim_can_be_uncommented_by_itself(root: Path, uncommented: tuple[int, ...]) -> None:
    tables_of_numbers.tables(root / "in")
    _begin(root, root / "in")
    config = root / "config/mine.yaml"
    tables_of_numbers.fill_in(config)
    before, *claims = re.split(r"(?m)^(?=    # \{id: )", config.read_text("utf-8"))
    for number in uncommented:
        claims[number - 1] = re.sub("(?m)^    # ", "    ", claims[number - 1])
    config.write_text("".join([before, *claims]), "utf-8")
    stated = load(config).config["comparison"]["findings"]
    assert [one["id"] for one in stated] == [str(number) for number in uncommented]


def test_a_new_table_adds_rows_and_changes_none(root: Path) -> None:
    tables_of_numbers.tables(root / "in", ("E1", "E2", "E3"))
    _begin(root, root / "in" / "viability.csv")
    book = root / "data/raw/mine/mine.xlsx"
    workbook = openpyxl.load_workbook(book)
    workbook["cultures"]["D2"] = "patient MSC"
    before = [[cell.value for cell in row] for row in workbook["cultures"]]
    workbook.save(book)
    assert "file" not in before[0]
    tables_of_numbers.tables(root / "in")
    said = _begin(root, root / "in")
    after = [[cell.value for cell in row] for row in openpyxl.load_workbook(book)["cultures"]]
    assert [row[: len(before[0])] for row in after[: len(before)]] == before
    assert len(after) == 1 + 64
    assert after[0][-1] == "file"
    assert after[1][-1] == "Specimen_001_E1-MM1S-HS5-UT-1_001.fcs"
    assert 'write values: ["../in/flowjo.csv", "../in/viability.csv"]' in said
    assert "add E4 FMO-PI.fcs: control, by the word fmo in its name" in said
    assert "nothing was added" in _begin(root, root / "in")


NAMES = [
    f"{cells}_{dose}_{n}" for cells in ("U266", "IL1b") for dose in ("UT", "DEX5nM") for n in (1, 2)
]


def test_tables_of_the_same_names_are_experiments(root: Path) -> None:
    for place, day in enumerate(("day1", "day2", "day10")):
        rows = "".join(f"{name},{50 + place + i}\n" for i, name in enumerate(NAMES))
        (root / f"ctg {day}.csv").write_text(f"Tube,Viability (%)\n{rows}")
    _begin(root, *sorted(root.glob("ctg*.csv")))
    config = root / "config/mine.yaml"
    assert 'file: "../ctg day10.csv", experiment: "day10"' in config.read_text("utf-8")
    text = config.read_text("utf-8").replace("unconfirmed", "3").replace('hours: "?"', "hours: 4")
    config.write_text(text.replace('stroma: "?"', "stroma: none"), "utf-8")
    study = load(config)
    assert len(study.cultures) == 24
    values = study.values.set_index("culture")["value"]  # noqa: PD011
    assert values["day2-IL1b_UT_1"] == 50 + 1 + 4
    assert values["day10-IL1b_UT_1"] == 50 + 2 + 4


def test_words_in_names_are_read(root: Path) -> None:
    names = [
        f"{experiment} {culture} {treatment} {replicate}"
        for experiment in ("exp1", "exp2")
        for culture in ("MM1S on HS5", "MM1S alone", "HS5 only")
        for treatment in ("ctrl", "LEN 10uM")
        for replicate in (1, 2)
    ]
    table = root / "counts.csv"
    table.write_text("Sample ID,IL-6 (pg/mL)\n" + "".join(f"{name},50\n" for name in names))
    _begin(root, table)
    cultures = _cultures(root).set_index("culture")
    assert len(cultures) == 24
    columns = ["experiment", "cells", "stroma", "treatment", "replicate"]
    assert list(cultures.loc["exp2 HS5 only LEN 10uM 2", columns]) == [
        *("exp2", "", "HS5", "LEN 10uM", "2"),
    ]
    assert cultures.loc["exp1 MM1S alone ctrl 1", "stroma"] == "none"


def test_columns_that_say_what_a_culture_is_are_read(root: Path) -> None:
    table = root / "long.csv"
    rows = [f"c{i},E{i // 4 + 1},U266,{('UT', 'DEX 5nM')[i % 2]},{50 + i}" for i in range(12)]
    table.write_text("culture,experiment,Cells,treatment,ATP_RLU\n" + "\n".join(rows) + "\n")
    said = _begin(root, table)
    assert "not read as measurements: Cells and treatment" in said
    config = root / "config/mine.yaml"
    text = config.read_text("utf-8").replace("unconfirmed", "3").replace('hours: "?"', "hours: 4")
    config.write_text(text.replace('stroma: "?"', "stroma: none"), "utf-8")
    study = load(config)
    assert study.cultures.set_index("culture").loc["c3", "DEX"] == 5
    assert sorted(study.cultures["replicate"]) == [1] * 6 + [2] * 6


def test_wells_have_their_cultures_in_plate_maps(root: Path) -> None:
    arms = {"A1": "UT", "A2": "DEX 5nM", "B1": "UT", "B2": "DEX 5nM"}
    write(root / "maps.xlsx", {"plate": plate("", arms)})
    for place, day in enumerate(("E1", "E2")):
        rows = "".join(f"{well},{50 + place + i}\n" for i, well in enumerate(arms))
        (root / f"{day} ctg.csv").write_text(f"Well,Luminescence (RLU)\n{rows}")
    said = _begin(root, *sorted(root.glob("*ctg.csv")), maps=root / "maps.xlsx")
    assert "8 samples are wells; plate maps say what is in them." in said
    config = root / "config/mine.yaml"
    text = config.read_text("utf-8").replace("unconfirmed", "2").replace('hours: "?"', "hours: 4")
    text = text.replace('stroma: "?"', "stroma: none").replace('"?"', "U266")
    config.write_text(text, "utf-8")
    study = load(config)
    doses = study.values["culture"].map(study.cultures.set_index("culture")["DEX"])  # noqa: PD011
    assert doses.tolist() == [0, 5, 0, 5] * 2


def test_numbers_of_fcs_tubes_get_no_second_culture(root: Path) -> None:
    (root / "flow").mkdir()
    for place, name in enumerate(NAMES):
        keywords = {"tube name": f"E1_{name}", "date": "01-MAY-2024", "btim": f"10:{place:02d}:00"}
        with (root / "flow" / f"{place}.fcs").open("wb") as handle:
            flowio.create_fcs(
                handle,
                np.ones(8),
                ["FSC-A", "SSC-A"],
                opt_channel_names=["", ""],
                metadata_dict=keywords,
            )
    spaced = [name.replace("_", " ") for name in [*NAMES, "U266_BTZ5nM_1"]]
    table = root / "ctg.csv"
    table.write_text("Sample,Viability (%)\n" + "".join(f"{name},50\n" for name in spaced))
    new_study.begin(root, "mine", root / "flow", None, values=[table])
    cultures = _cultures(root)
    assert cultures["culture"].tolist() == [*(f"E1_{name}" for name in NAMES), spaced[-1]]
    assert cultures["file"].tolist() == [*spaced[:-1], ""]
    assert set(cultures["experiment"]) == {"E1"}
    config = yaml.safe_load((root / "config/mine.yaml").read_text("utf-8"))
    assert list(config["tables"]) == ["cultures", "treatments", "flow", "values"]


def test_what_cannot_begin_a_study_is_said(root: Path) -> None:
    with pytest.raises(NewStudyError, match=r"VALUES=.*none\.csv: there is no such file or folder"):
        _begin(root, root / "none.csv")
    table = root / "t.csv"
    table.write_text("Sample,Luminescence\nE1-DEX-1,5000\n")
    with pytest.raises(NewStudyError, match=r"t\.csv, row 1, Luminescence: no unit is known"):
        _begin(root, table)
