"""What the tables may and may not say, checked on rows made by hand."""

from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.study import StudyError, load, pin, raw_file_validation, table_validation
from coculture.study.checksums import Checksums

FACTORS: list[dict[str, Any]] = [
    {"name": "DEX", "column": "dex_nM", "untreated": 0.0},
    {"name": "IL-6", "column": "il6_ng_ml", "untreated": 0.0},
]
CULTURE = {
    "experiment": "E1",
    "donor": "D1",
    "cells": "control",
    "stroma": "HS-5",
    "medium": "RPMI",
    "hours": 48.0,
    "replicate": 1.0,
    "dex_nM": 1000.0,
    "il6_ng_ml": 0.0,
}
WELL = {
    "plate": "P1",
    "file": "both.txt",
    "path": "elisa/both.txt",
    "plate_in_file": "Plate1",
    "well": "A1",
    "role": "sample",
    "analyte": "IL-6",
    "concentration_pg_ml": float("nan"),
}
FILE = {
    "fcs": "a.fcs",
    "path": "flow/a.fcs",
    "data_set": float("nan"),
    "experiment": "E1",
    "role": "unstained",
    "culture": "",
    "channel": "",
    "plate": "",
    "well": "",
}


def _rows(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows under the numbers that a spreadsheet gives them."""
    return pd.DataFrame(rows, index=range(2, 2 + len(rows)))


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("experiment", "E2"),
        ("donor", "D2"),
        ("cells", "il1b"),
        ("stroma", ""),
        ("medium", "IMDM"),
        ("hours", 72.0),
        ("replicate", 2.0),
        ("dex_nM", 500.0),
        ("il6_ng_ml", 10.0),
    ],
)
def test_cultures_that_differ_in_one_thing_are_not_the_same_replicate(
    column: str, other: object
) -> None:
    cultures = _rows(CULTURE, {**CULTURE, column: other})
    assert list(table_validation.doubled_replicates(cultures, FACTORS)) == []


def test_cultures_that_differ_in_nothing_are_the_same_replicate() -> None:
    other = {**CULTURE, "stroma": ""}
    (problem,) = table_validation.doubled_replicates(_rows(CULTURE, other, CULTURE), FACTORS)
    assert (problem.row, problem.column, problem.value) == (4, "replicate", "1")
    assert "the culture in row 2 is the same replicate" in problem.message


def test_only_a_culture_that_got_none_of_the_factors_is_untreated() -> None:
    doses = [(0.0, 0.0), (1000.0, 0.0), (0.0, 10.0), (1000.0, 10.0)]
    cultures = _rows(*({**CULTURE, "dex_nM": dex, "il6_ng_ml": il6} for dex, il6 in doses))
    assert table_validation.is_untreated(cultures, FACTORS).tolist() == [True, False, False, False]
    assert list(table_validation.untreated_arms(cultures, FACTORS)) == []
    (problem,) = table_validation.untreated_arms(cultures.loc[3:], FACTORS)
    assert (problem.row, problem.value) == (3, "E1")


@pytest.mark.parametrize(("excluded", "asked"), [("", [3]), ("bubble in the well", [])])
def test_a_dilution_is_asked_of_the_samples_that_are_used(excluded: str, asked: list[int]) -> None:
    missing = float("nan")
    wells = pd.DataFrame(
        {
            "role": ["sample", "sample", "standard"],
            "exclude": ["", excluded, ""],
            "dilution": [10.0, missing, missing],
        },
        index=[2, 3, 4],
    )
    assert [problem.row for problem in table_validation.dilutions(wells)] == asked


def test_a_well_may_be_listed_once_for_each_analyte() -> None:
    """Beads of several analytes are in one well of a Luminex plate."""
    other = {**WELL, "analyte": "TNF-a"}
    assert list(table_validation.elisa_rows(_rows(WELL, other))) == []
    messages = [one.message for one in table_validation.elisa_rows(_rows(WELL, other, WELL))]
    assert messages == ["this well of the plate is already in row 2; list each well once."]


def _shared(**curve_of: str) -> list[str]:
    standard = {**WELL, "role": "standard"}
    table = _rows(
        standard, {**WELL, "plate": "P2"}, {**WELL, "plate": "P3", "analyte": "TNF"}
    ).dropna(axis=1)
    found = table_validation.shared_curves("config.yaml", table, curve_of)
    return [f"{one.column}: {one.message}" for one in found]


def test_plates_that_share_a_curve_exist_and_have_its_analytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("elisa: {}")
    assert _shared(P2="P1") == []
    assert _shared(P2="P9") == [
        "elisa.curve_of.P2: plate P9 is not in elisa.csv. Known are: P1, P2, P3."
    ]
    assert _shared(P9="P1") == [
        "elisa.curve_of.P9: plate P9 is not in elisa.csv. Known are: P1, P2, P3."
    ]
    assert _shared(P3="P1") == ["elisa.curve_of.P3: plate P1 has no standards of TNF."]
    assert "plate P2 is itself read from the standards of P1" in _shared(P2="P1", P3="P2")[0]
    assert "plate P1 is read from its own standards without this line" in _shared(P1="P1")[0]


def test_standards_of_a_third_plate_are_not_those_of_the_shared_curve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("elisa: {}")
    tnf = {**WELL, "analyte": "TNF"}
    table = _rows(
        {**WELL, "role": "standard"},
        {**tnf, "plate": "P2"},
        {**tnf, "plate": "P3", "role": "standard"},
    )
    (problem,) = table_validation.shared_curves("config.yaml", table, {"P2": "P1"})
    assert problem.message == "plate P1 has no standards of TNF."


def test_two_plates_may_lie_in_one_file() -> None:
    wells = _rows(WELL, {**WELL, "plate": "P2", "plate_in_file": "Plate2"})
    assert list(table_validation.elisa_rows(wells)) == []


def test_one_plate_of_a_file_is_not_two_plates_of_the_study() -> None:
    (problem,) = table_validation.elisa_rows(_rows(WELL, {**WELL, "plate": "P2"}))
    assert (problem.row, problem.value) == (3, "A1")
    assert "this well of the same file is already used by plate P1; name" in problem.message


def test_one_plate_of_the_study_is_not_two_plates_of_a_file() -> None:
    (problem,) = table_validation.elisa_rows(
        _rows(WELL, {**WELL, "well": "A2", "plate_in_file": "Plate2"})
    )
    assert (problem.row, problem.column) == (3, "file")
    assert "the rows above have plate P1 in both.txt" in problem.message


@pytest.mark.parametrize(("role", "rows"), [("fmo_annexin", []), ("unstained", [3])])
def test_a_file_may_have_two_roles_but_each_once(role: str, rows: list[int]) -> None:
    files = _rows(FILE, {**FILE, "role": role})
    assert [
        problem.row
        for problem in table_validation.flow_rows(files, _rows(CULTURE | {"culture": "c"}))
    ] == rows


@pytest.mark.parametrize(("role", "channel", "rows"), [("fmo", "", [2]), ("fmo", "GFP", [])])
def test_a_control_for_one_channel_names_it(role: str, channel: str, rows: list[int]) -> None:
    found = list(
        table_validation.flow_rows(
            _rows({**FILE, "role": role, "channel": channel}), _rows(CULTURE | {"culture": "c"})
        )
    )
    assert [(problem.row, problem.column) for problem in found] == [
        (row, "channel") for row in rows
    ]


@pytest.mark.parametrize(("first", "second", "rows"), [(1, 2, []), (2, 2, [3]), (nan, 1, [3])])
def test_a_data_set_is_used_once(first: float, second: float, rows: list[int]) -> None:
    files = _rows({**FILE, "data_set": first}, {**FILE, "data_set": second})
    found = table_validation.flow_rows(files, _rows(CULTURE | {"culture": "c"}))
    assert [problem.row for problem in found] == rows


def test_a_control_may_be_listed_for_several_experiments() -> None:
    cultures = _rows(CULTURE | {"culture": "c"}, CULTURE | {"culture": "d", "experiment": "E2"})
    other = {**FILE, "experiment": "E2"}
    assert list(table_validation.flow_rows(_rows(FILE, other), cultures)) == []
    sample = {"role": "sample", "culture": "c"}
    problems = table_validation.flow_rows(_rows(FILE | sample, other | sample), cultures)
    assert [one.row for one in problems if "already in row 2" in one.message] == [3]


def test_only_samples_must_be_different_bytes(tmp_path: Path) -> None:
    """One unstained file, copied beside the samples of each experiment, is no mistake."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.fcs").write_bytes(b"the same")
    files = _rows(
        *({**FILE, "fcs": f"{name}.fcs", "path": str(tmp_path / f"{name}.fcs")} for name in "abc")
    )
    assert list(raw_file_validation.same_content(files, Checksums())) == []
    files["role"] = ["sample", "unstained", "sample"]
    (problem,) = raw_file_validation.same_content(files, Checksums())
    assert (problem.row, problem.value) == (4, "c.fcs")
    assert "has exactly the same content as the file in row 2" in problem.message


def test_a_file_is_untreated_only_if_it_is_a_sample_of_an_untreated_culture(
    small_study_once: Path,
) -> None:
    """The simulation names its untreated cultures so; its controls belong to no culture."""
    study = load(small_study_once / "config.yaml")
    files = study.fcs_files("E1")
    untreated = {file["fcs"] for file in files if file["untreated"]}
    assert untreated == {
        file["fcs"] for file in files if file["role"] == "sample" and "untreated" in file["fcs"]
    }
    assert 0 < len(untreated) < sum(file["role"] == "sample" for file in files)


def test_a_sample_has_the_cells_of_its_culture_and_a_control_its_own(
    small_study_once: Path,
) -> None:
    study = load(small_study_once / "config.yaml")
    cells = {file["fcs"]: file["cells"] for file in study.fcs_files("E1")}
    assert cells["flow/E1/E1-il1b-DEX-1.fcs"] == "il1b"
    assert cells["flow/E1/E1-control-DEX-1.fcs"] == "control"
    assert cells["flow/E1/E1-unstained-control.fcs"] == "control"
    controls = {str(file["fcs"]) for file in study.control_files()}
    assert "flow/E1/E1-unstained-control.fcs" in controls
    assert "flow/E1/E1-control-DEX-1.fcs" not in controls


@pytest.mark.parametrize(("rows", "told"), [(3, 3), (4, 1)])
def test_up_to_three_rows_with_one_fault_are_told_one_by_one(
    small_study: Path, rows: int, told: int
) -> None:
    path = small_study / "cultures.csv"
    path.write_text(path.read_text().replace("HS-5,1000,", "HS-5,1 uM,", rows))
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    words = [problem.message for problem in raised.value.problems]
    assert len([one for one in words if "is not a number" in one]) == told
    assert ("The same applies to 3 more rows." in " ".join(words)) == (rows == 4)


def test_checksums_may_lie_in_a_folder_of_their_own(small_study: Path) -> None:
    """Their names are relative to the file of checksums, as sha256sum reads them."""
    config = small_study / "config.yaml"
    keys = yaml.safe_load(config.read_text()) | {"raw_data_checksums": "sums/raw.sha256"}
    config.write_text(yaml.safe_dump(keys, sort_keys=False))
    assert pin(config) == small_study / "sums" / "raw.sha256"
    names = [line.split("  ", 1)[1] for line in pin(config).read_text().splitlines()]
    assert "../flow/E1/E1-unstained-control.fcs" in names
    assert load(config).name == keys["study"]


@pytest.mark.parametrize(
    ("role", "cells", "accepted"),
    [
        ("single_stain", "beads", True),
        ("unstained", "Beads", True),
        ("fmo_annexin", "beads", False),
        ("sample", "beads", False),
        ("unstained", "bead", False),
    ],
)
def test_single_stains_and_blanks_may_be_on_beads(role: str, cells: str, accepted: bool) -> None:
    file = {**FILE, "role": role, "cells": cells}
    problems = list(table_validation.flow_cells(_rows(file), _rows({**CULTURE, "culture": "c"})))
    assert (problems == []) == accepted


@pytest.mark.parametrize(("role", "rows"), [("sample", [2]), ("fmo_dye", [2]), ("fmo", [])])
def test_a_file_for_no_channel_names_none(role: str, rows: list[int]) -> None:
    file = FILE | {"role": role, "channel": "GFP", "culture": "c" if role == "sample" else ""}
    cultures = _rows(CULTURE | {"culture": "c"})
    problems = list(table_validation.flow_rows(_rows(file), cultures))
    assert [(one.row, one.column) for one in problems] == [(row, "channel") for row in rows]
    assert all("leave this empty" in one.message for one in problems)


def test_cells_of_stroma_alone_are_left_empty() -> None:
    control = FILE | {"role": "population_negative", "cells": "HS-5"}
    cultures = _rows(CULTURE | {"culture": "c"})
    (problem,) = table_validation.flow_cells(_rows(control), cultures)
    assert problem.message.endswith("such as stroma alone, leave it empty.")
    (problem,) = table_validation.flow_cells(_rows(control | {"role": "sample"}), cultures)
    assert "leave it empty" not in problem.message


@pytest.mark.parametrize(
    ("one", "other", "rows"),
    [
        ("fmo_annexin", "fmo_dye", [3]),
        ("fmo GFP", "fmo RFP", [3]),
        ("fmo GFP", "fmo gfp", []),
        ("single_stain GFP", "single_stain RFP", [3]),
        ("unstained", "single_stain GFP", [3]),
        ("annexin_only", "dye_only", [3]),
        ("single_stain FITC", "annexin_only", []),
        # Of two stains, the tube without the one is that with the other alone.
        ("fmo_annexin", "dye_only", []),
        ("unstained", "fmo_annexin", []),
    ],
)
def test_one_tube_is_not_two_controls(
    one: str, other: str, rows: list[int], tmp_path: Path
) -> None:
    def row(name: str, written: str) -> dict[str, Any]:
        (tmp_path / name).write_bytes(b"the same")
        role, _, channel = written.partition(" ")
        place = {"fcs": name, "path": str(tmp_path / name), "exclude": ""}
        return FILE | place | {"role": role, "channel": channel}

    table = _rows(row("a", one), row("b", other))
    problems = raw_file_validation.controls_alike(table, Checksums())
    assert [problem.row for problem in problems] == rows
    table.loc[3, "exclude"] = "the wrong tube"
    assert list(raw_file_validation.controls_alike(table, Checksums())) == []


@pytest.mark.parametrize(
    ("role", "culture", "arm"),
    [
        ("unstained", "treated", "control DEX"),
        ("unstained", "untreated", ""),
        ("unstained", "unknown", ""),
        ("unstained", "of another", ""),
        ("sample", "treated", ""),
    ],
)
def test_which_unstained_control_is_of_treated_cells(role: str, culture: str, arm: str) -> None:
    cultures = _rows(
        CULTURE | {"culture": "treated"},
        CULTURE | {"culture": "untreated", "dex_nM": 0.0},
        CULTURE | {"culture": "of another", "experiment": "E2"},
    )
    files = _rows(FILE | {"role": role, "culture": culture})
    cells = {"reference": "control", "labels": {}}
    assert list(table_validation.treated_controls(files, cultures, FACTORS, cells)) == [arm]


@pytest.mark.parametrize(
    ("role", "concentration", "culture", "expected"),
    [
        (
            "standard",
            nan,
            "",
            "a standard needs its concentration, in pg/mL or in its unit's column.",
        ),
        ("standard", 0.0, "", None),
        (
            "anchor",
            nan,
            "",
            "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
        ),
        (
            "anchor",
            0.0,
            "",
            "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
        ),
        ("anchor", 2.5, "", None),
        (
            "spike",
            nan,
            "c",
            "a spike needs the concentration added, above 0, in pg/mL or in its unit's column.",
        ),
        (
            "spike",
            100.0,
            "",
            "a spike needs the culture to which it was added, as in cultures.csv.",
        ),
        ("spike", 100.0, "d", "this culture is not in cultures.csv. Known are: c."),
        ("spike", 100.0, "c", None),
    ],
)
def test_what_a_role_needs(
    role: str, concentration: float, culture: str, expected: str | None
) -> None:
    row = {**WELL, "role": role, "concentration_pg_ml": concentration, "culture": culture}
    table = _rows({**row, "analyte": "IL-6"})
    cultures = _rows({**CULTURE, "culture": "c"})
    problems = [
        *table_validation.elisa_rows(table),
        *table_validation.references("elisa.csv", table, cultures),
    ]
    assert [problem.message for problem in problems] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["E1 day2 ctrl1"], "this culture is not in cultures.csv. Known are: E1 day2 ctrl1."),
        (["E1 day2 ctrl1", "E2 day2 ctrl1"], "2 cultures are called so (E1 day2 ctrl1 and E2 day"),
    ],
)
def test_a_label_without_its_experiment_may_mean_several_cultures(
    known: list[str], said: str
) -> None:
    table = _rows({**WELL, "culture": "ctrl1"})
    cultures = _rows(*({**CULTURE, "culture": one} for one in known))
    (problem,) = table_validation.references("elisa.csv", table, cultures)
    assert problem.message.startswith(said)


def test_a_level_is_a_standard_or_an_anchor() -> None:
    level = {**WELL, "concentration_pg_ml": 2.5, "analyte": "IL-6"}
    standard, anchor = ({**level, "role": role} for role in ("standard", "anchor"))
    table = _rows(standard, {**anchor, "well": "A2"}, {**anchor, "well": "A3", "plate": "P2"})
    (problem,) = [one for one in table_validation.elisa_rows(table) if one.column == "role"]
    assert (problem.row, problem.value) == (3, "anchor")
    assert problem.message.startswith("this concentration is a standard in row 2; ")


def test_a_spike_is_no_measurement_of_its_culture() -> None:
    cultures = _rows({**CULTURE, "culture": "c"})
    wells = _rows({**WELL, "role": "spike", "culture": "c"})
    (problem,) = table_validation.unmeasured_cultures(
        cultures, {"flow.csv": _rows(FILE), "elisa.csv": wells}
    )
    assert problem.message.startswith("this culture is in neither flow.csv nor elisa.csv")


def test_hyphens_tell_dates_apart_unless_asked_not_to() -> None:
    table = _rows({"experiment": "2024-1-11"}, {"experiment": "2024-11-1"})
    assert list(table_validation.names_alike("cultures.csv", table, ["experiment"])) == []
    found = table_validation.names_alike("cultures.csv", table, ["experiment"], hyphens=False)
    assert [(one.row, one.value) for one in found] == [(3, "2024-11-1")]
