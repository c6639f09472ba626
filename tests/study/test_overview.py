"""What the check says of a study that has no problems."""

from pathlib import Path

from coculture.study import load, summary

HEADING = "To look at before the results are used:"


def test_nothing_is_said_of_files_that_agree(small_study_once: Path) -> None:
    assert HEADING not in summary(load(small_study_once / "config.yaml"))


def test_what_differs_is_listed_by_row(small_study: Path) -> None:
    config = small_study / "config.yaml"
    row = load(config).flow.index[-1]
    path = small_study / str(load(config).flow["fcs"].iloc[-1])
    content = path.read_bytes()
    assert b"/$P1G/1.0/" in content
    path.write_bytes(content.replace(b"/$P1G/1.0/", b"/$P1G/2.0/"))
    said = summary(load(config))
    assert f"{HEADING}\n  flow.csv, row {row}, experiment" in said
    assert "the gain ($PnG) of FSC-A is 1 in" in said
