"""Tables and configs as people really write them: read right, or refused in plain words."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.study import StudyError, load


def _told(folder: Path) -> list[str]:
    with pytest.raises(StudyError) as raised:
        load(folder / "config.yaml")
    return [str(problem) for problem in raised.value.problems]


def _rewrite(folder: Path, table: str, change: Callable[[str], str]) -> None:
    path = folder / table
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode("utf-8"))


def _reconfigure(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(config)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", ",,\n"),
        lambda text: text + "\n\n,,,\n",
        lambda text: text.replace(",", " , "),
    ],
    ids=["BOM", "CRLF", "CR", "semicolons", "tabs", "empty columns", "empty rows", "spaces"],
)
def test_a_table_from_any_spreadsheet_is_the_same_table(
    small_study: Path, change: Callable[[str], str]
) -> None:
    before = load(small_study / "config.yaml")
    _rewrite(small_study, "cultures.csv", change)
    after = load(small_study / "config.yaml")
    assert after.cultures.equals(before.cultures)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the first row must hold the column headings, but it is empty."),
        ("culture,experiment\nü,E1".encode("latin-1"), "is not UTF-8 text"),
        (b'culture,"experiment\nx,E1\n', "a quotation mark is not closed"),
    ],
    ids=["empty", "latin-1", "open quote"],
)
def test_an_unreadable_table_is_one_problem(small_study: Path, content: bytes, said: str) -> None:
    (small_study / "cultures.csv").write_bytes(content)
    told = _told(small_study)
    assert len(told) == 1
    assert told[0].startswith("cultures.csv")
    assert said in told[0]


def test_a_missing_table_is_one_problem(small_study: Path) -> None:
    (small_study / "cultures.csv").unlink()
    told = _told(small_study)
    assert len(told) == 1
    assert "there is no such file" in told[0]


def test_a_decimal_comma_is_read(small_study: Path) -> None:
    _rewrite(
        small_study, "cultures.csv", lambda text: text.replace("HS-5,1000,0", 'HS-5,"0,5",0', 1)
    )
    assert load(small_study / "config.yaml").cultures["dex_nM"].loc[3] == 0.5


def test_a_number_that_can_be_read_in_two_ways_is_asked_about(small_study: Path) -> None:
    _rewrite(
        small_study, "cultures.csv", lambda text: text.replace("HS-5,1000,0", 'HS-5,"1,000",0', 1)
    )
    assert _told(small_study) == [
        'cultures.csv, row 3, dex_nM "1,000": may be 1000 or 1.0; write it without a mark between '
        "thousands, or with other decimals."
    ]


def test_a_point_may_be_between_thousands_where_commas_are_decimal(small_study: Path) -> None:
    # Alone, 1.000 is 1; beside 0,5 it may be 1000.
    def german(text: str) -> str:
        return text.replace(",", ";").replace("HS-5;1000;0", "HS-5;1.000;0")

    _rewrite(small_study, "cultures.csv", german)
    _reconfigure(small_study, lambda config: config["comparison"].pop("findings"))
    assert set(load(small_study / "config.yaml").cultures["dex_nM"]) >= {1.0}
    _rewrite(small_study, "cultures.csv", lambda text: text.replace("HS-5;0;0;0", "HS-5;0,0;0;0"))
    assert all('dex_nM "1.000": may be 1000 or 1.0' in one for one in _told(small_study))


def test_columns_for_people_are_left_alone(small_study: Path) -> None:
    _rewrite(
        small_study,
        "cultures.csv",
        lambda text: re.sub("$", ",x,y", text.strip(), flags=re.MULTILINE).replace(
            "replicate,x,y", "replicate,Notes on wells,who"
        ),
    )
    (told,) = _told(small_study)
    assert "row 1, who: unknown column" in told
    _reconfigure(small_study, lambda config: config.update(notes=["who"]))
    load(small_study / "config.yaml")


def test_a_fault_of_many_rows_is_told_once(small_study: Path) -> None:
    _rewrite(small_study, "cultures.csv", lambda text: text.replace("HS-5,1000,", "HS-5,1 uM,"))
    told = [one for one in _told(small_study) if "is not a number" in one]
    assert len(told) == 1
    assert told[0].endswith("The same applies to 11 more rows.")


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("flow.csv", "flow/E1/E1-control-DEX-1.fcs", "../outside.fcs", "is outside"),
        (
            "flow.csv",
            "flow/E1/E1-control-DEX-1.fcs",
            "flow/E1/E1-control-IL1Ra-1.fcs",
            "already in",
        ),
        (
            "flow.csv",
            "flow/E1/E1-control-DEX-1.fcs",
            "flow/./E1/E1-control-IL1Ra-1.fcs",
            "already in",
        ),
        ("flow.csv", "flow/E1/E1-control-DEX-1.fcs", "x" * 300, "cannot be found"),
        (
            "flow.csv",
            "unstained,control",
            "unstained,contrl",
            "not in cultures.csv. Did you mean control?",
        ),
        (
            "flow.csv",
            ",flow-E1,A1,",
            ",flow-E1,1.00E+01,",
            'well "1.00E+01": has a form that is not',
        ),
        ("flow.csv", ",flow-E1,B1,", ",flow-E1,a01,", "this well of the plate is already in row 2"),
        ("flow.csv", "E1-control-DEX-1,\n", "E1-control-DEX-1,no\n", "leave the cell empty"),
        ("flow.csv", "E1-control-DEX-1,\n", "E1-control-DEX-1,x\n", "leave the cell empty"),
        ("flow.csv", "flow/E1/E1-control-DEX-1.fcs", r"flow\E1\a.fcs", "Write / between folders"),
        (
            "flow.csv",
            "flow/E1/E1-control-DEX-1.fcs",
            "flow/E1/e1-CONTROL-dex-1.FCS",
            "Did you mean E1-control-DEX-1.fcs",
        ),
        (
            "cultures.csv",
            "DEX-1,E1,control",
            "DEX-1,E1,Control",
            'cells "Control": differs from "control" in row 2 only in capitals, spaces or hyphens',
        ),
        ("cultures.csv", "control,HS-5", "control,HS5", "only in capitals, spaces or hyphens"),
        ("cultures.csv", "DEX-1,E1,", "DEX-1,e 1,", 'experiment "e 1": has a form that is not'),
        ("cultures.csv", "DEX-1,E1,", "DEX-1,e1,", 'experiment "e1": differs from "E1" in row 2'),
        ("elisa.csv", "IL6-E2,", "il6-e1,", 'plate "il6-e1": differs from "IL6-E1" in row 2'),
        (
            "cultures.csv",
            "E1-control-DEX-1,",
            "E1-control-DEX-1\u200b,",
            "invisible character (U+200B)",
        ),
        (
            "elisa.csv",
            "IL6-E2,elisa/IL6-E2.txt",
            "IL6-E2,elisa/IL6-E1.txt",
            "the rows above have plate IL6-E2 in",
        ),
        ("elisa.csv", "A1,standard,IL-6", "A1,standard,il6", 'differs from "il6" only in'),
    ],
)
def test_a_slip_in_a_row_is_refused(
    small_study: Path, table: str, old: str, new: str, said: str
) -> None:
    assert old in (small_study / table).read_text()
    _rewrite(small_study, table, lambda text: text.replace(old, new, 1))
    assert any(said in one for one in _told(small_study)), _told(small_study)


@pytest.mark.parametrize("above", ["sep=;\n", "My study,,\n\n"])
def test_a_line_above_the_headings_is_one_problem(small_study: Path, above: str) -> None:
    _rewrite(small_study, "cultures.csv", lambda text: above + text)
    (told,) = _told(small_study)
    assert told.startswith("cultures.csv, row 1")
    assert "has none of the headings culture, experiment, cells" in told


@pytest.mark.parametrize("written", ["600 pg/mL", "6_00", '"1,6,00"', ">600", "\u2212600"])
def test_a_cell_that_cannot_be_read_is_one_problem(small_study: Path, written: str) -> None:
    _rewrite(small_study, "elisa.csv", lambda text: text.replace("IL-6,600,", f"IL-6,{written},"))
    (told,) = _told(small_study)
    assert "concentration_pg_ml" in told
    assert "is not a number" in told


def test_a_forgotten_dilution_is_not_taken_for_1(small_study: Path) -> None:
    before = (small_study / "elisa.csv").read_text()
    _rewrite(small_study, "elisa.csv", lambda text: text.replace(",10,\n", ",,\n", 1))
    (told,) = _told(small_study)
    assert told.startswith('elisa.csv, row 22, dilution "": other samples have a dilution')
    none = re.sub(r",\d+,\n", ",,\n", before)
    (small_study / "elisa.csv").write_text(none)
    assert (load(small_study / "config.yaml").elisa["dilution"] == 1).all()


def test_exports_that_changed_places_are_seen(small_study: Path) -> None:
    first, second = (small_study / "elisa" / f"IL6-E{number}.txt" for number in (1, 2))
    swapped = first.read_bytes(), second.read_bytes()
    second.write_bytes(swapped[0])
    first.write_bytes(swapped[1])
    told = _told(small_study)
    assert len(told) == 2
    assert "contains plate IL6-E2 according to the file, but this row names it IL6-E1" in told[0]
    _rewrite(
        small_study,
        "elisa.csv",
        lambda text: (
            re.sub(r"^(IL6-E)(\d),([^,]*),", r"\1\2,\3,\1@\2,", text, flags=re.MULTILINE)
            .replace("@1", "2")
            .replace("@2", "1")
            .replace("plate,file,", "plate,file,plate_in_file,")
        ),
    )
    load(small_study / "config.yaml")


def test_a_copied_export_is_seen(small_study: Path) -> None:
    first, second = (small_study / "elisa" / f"IL6-E{number}.txt" for number in (1, 2))
    second.write_bytes(
        first.read_bytes().replace("IL6-E1".encode("utf-16-le"), "IL6-E2".encode("utf-16-le"))
    )
    (told,) = _told(small_study)
    assert "has exactly the same readings as elisa/IL6-E1.txt, plate IL6-E1" in told


def test_two_plates_cannot_be_the_same_wells_of_one_file(small_study: Path) -> None:
    _rewrite(
        small_study, "elisa.csv", lambda text: text.replace("elisa/IL6-E2.txt", "elisa/IL6-E1.txt")
    )
    assert any(
        "this well of the same file is already used by plate" in one for one in _told(small_study)
    )


def test_a_copied_fcs_file_is_seen(small_study: Path) -> None:
    folder = small_study / "flow" / "E1"
    copied = (folder / "E1-control-IL1Ra-1.fcs").read_bytes()
    (folder / "E1-control-DEX-1.fcs").write_bytes(copied)
    assert any("exactly the same content" in one for one in _told(small_study))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("study", "a/b", "has a form that is not allowed"),
        ("study", "x" * 300, "must not be longer than 100 characters"),
        ("title", None, "must be text. "),
        ("study", 2026, "must be text; put it in quotes."),
        ("comparison", {"margin_points": float("nan")}, "must be a finite number"),
        ("comparison", {"analytes": ["TNF"]}, "this analyte is not in elisa.csv, which has IL-6."),
    ],
)
def test_a_wrong_value_in_the_config_is_refused(
    small_study: Path, key: str, value: object, said: str
) -> None:
    _reconfigure(small_study, lambda config: config.update({key: value}))
    assert any(said in one for one in _told(small_study)), _told(small_study)


def test_factors_may_not_take_a_column_or_a_name_twice(small_study: Path) -> None:
    def clash(config: dict[str, object]) -> None:
        factors = config["factors"]
        assert isinstance(factors, list)
        factors += [
            {"name": "X", "column": "hours", "unit": "h"},
            {"name": "Y", "column": "dex_nM", "unit": "nM"},
            {"name": "dex", "column": "other_nM", "unit": "nM"},
        ]

    _reconfigure(small_study, clash)
    told = "\n".join(_told(small_study))
    assert 'the column "hours" of cultures.csv already has another meaning' in told
    assert 'the column "dex_nM" is already used by another factor' in told
    assert 'another factor is already called "dex"' in told
    assert len(told.splitlines()) == 3


def test_two_findings_with_one_id_are_told_with_their_line(small_study: Path) -> None:
    def double(config: dict[str, Any]) -> None:
        findings = config["comparison"]["findings"]
        findings.append(findings[0])

    _reconfigure(small_study, double)
    (told,) = _told(small_study)
    assert 'another finding already has the id "1a"' in told
    assert re.search(r"config.yaml, line \d+, comparison.findings.7", told), told


@pytest.mark.parametrize(
    "text", ["a: [", "? [a, b]\n: 1", "study: 2020-99-99", "a: 1\na: 2", "", "- 1"]
)
def test_yaml_that_is_no_config_is_told(small_study: Path, text: str) -> None:
    (small_study / "config.yaml").write_text(text)
    assert len(_told(small_study)) >= 1


@pytest.mark.parametrize("assay", ["flow", "elisa"])
def test_one_assay_is_a_study(small_study: Path, assay: str) -> None:
    other = {"flow": "elisa", "elisa": "flow"}[assay]

    def leave_out(config: dict[str, object]) -> None:
        tables = config["tables"]
        assert isinstance(tables, dict)
        del tables[other]
        config.pop(other)
        config.pop("comparison")

    _reconfigure(small_study, leave_out)
    study = load(small_study / "config.yaml")
    assert (len(study.flow) > 0) == (assay == "flow")
    assert (len(study.plates) > 0) == (assay == "elisa")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("{x}.fcs", "contains {, which the workflow cannot handle; rename it."),
        ("<b>.fcs", "contains <, which the workflow cannot handle; rename it."),
        ("a\nb.fcs", "contains a line break; write the text on one line."),
    ],
)
def test_a_name_that_snakemake_would_take_for_its_own_is_refused(
    small_study: Path, name: str, told: str
) -> None:
    flow = small_study / "flow"
    flow.rename(small_study / "folder")
    (small_study / "folder" / "E1" / "E1-unstained-control.fcs").rename(small_study / name)
    rows = pd.read_csv(small_study / "flow.csv", dtype=str, keep_default_na=False)
    rows["fcs"] = rows["fcs"].str.replace("flow/", "folder/")
    rows.loc[0, "fcs"] = name
    rows.to_csv(small_study / "flow.csv", index=False)
    (problem,) = _told(small_study)
    assert problem.startswith("flow.csv, row 2, fcs")
    assert told in problem
