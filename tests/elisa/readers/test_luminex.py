"""Luminex xPONENT: concentrations of each analyte, with the file's own limits."""

from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import PlateError, read_plates
from coculture.elisa.plates.given_concentration import GivenConcentration
from tests.elisa.readers.written_exports import only_plate, write_export

HEAD = [
    '"Program","xPONENT","","FlexMAP 3D"',
    '"Build","4.3.229.0"',
    '"Batch","B7"',
    "",
    '"Results"',
    "",
]


def table(name: str, *rows: str) -> list[str]:
    return [f'"DataType:","{name}"', *rows, ""]


HEADING = '"Location","Sample","IL-6","TNF-a","Total Events"'
MEDIAN = table(
    "Median", HEADING, '"1(1,A1)","S1","120.5","88","301"', '"2(1,B1)","S2","90","70","281"'
)
RESULT = table(
    "Result", HEADING,
    '"1(1,A1)","S1","12.5","< 3.2","301"',
    '"2(1,B1)","S2","NaN","> 10000","281"',
)  # fmt: skip
REST = [
    *table("Units", '"Analyte:","IL-6","TNF-a"', '"BeadID:","19","27"', '"Units:","pg/mL","pg/mL"'),
    *table(
        "Dilution Factor", '"Location","Sample","Dilution Factor"', '"1(1,A1)","S1","2"',
        '"2(1,B1)","S2","1"',
    ),
]  # fmt: skip


def concentrations(path: Path) -> dict[tuple[str, str], GivenConcentration]:
    return {(one.well, one.analyte): one for one in only_plate(path).concentrations}


def test_the_result_table_gives_concentrations(tmp_path: Path) -> None:
    path = write_export(tmp_path, [*HEAD, *MEDIAN, *RESULT, *REST])
    found = concentrations(path)
    assert only_plate(path).name == "B7"
    assert only_plate(path).wells.empty
    assert found["A1", "IL-6"].concentration == 12.5
    assert {key: one.state for key, one in found.items()} == {
        ("A1", "IL-6"): "ok", ("A1", "TNF-a"): "below_lloq",
        ("B1", "IL-6"): "missing", ("B1", "TNF-a"): "above_uloq",
    }  # fmt: skip
    below, above = found["A1", "TNF-a"], found["B1", "TNF-a"]
    assert (below.upper, above.lower) == (3.2, 10_000)
    assert np.isnan([below.concentration, below.lower, above.concentration, above.upper]).all()
    assert [(one.unit, one.sample, one.dilution) for one in (below, above)] == [
        ("pg/mL", "S1", 2), ("pg/mL", "S2", 1)
    ]  # fmt: skip


def test_two_plates_of_a_batch(tmp_path: Path) -> None:
    lines = [line.replace("2(1,B1)", "2(2,A1)") for line in [*HEAD, *RESULT, *REST]]
    plates = read_plates(write_export(tmp_path, lines))
    assert [plate.name for plate in plates] == ["B7 plate 1", "B7 plate 2"]
    assert [{one.well for one in plate.concentrations} for plate in plates] == [{"A1"}, {"A1"}]


def test_fluorescence_alone_is_refused_by_the_name_of_the_format(tmp_path: Path) -> None:
    path = write_export(tmp_path, [*HEAD, *MEDIAN, *REST])
    with pytest.raises(
        PlateError, match=r'Luminex xPONENT export has no table "Result" .*"Median"'
    ):
        read_plates(path)
    empty = [line.replace("12.5", "NaN").replace("< 3.2", "NaN") for line in RESULT]
    empty = [line.replace("> 10000", "") for line in empty]
    with pytest.raises(PlateError, match="has no concentration; no curve was fitted"):
        read_plates(write_export(tmp_path, [*HEAD, *empty]))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"12.5"', '"12.5x"', 'line 9: well A1, IL-6: "12.5x" is no concentration'),
        ('"12.5"', '"-4"', 'line 9: well A1, IL-6: "-4" is no concentration'),
        ('"1(1,A1)","S1","12.5"', '"1(1,A1)","12.5"', "line 9: 4 cells, but the heading has 5"),
        ("2(1,B1)", "1(1,A1)", r"line 10: 1\(1,A1\) is listed twice"),
        ("2(1,B1)", "row 2", 'line 10: "row 2" is not a location'),
        ('"TNF-a","Total', '"IL-6","Total', "line 8: an analyte is in the heading twice"),
        ('"Location","Sample"', '"Sample","Location"', "does not begin with the columns Location"),
    ],
)
def test_damaged_tables_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    lines = [*HEAD, *[line.replace(old, new) for line in RESULT]]
    with pytest.raises(PlateError, match=said):
        read_plates(write_export(tmp_path, lines))


def test_the_same_table_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match='line 12: the table "Result" is in the file twice'):
        read_plates(write_export(tmp_path, [*HEAD, *RESULT, *RESULT]))


def test_bio_plex_manager_is_refused_by_its_name(tmp_path: Path) -> None:
    lines = ["Type,Well,Description,FI,FI - Bkgd,Std Dev,Obs Conc", "X1,A1,S1,120,100,3,12.5"]
    with pytest.raises(PlateError, match="Luminex export of Bio-Plex Manager"):
        read_plates(write_export(tmp_path, lines))


@pytest.mark.parametrize("lines", range(1, 9))
def test_a_file_that_ends_early_is_refused(tmp_path: Path, lines: int) -> None:
    with pytest.raises(PlateError, match=r"Luminex xPONENT|line \d+: "):
        read_plates(write_export(tmp_path, [*HEAD, *RESULT][:lines]))
