"""values.csv in every form: the same numbers, or one message for each fault."""

import io
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest

from coculture.study import Study, documentation
from tests.study.values.conftest import CONFIG, CULTURES, NAMES, wide

Load = Callable[..., Study]
Told = Callable[..., list[str]]

FLOWJO = """\
,Cells/Live | Count,Cells/Live/Annexin+ | Freq. of Parent (%),Cells/Live | Median (APC-A),
E1-untreated,8120,11.3 %,1200,
E1-LEN.fcs,7744,45.0 %,2300,
E2-untreated,800,12,1250,
E2-LEN,790,44,2200,
C1.fcs,700,10,1100,
C2.fcs,701,40,2000,
D1.fcs,702,11,1000,
D2.fcs,703,41,1900,
Mean,2470,26.8 %,1618,
SD,3000,17 %,520,
"""


def _workbook(rows: list[list[object]], **formats: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_both_forms_give_the_same_numbers(loaded: Load) -> None:
    of_wide = loaded(
        wide("viability_percent,viability_count,IL-6_pg_ml,note", E1_LEN="61,388,<7.8,old")
    )
    rows = ["culture,endpoint,value,unit,count,note"]
    for name in NAMES:
        if name == "E1-LEN":
            rows += ["E1-LEN,viability,61,percent,388,old", "E1-LEN,IL-6,<7.8,pg/ml,,old"]
        else:
            rows += [f"{name},viability,50,%,,"]
    of_long = loaded("\n".join(rows))
    columns = ["culture", "endpoint", "value", "relation", "unit", "count", "note", "exclude"]
    pd.testing.assert_frame_equal(
        of_wide.values[columns].reset_index(drop=True),  # noqa: PD011
        of_long.values[columns].reset_index(drop=True),  # noqa: PD011
    )
    bound = of_wide.value_rows()[2]
    assert (bound["value"], bound["relation"], bound["unit"]) == (7.8, "<=", "pg/mL")
    assert list(of_wide.values.index[:4]) == [2, 3, 3, 4]  # noqa: PD011


def test_replicates_are_kept(loaded: Load) -> None:
    study = loaded(wide() + "E1-LEN,52\nE1-LEN,54\n")
    assert [row["value"] for row in study.value_rows() if row["culture"] == "E1-LEN"] == [
        50,
        52,
        54,
    ]


def test_a_flowjo_table_is_used_as_it_is(loaded: Load) -> None:
    values = loaded(FLOWJO).values  # noqa: PD011
    assert set(values["culture"]) == set(NAMES)
    assert len(values) == 24
    frequency = values[values["endpoint"] == "Cells/Live/Annexin+ | Freq. of Parent"]
    assert list(frequency["value"]) == [11.3, 45, 12, 44, 10, 40, 11, 41]
    assert set(frequency["unit"]) == {"%"}
    assert list(frequency["count"])[:2] == [8120, 7744]
    others = values[values["unit"] != "%"]
    assert set(others["endpoint"]) == {"Cells/Live | Count", "Cells/Live | Median (APC-A)"}
    assert set(others["unit"]) == {"cells", "a.u."}
    assert others["count"].isna().all()


def test_the_config_for_a_flowjo_table_in_the_documentation(loaded: Load) -> None:
    blocks = documentation.markdown().split("```yaml\n")[1:]
    (config,) = [one.split("```")[0] for one in blocks if "flowjo.csv" in one]
    for table, written in (("cultures", "cultures"), ("flowjo", "values")):
        config = config.replace(f"../data/raw/mine/{table}.csv", f"{written}.csv")
    assert list(loaded(FLOWJO, config).endpoints) == ["percent Annexin-positive"]
    config = config.replace("# values:", "values:")
    table = FLOWJO.replace("(APC-A),", "(APC-A),Comments").replace("1200,", "1200,again")
    assert list(loaded(table, config).endpoints) == ["percent Annexin-positive"]


def test_files_of_the_same_name_need_their_experiment(loaded: Load, told: Told) -> None:
    lines = ["File,viability_percent", *(f"{one},50" for one in ("A1.fcs", "A2", "C1", "C2"))]
    assert (
        'values.csv, row 2, file "A1.fcs": is the name of several cultures (E1-untreated and '
        "E2-untreated); enter its culture in a column culture, or its experiment in a column "
        "experiment."
    ) in told("\n".join(lines))
    rows = ["File,experiment,viability_percent"]
    rows += [f"{file},{experiment},50" for experiment in ("E1", "E2") for file in ("A1.fcs", "A2")]
    rows += ["C1,,50", "C2,,50", "D1,,50", "D2,,50"]
    study = loaded("\n".join(rows))
    assert [row["culture"] for row in study.value_rows()] == NAMES


def test_a_percent_of_excel_is_a_percent(loaded: Load) -> None:
    rows: list[list[object]] = [["culture", "viability_percent"]]
    rows += [[name, 0.453] for name in NAMES]
    study = loaded(_workbook(rows, **{f"B{i}": "0.0%" for i in range(2, 10)}))
    assert [row["value"] for row in study.value_rows()] == [45.3] * 8


def test_a_workbook_with_several_sheets_or_formulas_is_refused(told: Told) -> None:
    rows: list[list[object]] = [["culture", "viability_percent"]]
    rows += [[name, "=1+1"] for name in NAMES]
    assert told(_workbook(rows)) == [
        "values.csv: has a formula without a value in B2 of the sheet Sheet; open it in Excel, "
        "save it, and try again."
    ]
    book = openpyxl.Workbook()
    book.worksheets[0].append(["culture"])
    book.create_sheet("other").append(["x"])
    written = io.BytesIO()
    book.save(written)
    assert "has 2 sheets with cells (Sheet, other)" in told(written.getvalue())[0]
    assert "cannot be read as a workbook" in told(b"PK\x03\x04 broken")[0]
    assert "is an old workbook (.xls)" in told(b"\xd0\xcf\x11\xe0")[0]


FAULTS = {
    "unknown culture": (
        wide() + "E1-LEM,50\n",
        'values.csv, row 10, culture "E1-LEM": this culture is not in cultures.csv. Did you mean '
        "E1-LEN?",
    ),
    "no culture": (
        wide() + ",50\n",
        'values.csv, row 10, culture "": a number needs its culture, spelled as in cultures.csv.',
    ),
    "mark between thousands": (
        wide("count_cells", E1_LEN='"1,200"'),
        'values.csv, row 3, count_cells "1,200": may be 1200 or 1.2; write it without a mark '
        "between thousands, or with other decimals.",
    ),
    "n.d.": (
        wide(E1_LEN="n.d."),
        'values.csv, row 3, viability_percent "n.d.": is not a number. If nothing was measured, '
        "leave the cell empty (with a row for each number, delete the row). For a value below a "
        "limit of 5 write <5. For a measurement that failed, give the reason in the column "
        "exclude.",
    ),
    "percent above 100": (
        wide(E1_LEN="104"),
        'values.csv, row 3, viability_percent "104": a part of a count is from 0 to 100 %. A '
        'percent of a control has the unit "% of control", and a difference of percents '
        '"percentage points".',
    ),
    "negative concentration": (
        wide("IL-6_pg_ml", E1_LEN="-3"),
        'values.csv, row 3, IL-6_pg_ml "-3": a value in pg/mL cannot be below 0. If it is below '
        "the limit of the assay, write the limit with <, for example <5.",
    ),
    "count of zero": (
        wide("viability_percent,viability_count", E1_LEN="50,0"),
        'values.csv, row 3, viability_count "0": must be above 0: it is the number that a percent '
        "is a part of.",
    ),
    "column without unit": (
        wide("viability_percent,plate", E1_LEN="50,2"),
        "values.csv, row 1, plate: no unit is known for this column. End its heading with one, as "
        "in plate_percent or plate (pg/mL); known are %, % of control, pg/mL, ng/mL, µg/mL, "
        "mg/mL, U/mL, IU/mL, cells, cells/mL, cells/µL, cells/well, cells/bead, RLU, RFU, OD, "
        "a.u., fold, pM, nM, µM, mM. For another unit write a row for each number, with the "
        "columns culture, endpoint, value and unit. If the column holds no measurement, list it "
        "in the config under values.columns_not_used.",
    ),
    "counts of nothing": (
        wide("viability_percent,apoptosis_count", E1_LEN="50,2"),
        'values.csv, row 1, apoptosis_count: holds the counts behind "apoptosis", but no column '
        "of that name has a unit. Name it apoptosis_percent; numbers of cells that are a result "
        "of their own end with _cells.",
    ),
    "heading twice": (
        wide("viability_percent,viability_percent", E1_LEN="50,50"),
        "values.csv, row 1, viability_percent: this column occurs twice.",
    ),
    "cells without heading": (
        wide("viability_percent,", E1_LEN="50,x"),
        'values.csv, row 3 "x": column 3 has cells but no heading; give it one, or delete it.',
    ),
    "fractions": (
        wide("viability_fraction"),
        'values.csv, row 2, viability_fraction "fraction": write percents: multiply the fractions '
        "by 100 and give the unit %.",
    ),
    "percent sign": (
        wide("IL-6_pg_ml", E1_LEN="45 %"),
        'values.csv, row 3, IL-6_pg_ml "45 %": is a percent, but the unit is pg/mL; correct one '
        "of them.",
    ),
    "bare exclusion": (
        wide("viability_percent,exclude", E1_LEN="50,yes"),
        'values.csv, row 3, exclude "yes": leave the cell empty to use the row, or write the '
        "reason for excluding it; the reason is printed with the results.",
    ),
    "two spellings": (
        wide("viability_percent,Viability (%)", E1_LEN="50,50"),
        'values.csv, row 3, Viability (%) "Viability": differs from "viability" in row 2 only in '
        'capitals, spaces or "_". If they are the same, spell them the same; if not, use '
        "different letters.",
    ),
    "number without %": (
        FLOWJO.replace("12,1250", "0.110,1250"),
        'values.csv, row 4, Cells/Live/Annexin+ | Freq. of Parent (%) "0.110": may be a percent or '
        "a fraction: the other cells of this column carry %; write 11 % or 0.11 %.",
    ),
    "headings pasted": (
        FLOWJO.replace("C1.fcs", FLOWJO.split("\n", 1)[0] + "\nC1.fcs"),
        "values.csv, row 6: this row repeats the headings; delete it.",
    ),
    "headings pasted below an experiment": (
        wide("viability_percent,experiment") + "Culture,Viability_percent,E2\n",
        "values.csv, row 10: this row repeats the headings; delete it.",
    ),
    "no culture at all": (
        "passage,viability_percent\n1,50\n",
        'values.csv, row 1 "passage": has no column culture (or file) in its first row, so it '
        "does not say what was measured. Add it, or delete any lines above the headings.",
    ),
}


@pytest.mark.parametrize(("table", "said"), FAULTS.values(), ids=FAULTS)
def test_one_fault_gives_one_message(told: Told, table: str, said: str) -> None:
    assert told(table) == [said]


LONG = "culture,endpoint,value,unit\n" + "".join(f"{name},viability,50,%\n" for name in NAMES)
LONG_FAULTS = {
    "units that differ": (
        LONG + "E1-LEN,viability,0.5,% of control\n",
        'values.csv, row 10, unit "% of control": viability has the unit % in row 2; convert the '
        "values to one unit.",
    ),
    "units that differ twice": (
        LONG + "E1-LEN,viability,0.5,% of control\nE2-LEN,viability,0.6,% of control\n",
        'values.csv, row 10, unit "% of control": viability has the unit % in row 2; convert the '
        "values to one unit.",
    ),
    "a thousand times": (
        LONG + "E1-LEN,IL-6,12,pg/ml\nE2-LEN,IL-6,0.012,ng/mL\n",
        'values.csv, row 11, unit "ng/mL": IL-6 has the unit pg/mL in row 10; convert the values '
        "to one unit.",
    ),
    "percents and fractions": (
        LONG + "E1-LEN,viability,0.5,fraction\n",
        'values.csv, row 10, unit "fraction": write percents: multiply the fractions by 100 and '
        "give the unit %.",
    ),
    "no number": (
        LONG + "E1-LEN,viability,,%\n",
        'values.csv, row 10, value "": the cell is empty. Enter the number, delete the row, or '
        "give the reason in the column exclude.",
    ),
    "no unit": (
        LONG + "E1-LEN,MFI,12,\n",
        'values.csv, row 10, unit "": the cell is empty. The unit, the same for all values of an '
        'endpoint. "%" is a part of a count, from 0 to 100. A percent of an untreated control has '
        'the unit "% of control". Write a.u. if there is no unit.',
    ),
    "unknown column": (
        LONG.replace("unit\n", "unit,plate\n", 1),
        "values.csv, row 1, plate: unknown column. Known are: culture, file, experiment, endpoint, "
        "value, unit, count, note, exclude. A column of your own begins with note, or is listed "
        "under notes: in the config.",
    ),
}


@pytest.mark.parametrize(("table", "said"), LONG_FAULTS.values(), ids=LONG_FAULTS)
def test_one_fault_of_the_long_form_gives_one_message(told: Told, table: str, said: str) -> None:
    assert told(table) == [said]


def test_a_number_without_a_percent_sign_is_doubtful_only_among_signs(
    told: Told, loaded: Load
) -> None:
    of_long = LONG.replace("viability,50", "viability,50 %", 1)
    (said,) = told(of_long.replace("E4-LEN,viability,50", "E4-LEN,viability,<0.5"))
    assert said.startswith('values.csv, row 9, value "<0.5": may be a percent or a fraction:')
    assert len(loaded(of_long.replace("E4-LEN,viability,50", "E4-LEN,viability,0")).values) == 8
    assert len(loaded(LONG.replace("E4-LEN,viability,50", "E4-LEN,viability,0.5")).values) == 8


def test_the_headings_of_the_long_form_pasted_again(told: Told) -> None:
    assert told(LONG + LONG.split("\n", 1)[0] + "\n") == [
        "values.csv, row 10: this row repeats the headings; delete it."
    ]


def test_a_column_without_cells_needs_no_unit(loaded: Load, told: Told) -> None:
    study = loaded(wide("viability_percent,Comments,apoptosis_count"))
    assert {row["endpoint"] for row in study.value_rows()} == {"viability"}
    (said,) = told(wide("viability_percent,Comments", E1_LEN="50,x"))
    assert said.startswith("values.csv, row 1, Comments: no unit is known for this column.")


def test_a_column_that_is_no_measurement_is_named_in_the_config(loaded: Load, told: Told) -> None:
    table = wide("viability_percent,date", E1_LEN="50,2024-05-06")
    config = CONFIG + "values: {columns_not_used: [date]}\n"
    assert {row["endpoint"] for row in loaded(table, config).value_rows()} == {"viability"}
    (said,) = told(wide(), config)
    assert said == (
        'config.yaml, line 5, values.columns_not_used "date": no table of values has this column. '
        "Known are: culture, viability_percent."
    )


def test_an_excluded_number_needs_neither_culture_nor_number(loaded: Load) -> None:
    table = (
        wide("viability_percent,exclude", E1_LEN="n.d.,tube lost") + "unstained,3,control tube\n"
    )
    study = loaded(table)
    assert study.excluded() == [
        {"table": "values.csv", "row": "3", "item": "E1-LEN viability", "reason": "tube lost"},
        {"table": "values.csv", "row": "10", "item": "viability", "reason": "control tube"},
    ]


def test_a_file_that_no_culture_has(told: Told) -> None:
    said = told(FLOWJO.replace("C1.fcs", "X9.fcs"))
    assert said[0].startswith('cultures.csv, row 6, culture "E3-untreated": this culture is not in')
    assert said[1] == (
        'values.csv, row 6, file "X9.fcs": no culture has this file. Enter it in the column file '
        "of cultures.csv, or its culture in a column culture of this table; give a control tube a "
        "reason in a column exclude."
    )


def test_an_experiment_that_cultures_csv_lacks(told: Told, loaded: Load) -> None:
    lines = ["File,experiment,viability_percent", "A1.fcs,e1,50", "A2,E1,50", "A1.fcs,E2,50"]
    said = told("\n".join([*lines, "A2,E2,50", *(f"{name},,50" for name in NAMES)]))
    assert said == [
        'values.csv, row 2, experiment "e1": is not an experiment of cultures.csv; these are E1, '
        "E2, E3 and E4."
    ]
    excluded = wide("viability_percent,experiment,exclude") + "unstained,3,E9,control tube\n"
    assert len(loaded(excluded).value_rows()) == 9


def test_a_row_of_a_flowjo_table_that_is_pasted_twice_is_no_replicate(
    told: Told, loaded: Load
) -> None:
    again = "e1-len,7744,45.0 %,2300,\n"
    assert told(FLOWJO.replace("Mean,", f"{again}Mean,")) == [
        'values.csv, row 10, file "e1-len": rows 3 and 10 have the same file and experiment and '
        "the same values, so they were probably pasted twice; delete one of them."
    ]
    other = again.replace("7744", "7745")
    assert len(loaded(FLOWJO.replace("Mean,", f"{other}Mean,")).value_rows()) == 27
    of_reader = "File,ATP_percent\n" + "".join(f"{name},50\n{name},50\n" for name in NAMES)
    assert len(loaded(of_reader).value_rows()) == 16


def test_files_of_the_same_name_and_values_are_of_two_experiments(loaded: Load) -> None:
    lines = ["File,experiment,Live | Freq. of Parent"]
    lines += [f"{file},{one},50" for one in ("E1", "E2") for file in ("A1.fcs", "A2.fcs")]
    lines += [f"{file},,50" for file in ("C1", "C2", "D1", "D2")]
    assert len(loaded("\n".join(lines)).value_rows()) == 8


def test_numbers_without_raw_files_are_pinned_and_hashed(loaded: Load) -> None:
    study = loaded(wide())
    (row,) = study.raw_files()
    assert (row["table"], row["file"]) == ("values.csv", "values.csv")
    assert len(row["sha256"]) == 64
    assert [path.endswith("values.csv") for path in study.raw_paths()] == [True]
    assert "file" not in study.culture_rows()[0]


def test_a_culture_is_measured_by_its_number(told: Told) -> None:
    table = wide().replace("E4-LEN,50\n", "")
    assert told(table) == [
        'cultures.csv, row 9, culture "E4-LEN": this culture is not in values.csv; add its number, '
        "or remove the row."
    ]
    assert CULTURES.count("\n") == 9
