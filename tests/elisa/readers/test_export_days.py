"""The day of a reading, from what exports say."""

from pathlib import Path

import pytest

from coculture.elisa.readers import read_plates

GRID = "\t1\t2\t3\nA\t0.1\t0.2\t0.3\nB\t0.4\t0.5\t0.6\n"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Date\t2024-04-11", "2024-04-11"),
        ("Date:\t16.06.2026", "2026-06-16"),
        ("Date\t4/11/2024", "2024-04-11/2024-11-04"),
        ("Date\t16/6/2026", "2026-06-16"),
        ("Measured on: 11-Apr-2024 10:20", "2024-04-11"),
        ("Measurement date: April 11, 2024", "2024-04-11"),
        ("Date Last Saved: 10/4/2017 1:59:16 PM", ""),
        ("Exported on\t2024-04-11", ""),
        ("Kit expiry date\t2024-04-11", ""),
        ("Date\t", ""),
        ("Date\t31.02.2024", ""),
    ],
)
def test_the_day_of_a_reading(tmp_path: Path, line: str, day: str) -> None:
    path = tmp_path / "plate.txt"
    path.write_text(f"{line}\n\n{GRID}")
    (plate,) = read_plates(path)
    assert plate.read_on == day


def test_two_plates_of_different_days_have_the_first_and_the_last(tmp_path: Path) -> None:
    path = tmp_path / "plates.txt"
    path.write_text(f"Date\t2024-04-11\nDate\t2024-04-13\n\n{GRID}")
    (plate,) = read_plates(path)
    assert plate.read_on == "2024-04-11/2024-04-13"


def test_a_real_export(reference: Path) -> None:
    path = reference / "elisa/exports/gen5/alphalisa_endpoint_singleplate.txt"
    assert {plate.read_on for plate in read_plates(path)} == {"2022-08-09/2022-09-08"}
