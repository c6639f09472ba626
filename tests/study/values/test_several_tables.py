"""Several tables of finished numbers in one study; each problem names its file."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coculture import study as studies
from coculture.archive import ArchiveError
from coculture.archive.places import places_of
from coculture.study import Study, StudyError
from coculture.study.overview import summary
from tests.study.values.conftest import CONFIG, CULTURES, NAMES
from tests.study.workbooks import Cells, plate, write

FACS = ",Live | Freq. of Parent,Live | Count\n" + "".join(
    f"{name}.fcs,{80 + place},{1000 + place}\n" for place, name in enumerate(NAMES)
)
Rows = list[list[object]]
VIABILITY: Rows = [
    ["culture", "ATP (% of control)"],
    *([name, 90 + i] for i, name in enumerate(NAMES)),
]
TWO = CONFIG.replace("values: values.csv", "values: [facs.csv, {file: atp.xlsx}]")

Write = Callable[..., Path]


@pytest.fixture
def two(tmp_path: Path) -> Write:
    """Writes the study with two tables: its config."""

    def make(
        facs: str = FACS,
        viability: Rows | None = None,
        config: str = TWO,
        cultures: str = CULTURES,
    ) -> Path:
        (tmp_path / "cultures.csv").write_text(cultures, "utf-8")
        (tmp_path / "facs.csv").write_text(facs, "utf-8")
        write(tmp_path / "atp.xlsx", {"Sheet1": viability or VIABILITY})
        (tmp_path / "config.yaml").write_text(config, "utf-8")
        return tmp_path / "config.yaml"

    return make


def _told(config: Path) -> list[str]:
    with pytest.raises(StudyError) as refused:
        studies.load(config)
    return [str(one) for one in refused.value.problems]


def test_two_tables_give_the_numbers_of_both(two: Write) -> None:
    study = studies.load(two())
    rows = pd.DataFrame(study.value_rows())
    assert len(rows) == 3 * len(NAMES)
    assert rows.groupby("table", sort=False).size().to_dict() == {"facs.csv": 16, "atp.xlsx": 8}
    (one,) = rows[(rows["culture"] == "E2-LEN") & (rows["table"] == "atp.xlsx")].to_dict("records")
    assert (one["row"], one["value"], one["endpoint"]) == ("5", 93, "ATP")
    assert list(study.endpoints) == ["Live | Freq. of Parent", "Live | Count", "ATP"]
    named = [(one["table"], one["file"]) for one in study.raw_files()]
    assert named == [("values.csv", "atp.xlsx"), ("values.csv", "facs.csv")]
    assert len({one["sha256"] for one in study.raw_files()}) == 2
    assert "24 values of 3 endpoints" in summary(study)


def test_both_tables_are_pinned(two: Write, tmp_path: Path) -> None:
    config = two()
    place = studies.pin(config)
    assert len(place.read_text().splitlines()) == 2
    config.write_text(TWO + f"raw_data_checksums: {place.name}\n", "utf-8")
    studies.load(config)
    (tmp_path / "facs.csv").write_text(FACS.replace("80,", "70,"), "utf-8")
    (said,) = _told(config)
    assert "facs.csv" in said
    assert "differs" in said


def test_both_tables_are_in_an_archive(two: Write, tmp_path: Path) -> None:
    places = places_of(studies.load(two()), tmp_path)
    assert {"facs.csv", "atp.xlsx", "cultures.csv"} <= set(places.own)
    absolute = TWO.replace("facs.csv", str(tmp_path / "facs.csv"))
    with pytest.raises(ArchiveError, match=r"tables: values: facs\.csv .* absolute path"):
        places_of(studies.load(two(config=absolute)), tmp_path)


def test_each_problem_names_its_file_and_row(two: Write) -> None:
    viability: Rows = [*VIABILITY, ["E9-LEN", 5], ["E1-LEN", "lots"]]
    said = _told(two(FACS.replace("81,", "oops,"), viability))
    assert said[0].startswith('facs.csv, row 3, Live | Freq. of Parent "oops": is not a number')
    assert said[1].startswith(
        'atp.xlsx, sheet "Sheet1", row 10, culture, A10 "E9-LEN": this culture is not in'
    )
    assert said[2].startswith(
        'atp.xlsx, sheet "Sheet1", row 11, ATP (% of control), B11 "lots": is not a number'
    )
    assert len(said) == 3


def test_a_table_that_is_missing_or_has_no_rows_is_named(two: Write) -> None:
    said = _told(two(config=TWO.replace("facs.csv", "fax.csv")))
    assert said[0].startswith("fax.csv: there is no such file")
    said = _told(two(facs="culture,viability_percent\n"))
    assert said == ["facs.csv: has no rows below its headings."]


def test_a_number_of_two_tables_is_refused(two: Write) -> None:
    headed: Rows = [["culture", "Live | Freq. of Parent"], *VIABILITY[1:]]
    (said,) = _told(two(viability=headed))
    assert said.startswith('atp.xlsx, sheet "Sheet1", row 2, Live | Freq. of Parent, B2 "')
    assert "facs.csv has Live | Freq. of Parent of this culture, too. Delete it in one of" in said
    assert said.endswith("The same applies to 7 more rows.")


def test_units_and_spellings_of_two_tables_are_compared(two: Write) -> None:
    renamed: Rows = [["culture", "Live | Freq. of parent (%)"], ["E1-LEN", 50]]
    (said,) = _told(two(viability=renamed))
    assert said.startswith('atp.xlsx, sheet "Sheet1", row 2, Live | Freq. of parent (%), B2')
    assert 'differs from "Live | Freq. of Parent" in row 2 of facs.csv only in capitals' in said
    facs = "culture,ATP_RLU\n" + "".join(f"{name},50\n" for name in NAMES if name != "E1-LEN")
    other: Rows = [["culture", "ATP (OD)"], ["E1-LEN", 50]]
    (said,) = _told(two(facs, other))
    assert said.startswith('atp.xlsx, sheet "Sheet1", row 2, ATP (OD), B2 "OD": ATP has the unit')
    assert said.endswith("has the unit RLU in row 2 of facs.csv; convert the values to one unit.")


def test_the_same_names_in_the_tables_of_two_experiments(tmp_path: Path) -> None:
    for experiment, shift in {"E1": 0, "E2": 5}.items():
        lines = "".join(
            f"{well}.fcs,{value + shift}\n" for well, value in {"A1": 90, "A2": 60}.items()
        )
        (tmp_path / experiment).mkdir()
        (tmp_path / experiment / "table.csv").write_text(f",Live | Freq. of Total\n{lines}")
    (tmp_path / "cultures.csv").write_text("\n".join(CULTURES.splitlines()[:5]), "utf-8")
    both = "values: [{file: E1/table.csv, experiment: E1}, {file: E2/table.csv, experiment: E2}]"
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("values: values.csv", both), "utf-8")
    rows = pd.DataFrame(studies.load(config).value_rows())
    assert dict(zip(rows["culture"], rows["value"], strict=True)) == {
        "E1-untreated": 90,
        "E1-LEN": 60,
        "E2-untreated": 95,
        "E2-LEN": 65,
    }
    assert set(rows["table"]) == {"E1/table.csv", "E2/table.csv"}
    (tmp_path / "E2" / "table.csv").write_text("file,experiment,Live | Count\nA1,E2,5\nA2,E2,5\n")
    (said,) = _told(config)
    assert "E2/table.csv has a column experiment, too; write it in one place." in said
    config.write_text(CONFIG.replace("values: values.csv", "values: [E1/table.csv]"), "utf-8")
    said_of_one = _told(config)
    assert any(
        one.startswith('table.csv, row 2, file "A1.fcs": is the name of several cultures')
        for one in said_of_one
    )


def test_files_that_are_not_used_have_their_reason_in_the_config(two: Write) -> None:
    facs = FACS + "Unstained.fcs,0,1\nFMO.fcs,none,\n"
    reasons = "values: {files_not_used: {unstained: control, FMO.fcs: a control}}\n"
    study = studies.load(two(facs, config=TWO + reasons))
    assert {one["item"]: one["reason"] for one in study.excluded()} == {
        "Unstained.fcs": "control",
        "FMO.fcs": "a control",
    }
    assert {(one["table"], one["row"]) for one in study.excluded()} == {
        *{("facs.csv", "10"), ("facs.csv", "11")},
    }
    (said,) = _told(two(config=TWO + "values: {files_not_used: {E1-LAN: clogged}}\n"))
    assert said.startswith('config.yaml, line 5, values.files_not_used "E1-LAN": no table of')
    assert said.endswith("has this file, tube or well. Did you mean e1-len?")


def test_a_column_that_is_not_used_is_one_of_any_table(two: Write) -> None:
    viability: Rows = [[*row, "today"] for row in VIABILITY]
    viability[0][-1] = "Day"
    studies.load(two(viability=viability, config=TWO + "values: {columns_not_used: [Day]}\n"))
    (said,) = _told(two(config=TWO + "values: {columns_not_used: [Day]}\n"))
    assert said.startswith('config.yaml, line 5, values.columns_not_used "Day": no table of')


def test_wells_of_plate_maps_are_names(tmp_path: Path) -> None:
    maps: dict[str, Cells] = {
        f"cultures {one}": [
            ["hours", 48],
            ["cells", "MM1S"],
            [],
            *plate("len_uM", {"A1": 0, "B12": 10}),
        ]
        for one in ("E1", "E2")
    }
    write(tmp_path / "mine.xlsx", maps)
    named = {"E1": ("A1", "B12"), "E2": ("Specimen_001_A01_001.fcs", "Specimen_001_B12_002.fcs")}
    for experiment, (first, second) in named.items():
        text = f"Sample,viability_percent\n{first},95\n{second},60\n"
        (tmp_path / f"{experiment}.csv").write_text(text)
    both = (
        "tables: {cultures: mine.xlsx, "
        "values: [{file: E1.csv, experiment: E1}, {file: E2.csv, experiment: E2}]}"
    )
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace(CONFIG.splitlines()[1], both), "utf-8")
    study: Study = studies.load(config)
    doses = study.cultures.set_index("culture")["len_uM"]
    rows = pd.DataFrame(study.value_rows())
    assert list(zip(rows["culture"].map(doses), rows["value"], strict=True)) == [
        *[(0, 95), (10, 60), (0, 95), (10, 60)],
    ]
    (tmp_path / "E1.csv").write_text("Sample,viability_percent\nA1,95\nC3,60\n")
    said = _told(config)
    assert said[1].startswith('E1.csv, row 3, file "C3": no culture of experiment E1 has this file')
