"""Tables that are read together."""

from pathlib import Path

from tests.study.workbooks import told


def test_a_table_without_rows_is_one_problem(small_study: Path) -> None:
    table = small_study / "elisa.csv"
    heading = table.read_text("utf-8").splitlines()[0]
    table.write_text(f"{heading}\n", "utf-8")
    assert told(small_study / "config.yaml") == ["elisa.csv: has no rows below its headings."]
