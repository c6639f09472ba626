"""What single files say, and what is guessed from names and times."""

import datetime
from pathlib import Path

import pandas as pd
import pytest

from coculture import new_study
from coculture.new_study.fcs_facts import facts_of
from coculture.new_study.name_pattern import (
    NamePattern,
    PatternError,
    drugs_of,
    guess,
    stroma_named,
)
from coculture.new_study.sessions import session_names, sessions_of
from coculture.new_study.stains import stains_of
from coculture.new_study.tube_roles import role_of
from tests.new_study.small_files import fcs_file
from tests.study.workbooks import plate, write

KEYWORDS = {
    "Diva, tube": ({"tube name": "E1-DEX-1", "src": "Specimen_001"}, "", "E1-DEX-1"),
    "Diva, HTS": ({"well id": "B07", "tube name": "B7"}, "B7", "x"),
    "FACSCalibur": ({"sample id": "DEX 1", "smno": "3"}, "", "DEX 1"),
    "Accuri C6": ({"@sampleid1": "DEX 1", "src": "A05"}, "A5", "DEX 1"),
    "Attune NxT": ({"wellid": "C11", "#sample": "Untitled"}, "C11", "x"),
    "MACSQuant": ({"smno": "D4", "cells": "U266 DEX"}, "D4", "U266 DEX"),
    "Aurora": ({"tubename": "DEX 1", "bdpm$well": "E2"}, "E2", "DEX 1"),
    "LMD": ({"locationid": "H12", "sample id": "-1"}, "H12", "x"),
    "Stratedigm": ({"tube_name": "Default", "well_id": "A1"}, "A1", "x"),
    "Guava": ({"gti$well": "A03", "sampleid": "NA"}, "A3", "x"),
}


@pytest.mark.parametrize(("keywords", "well", "tube"), KEYWORDS.values(), ids=KEYWORDS)
def test_wells_and_names_are_read_from_the_keywords_of_each_instrument(
    tmp_path: Path, keywords: dict[str, str], well: str, tube: str
) -> None:
    (found,) = facts_of([fcs_file(tmp_path / "x.fcs", **keywords)])
    assert (found.well.text, found.tube.text) == (well, tube)
    assert not found.well or found.well.source.lower().lstrip("$") in keywords


def test_files_of_one_night_are_one_experiment(tmp_path: Path) -> None:
    times = [("01-MAY-2024", "21:00:00"), ("01-MAY-2024", "23:50:00"), ("02-MAY-2024", "00:40:00")]
    times += [("08-MAY-2024", "10:00:00")]
    paths = [
        fcs_file(tmp_path / f"{i}.fcs", date=day, btim=time) for i, (day, time) in enumerate(times)
    ]
    files = facts_of(paths[::-1])
    assert sessions_of(files) == [1, 0, 0, 0]
    assert files[-1].started == datetime.datetime(2024, 5, 1, 21)


def test_files_without_a_time_are_together_by_their_folder(tmp_path: Path) -> None:
    paths = [fcs_file(tmp_path / folder / f"{i}.fcs") for folder in "ab" for i in range(2)]
    assert sessions_of(facts_of(paths)) == [0, 0, 1, 1]


ROLES = {
    "unstained": ("unstained", ""),
    "U266 US": ("unstained", ""),
    "FMO-AnxV": ("fmo_annexin", ""),
    "FMO_7AAD": ("fmo_dye", ""),
    "fmo gfp": ("fmo", "GFP"),
    "GFP single": ("single_stain", "GFP"),
    "SS Annexin V": ("single_stain", "Annexin V-APC"),
    "comp beads 7-AAD": ("single_stain", "7-AAD"),
    "beads unstained": ("unstained", ""),
    "Annexin only": ("single_stain", "Annexin V-APC"),
    "stroma only": ("population_negative", ""),
    "count beads": ("beads", ""),
    "E1-control-DEX-1": ("sample", ""),
    "status quo 3": ("sample", ""),
    "HS-5 + U266 DEX": ("sample", ""),
}


@pytest.mark.parametrize(("name", "expected"), ROLES.items(), ids=ROLES)
def test_roles_are_read_from_the_words_in_names(
    tmp_path: Path, name: str, expected: tuple[str, str]
) -> None:
    stains = stains_of(facts_of([fcs_file(tmp_path / "x.fcs")]))
    found = role_of(name, stains)
    assert (found.role.text, found.channel.text) == expected
    assert found.is_beads == ("beads" in name and "count" not in name)


STROMA_ALONE = {
    "2026-05-03_HS5 only unstained": ("unstained", "", True),
    "HS5_alone_US": ("unstained", "", True),
    "unstained stroma cells only": ("unstained", "", True),
    "HS-5 only Annexin V": ("single_stain", "Annexin V-APC", True),
    "HS5 only FMO 7-AAD": ("fmo_dye", "", True),
    "HS5 only stained": ("population_negative", "", True),
    "HS5 only GFP": ("population_negative", "GFP", True),
    "HS5 only single GFP": ("single_stain", "GFP", True),
    "U266 + HS5 unstained": ("unstained", "", False),
    "U266 on HS5 Annexin only": ("single_stain", "Annexin V-APC", False),
    "U266 alone unstained": ("unstained", "", False),
}


@pytest.mark.parametrize(("name", "expected"), STROMA_ALONE.items(), ids=STROMA_ALONE)
def test_stroma_alone_is_not_the_cells_of_the_study(
    tmp_path: Path, name: str, expected: tuple[str, str, bool]
) -> None:
    found = role_of(name, stains_of(facts_of([fcs_file(tmp_path / "x.fcs")])))
    assert (found.role.text, found.channel.text, found.is_stroma_alone) == expected


def test_an_unstained_tube_of_stroma_alone_has_no_cells(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    names = [f"U266_{drug}_{n}" for drug in ("veh", "DEX") for n in (1, 2)]
    for name in (*names, "2026-05-03_HS5 only unstained", "unstained"):
        fcs_file(tmp_path / "flow" / f"{name}.fcs")
    new_study.begin(tmp_path, "mine", tmp_path / "flow", None)
    flow = pd.read_excel(tmp_path / "data/raw/mine/mine.xlsx", "flow", keep_default_na=False)
    unstained = flow[flow["role"] == "unstained"]
    cells = {Path(row["fcs"]).stem: row["cells"] for row in unstained.to_dict("records")}
    assert cells == {"2026-05-03_HS5 only unstained": "", "unstained": "U266"}


def test_a_pattern_reads_names_and_is_guessed() -> None:
    names = [
        f"{e}_{c}_{t}_{r}"
        for e in "ab"
        for c in ("U266", "MM1S")
        for t in ("veh", "DEX")
        for r in "12"
    ]
    pattern = guess(names, [0] * 8 + [1] * 8)
    assert pattern is not None
    assert pattern.text == "{experiment}_{cells}_{treatment}_{replicate}"
    assert pattern.fields_of("a_U266_DEX_IL1Ra_2")["treatment"] == "DEX_IL1Ra"
    assert guess(["Tube 1", "Sample", "A x b y"], [0, 0, 0]) is None


def test_a_pattern_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(PatternError, match="is no pattern of names"):
        NamePattern("{experiment}-{dose}")


def test_doses_in_the_names_of_treatments_are_read() -> None:
    assert drugs_of(["DMSO", "LEN 5uM+DEX", "IL-6"]) == {
        "DMSO": {},
        "LEN 5uM+DEX": {"LEN": ("5", "uM"), "DEX": ("", "")},
        "IL-6": {"IL-6": ("", "")},
    }


def test_what_cannot_begin_a_study_is_said(tmp_path: Path) -> None:
    with pytest.raises(new_study.NewStudyError, match="cannot be the name of a study"):
        new_study.begin(tmp_path, "my study", tmp_path, None)
    with pytest.raises(new_study.NewStudyError, match="there is no such folder"):
        new_study.begin(tmp_path, "mine", tmp_path / "fcs", None)
    (tmp_path / "bad.fcs").write_bytes(b"FCS9.9 nothing")
    with pytest.raises(new_study.NewStudyError, match=r"No FCS file .* bad.fcs"):
        new_study.begin(tmp_path, "mine", tmp_path, None)


def test_locks_and_the_maps_themselves_are_no_exports(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    folder = tmp_path / "plates"
    folder.mkdir()
    grid = ["\t".join(["", *map(str, range(1, 13))])]
    grid += ["\t".join([letter, *["0.125"] * 12]) for letter in "ABCDEFGH"]
    (folder / "P1.txt").write_text("\n".join(grid))
    (folder / "~$maps.xlsx").write_bytes(b"lock")
    write(folder / "maps.xlsx", {"P1": plate("", {"A1": "STD 600", "A2": "BLK"})})
    said = new_study.begin(tmp_path, "mine", None, folder, folder / "maps.xlsx")
    assert not any(line.startswith("Not read") for line in said)
    assert any(line.startswith('Plate map "elisa P1": copied') for line in said)


def test_a_text_that_is_no_export_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    folder = tmp_path / "plates"
    folder.mkdir()
    grid = ["\t".join(["", *map(str, range(1, 13))])]
    grid += ["\t".join([letter, *["0.125"] * 12]) for letter in "ABCDEFGH"]
    (folder / "P1.txt").write_text("\n".join(grid))
    (folder / "readme.txt").write_text("nothing of use")
    said = new_study.begin(tmp_path, "mine", None, folder)
    (line,) = [line for line in said if line.startswith("Not read")]
    assert line.endswith("or a table with the columns well and od.")


def test_names_of_folders_become_names_that_the_tables_take(tmp_path: Path) -> None:
    folders = [("2026-04-06 exp 1", "06-APR-2026"), ("2026-04-13 exp 2", "13-APR-2026")]
    files = facts_of(
        [
            fcs_file(tmp_path / folder / f"{number}.fcs", date=day, btim="10:00:00")
            for folder, day in folders
            for number in (1, 2)
        ]
    )
    named = session_names(files, sessions_of(files), [""] * 4)
    assert [one.text for one in named.values()] == ["2026-04-06-exp-1", "2026-04-13-exp-2"]
    # Two names that would become one are no names.
    same = facts_of(
        [
            fcs_file(tmp_path / folder / "1.fcs", date=day, btim="10:00:00")
            for folder, day in (("a b", folders[0][1]), ("a#b", folders[1][1]))
        ]
    )
    assert [one.text for one in session_names(same, sessions_of(same), ["", ""]).values()] == [
        *("day1", "day2"),
    ]


def test_stroma_is_a_part_of_a_name() -> None:
    names = [
        f"{cells}_{stroma}_{treatment}_{well}"
        for cells in ("U266", "MM1S")
        for stroma in ("HS5", "noHS5")
        for treatment in ("UT", "BTZ2", "BTZ5")
        for well in (1, 2)
    ]
    found = guess(names, [0] * len(names))
    assert found is not None
    assert found.text == "{cells}_{stroma}_{treatment}_{replicate}"
    assert [stroma_named(one) for one in ("HS5", "noHS5", "w/o stroma", "MSC", "alone")] == [
        *("HS5", "", "", "MSC", ""),
    ]


def test_numbers_that_differ_are_doses_and_others_are_names() -> None:
    found = drugs_of(["UT", "BTZ2", "BTZ5", "BTZ5+IL6", "CD38"])
    assert found == {
        "UT": {},
        "BTZ2": {"BTZ": ("2", "")},
        "BTZ5": {"BTZ": ("5", "")},
        "BTZ5+IL6": {"BTZ": ("5", ""), "IL6": ("", "")},
        "CD38": {"CD38": ("", "")},
    }
    codes = drugs_of(["IL6", "IL1", "ABT-199", "ABT-737"])
    assert codes["IL6"] == {"IL6": ("", "")}
    assert codes["ABT-737"] == {"ABT-737": ("", "")}


def test_a_treatment_whose_parts_are_treatments_is_their_combination() -> None:
    found = drugs_of(["DMSO", "DEX", "IL1Ra", "DEX-IL1Ra", "IL1Ra_DEX", "DEX-BTZ", "DMSO-DEX"])
    both = {"DEX": ("", ""), "IL1Ra": ("", "")}
    assert found["DEX-IL1Ra"] == found["IL1Ra_DEX"] == both
    # BTZ is no treatment by itself, and DMSO is none.
    assert found["DEX-BTZ"] == {"DEX-BTZ": ("", "")}
    assert found["DMSO-DEX"] == {"DMSO-DEX": ("", "")}
    doses = drugs_of(["IL-6", "BTZ2", "BTZ5", "BTZ5_IL-6", "DEX 100nM", "DEX 100nM-BTZ2+IL-6"])
    assert doses["IL-6"] == {"IL-6": ("", "")}
    assert doses["BTZ5_IL-6"] == {"BTZ": ("5", ""), "IL-6": ("", "")}
    three = {"DEX": ("100", "nM"), "BTZ": ("2", ""), "IL-6": ("", "")}
    assert doses["DEX 100nM-BTZ2+IL-6"] == three
    assert list(drugs_of(["A", "B", "A-B", "A-B+C"])["A-B+C"]) == ["A", "B", "C"]


def test_annexin_has_a_short_name(tmp_path: Path) -> None:
    stains = stains_of(facts_of([fcs_file(tmp_path / "x.fcs")]))
    for name in ("Single AnnV", "single Ann-V", "single AnxV", "single Annexin"):
        assert role_of(name, stains).channel.text == "Annexin V-APC"
    assert role_of("FMO AnnV U266", stains).role.text == "fmo_annexin"
    assert role_of("U266 Ann DEX", stains).role.text == "sample"
