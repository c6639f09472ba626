"""What the config may say of the tables, checked on rows made by hand."""

from pathlib import Path

import pytest

from coculture.study.table_validation import config_rules
from tests.study.table_validation.made_up_rows import WELL, numbered


def _shared(**curve_of: str) -> list[str]:
    standard = {**WELL, "role": "standard"}
    table = numbered(
        standard, {**WELL, "plate": "P2"}, {**WELL, "plate": "P3", "analyte": "TNF"}
    ).dropna(axis=1)
    found = config_rules.shared_curves("config.yaml", table, curve_of)
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
    table = numbered(
        {**WELL, "role": "standard"},
        {**tnf, "plate": "P2"},
        {**tnf, "plate": "P3", "role": "standard"},
    )
    (problem,) = config_rules.shared_curves("config.yaml", table, {"P2": "P1"})
    assert problem.message == "plate P1 has no standards of TNF."
