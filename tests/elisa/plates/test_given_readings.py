"""Plates of which the file gives concentrations: units, dilutions, limits, cultures."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    PlateError,
    check_files,
    combine_cultures,
    pooled_scatter,
    precision_of,
    quantify_plate,
    read_layout,
)
from coculture.elisa.plates.quantification import GIVEN, QuantifiedPlate
from tests.elisa.readers.written_exports import write_export

Settings = Callable[..., ElisaSettings]

WELLS = ("A1", "B1", "C1", "D1", "E1")


def luminex(
    values: Mapping[str, tuple[str, ...]],
    dilutions: tuple[float, ...] = (4, 4, 4, 4, 4),
    unit: str = "pg/mL",
) -> list[str]:
    """An xPONENT export with the values of each analyte in `WELLS`."""
    analytes = ",".join(values)
    rows = [
        f'"{i + 1}(1,{well})",S{i},{",".join(column[i] for column in values.values())},100'
        for i, well in enumerate(WELLS)
    ]
    factors = [f'"{i + 1}(1,{well})",S{i},{dilutions[i]}' for i, well in enumerate(WELLS)]
    return [
        "Program,xPONENT", "Batch,B7", "",
        "DataType:,Result", f"Location,Sample,{analytes},Total Events", *rows, "",
        "DataType:,Units", f"Analyte:,{analytes}",
        f"Units:,{','.join([unit] * len(values))}", "",
        "DataType:,Dilution Factor", "Location,Sample,Dilution Factor", *factors, "",
    ]  # fmt: skip


IL6 = {"IL-6": ("400", "440", "< 12.8", "> 40000", "120")}


def table(path: Path, **changed: Any) -> pd.DataFrame:
    """Rows of elisa.csv: two wells each of c1 and c2, and a control with the target 100."""
    frame = pd.DataFrame(
        {
            "plate": "L1",
            "file": str(path),
            "plate_in_file": "",
            "well": WELLS,
            "role": ["sample"] * 4 + ["control"],
            "analyte": "IL-6",
            "concentration_pg_ml": [np.nan] * 4 + [100.0],
            "culture": ["c1", "c1", "c2", "c3", ""],
            "dilution": 4.0,
            "exclude": "",
        },
        index=range(2, 7),
    )
    return frame.assign(**changed)


def quantified(rows: pd.DataFrame, settings: ElisaSettings) -> QuantifiedPlate:
    readings = read_layout(rows, settings)
    return quantify_plate(readings, settings, pooled_scatter(readings, settings))


def by_well(plate: QuantifiedPlate) -> pd.DataFrame:
    return plate.wells.set_index("well")


def row_of(wells: pd.DataFrame, well: str, *columns: str) -> list[float]:
    return [float(wells[column][well]) for column in columns]


def test_concentrations_with_the_dilution_of_the_file_stay_as_they_are(
    tmp_path: Path, settings: Settings
) -> None:
    plate = quantified(table(write_export(tmp_path, luminex(IL6))), settings())
    wells = by_well(plate)
    assert wells["concentration_pg_ml"].tolist()[:2] == [400, 440]
    assert wells["in_well_pg_ml"].tolist()[:2] == [100, 110]
    assert wells["state"].tolist() == ["ok", "ok", "below_lloq", "above_uloq", "ok"]
    assert wells.loc["C1", "upper_pg_ml"] == 12.8
    assert wells.loc["D1", "lower_pg_ml"] == 40_000
    assert (wells["lloq_pg_ml"] == 12.8).all()
    assert (wells["uloq_pg_ml"] == 40_000).all()
    assert wells.loc["E1", "recovery_percent"] == 120
    half_width = np.log(wells["upper_pg_ml"].iloc[0] / 400)
    assert half_width == pytest.approx(1.96 * 0.06, rel=1e-3)


@pytest.mark.parametrize("written", [1.0, np.nan])
def test_a_dilution_that_only_the_file_states_is_not_applied_again(
    tmp_path: Path, settings: Settings, written: float
) -> None:
    rows = table(write_export(tmp_path, luminex(IL6)), dilution=written)
    wells = by_well(quantified(rows, settings()))
    assert row_of(wells, "A1", "concentration_pg_ml", "dilution") == [400, 4]


@pytest.mark.parametrize("has_table", [True, False])
def test_a_dilution_that_only_elisa_csv_states_is_applied_once(
    tmp_path: Path, settings: Settings, has_table: bool
) -> None:
    lines = luminex(IL6, dilutions=(1, 1, 1, 1, 1))
    lines = lines if has_table else lines[: lines.index("DataType:,Dilution Factor")]
    wells = by_well(quantified(table(write_export(tmp_path, lines)), settings()))
    assert wells["concentration_pg_ml"].tolist()[:2] == [1600, 1760]
    assert wells["in_well_pg_ml"].tolist()[:2] == [400, 440]
    assert row_of(wells, "C1", "upper_pg_ml", "lloq_pg_ml") == [51.2, 51.2]
    assert row_of(wells, "D1", "lower_pg_ml", "uloq_pg_ml") == [160_000, 160_000]


def test_two_different_dilutions_are_refused(tmp_path: Path, settings: Settings) -> None:
    rows = table(write_export(tmp_path, luminex(IL6)), dilution=10.0)
    problem = check_files(rows, settings())[0]
    assert "well A1 has the dilution 4 in the file" in problem.message
    assert "and 10 in elisa.csv" in problem.message
    with pytest.raises(PlateError, match="has the dilution 4 in the file"):
        read_layout(rows, settings())


def test_equal_limits_at_different_dilutions_are_those_in_the_well(
    tmp_path: Path, settings: Settings
) -> None:
    values = {"IL-6": ("400", "< 3.2", "< 3.2", "> 10000", "120")}
    lines = luminex(values, dilutions=(4, 4, 20, 4, 1))
    rows = table(write_export(tmp_path, lines), dilution=[4.0, 4.0, 20.0, 4.0, 1.0])
    wells = by_well(quantified(rows, settings()))
    assert wells["upper_pg_ml"].tolist()[1:3] == pytest.approx([12.8, 64])
    assert wells["lloq_pg_ml"].tolist() == pytest.approx([12.8, 12.8, 64, 12.8, 3.2])


@pytest.mark.parametrize(
    ("unit", "factor"), [("ng/mL", 1e3), ("pg/ml", 1), ("µg/mL", 1e6), ("IU/mL", 10)]
)
def test_units_are_converted(tmp_path: Path, settings: Settings, unit: str, factor: float) -> None:
    path = write_export(tmp_path, luminex(IL6, unit=unit))
    wells = by_well(quantified(table(path), settings(pg_per_unit={"IL-6": 10.0})))
    assert wells.loc["A1", "concentration_pg_ml"] == pytest.approx(400 * factor)
    assert wells.loc["C1", "upper_pg_ml"] == pytest.approx(12.8 * factor)
    assert wells.loc["A1", "lloq_pg_ml"] == pytest.approx(12.8 * factor)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("", "IL-6 has no unit; state pg/mL"),
        ("nM", 'IL-6 has the unit "nM", not one of mass; state'),
        ("U/mL", "write into the config how many pg are 1 U: elisa"),
    ],
)
def test_units_that_cannot_be_converted_are_refused(
    tmp_path: Path, settings: Settings, unit: str, said: str
) -> None:
    rows = table(write_export(tmp_path, luminex(IL6, unit=unit)))
    assert said in check_files(rows, settings())[0].message


def test_the_check_accepts_such_a_plate_without_standards(
    tmp_path: Path, settings: Settings
) -> None:
    rows = table(write_export(tmp_path, luminex(IL6)))
    assert check_files(rows, settings()) == []
    assert check_files(rows, settings(zero_standard="subtract")) == []


def test_a_well_has_several_analytes(tmp_path: Path, settings: Settings) -> None:
    values = IL6 | {"TNF-a": ("4", "5", "6", "7", "8"), "VEGF": ("1", "1", "1", "1", "1")}
    rows = table(write_export(tmp_path, luminex(values)))
    both = pd.concat([rows, rows.assign(analyte="TNF A")], ignore_index=True)
    assert check_files(both, settings()) == []
    plate = quantified(both, settings())
    of_tnf = plate.wells[plate.wells["analyte"] == "TNF A"]
    assert of_tnf["concentration_pg_ml"].tolist() == [4, 5, 6, 7, 8]
    assert plate.wells["well"].tolist() == [well for well in WELLS for _ in range(2)]
    assert list(plate.curve) == ["IL-6", "TNF A"]
    twice = pd.concat([rows, rows.iloc[:1]], ignore_index=True)
    with pytest.raises(PlateError, match="well A1 is listed twice"):
        read_layout(twice, settings())


def test_an_analyte_that_the_file_lacks_is_refused(tmp_path: Path, settings: Settings) -> None:
    rows = table(write_export(tmp_path, luminex(IL6)), analyte="IL-8")
    message = check_files(rows, settings())[0].message
    assert 'has no analyte "IL-8"; its analytes are IL-6' in message


def test_wells_that_elisa_csv_does_not_name_are_unassigned(
    tmp_path: Path, settings: Settings
) -> None:
    rows = table(write_export(tmp_path, luminex(IL6))).iloc[:3]
    wells = by_well(quantified(rows, settings()))
    assert wells.loc[["D1", "E1"], "role"].tolist() == ["unassigned"] * 2
    assert wells.loc[["D1", "E1"], "state"].tolist() == ["excluded"] * 2
    assert wells.loc["C1", "lloq_pg_ml"] == 12.8


def test_cultures_get_a_value_and_bounds_without_a_curve(
    tmp_path: Path, settings: Settings
) -> None:
    values = {"IL-6": ("400", "410", "< 12.8", "> 40000", "0")}
    rows = table(write_export(tmp_path, luminex(values)))
    rows = rows.assign(role="sample", culture=["c1", "c1", "c2", "c3", "c4"])
    plate = quantified(rows, settings())
    combined = combine_cultures(
        plate.wells, plate.flags, precision_of([plate.curve], pooled_scatter(
            read_layout(rows, settings()), settings()
        ))
    )  # fmt: skip
    cultures = combined.cultures.set_index("culture")
    assert cultures["state"].tolist() == ["ok", "below_lloq", "above_uloq", "below_lloq"]
    assert cultures.loc["c1", "concentration_pg_ml"] == pytest.approx((400 * 410) ** 0.5)
    width = np.log(cultures["upper_pg_ml"].iloc[0] / cultures["concentration_pg_ml"].iloc[0])
    assert width == pytest.approx(1.96 * 0.06 / 2**0.5, rel=1e-3)
    assert cultures["bound_pg_ml"].tolist()[1:] == [12.8, 40_000, 12.8]


def test_without_marks_the_limits_are_unknown_and_replicates_are_still_judged(
    tmp_path: Path, settings: Settings
) -> None:
    values = {"IL-6": ("400", "4000", "120", "130", "0")}
    rows = table(write_export(tmp_path, luminex(values)))
    rows = rows.assign(role="sample", culture=["c1", "c1", "c2", "c2", "c3"])
    plate = quantified(rows, settings())
    assert plate.wells["lloq_pg_ml"].isna().all()
    assert by_well(plate).loc["E1", "state"] == "missing"
    cultures = combine_cultures(plate.wells, plate.flags).cultures.set_index("culture")
    assert cultures["state"].tolist() == ["missing", "ok", "missing"]
    assert cultures.loc["c1", "flags"] == "replicates_disagree"


def test_the_entry_of_curve_json_says_that_no_curve_was_fitted(
    tmp_path: Path, settings: Settings
) -> None:
    path = write_export(tmp_path, luminex(IL6))
    plate = quantified(table(path), settings())
    entry = plate.curve["IL-6"]
    assert (
        entry["source"] == GIVEN == ("concentrations of the reader's software; no curve was fitted")
    )
    assert "fit" not in entry
    assert entry["readings"] is None
    assert (entry["limits"]["lloq"], entry["limits"]["uloq"]) == (3.2, 10_000)
    assert entry["verdict"] == "pass"
    notes = [flag for flag in plate.flags if flag.code == "given_concentrations"]
    assert ["a CV of 6 %" in note.sentence for note in notes] == [True]
    far = table(path, concentration_pg_ml=[np.nan] * 4 + [50.0])
    assert quantified(far, settings()).curve["IL-6"]["verdict"] == "fail"
    none = table(path).iloc[:4]
    assert quantified(none, settings()).curve["IL-6"]["verdict"] == "not judged"


def test_medium_is_subtracted_without_a_curve(tmp_path: Path, settings: Settings) -> None:
    values = {"IL-6": ("400", "440", "44", "38", "40")}
    rows = table(write_export(tmp_path, luminex(values)))
    rows = rows.assign(role=["sample"] * 4 + ["medium_blank"], culture=["c1", "c1", "c2", "c2", ""])
    wells = by_well(quantified(rows, settings(medium_blanks="subtract")))
    assert wells["concentration_pg_ml"].tolist()[:3] == pytest.approx([360, 400, 4])
    assert wells.loc["D1", "state"] == "missing"
    assert wells["concentration_pg_ml"].isna().tolist() == [False] * 3 + [True, False]
    reported = quantified(rows, settings())
    caution = next(flag for flag in reported.flags if flag.code == "medium_blank")
    assert caution.sentence.startswith("Medium alone reads 40 pg/mL (well E1). As much")
