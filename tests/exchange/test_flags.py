"""Flags are written and read back as the same records, each once."""

import math
from pathlib import Path

import pandas as pd

from coculture.exchange import flags
from coculture.exchange.flags import Concerns, Flag

WELL = Concerns("elisa/wells.csv", "well", plate="1", well="B7", culture="a; b", analyte="IL-6")
DOUBTFUL = Flag(WELL, "replicates_differ", "caution", "CV 31 %; limit 20 %.", 31.0, 20.0, "percent")
EXCLUDED = Flag(WELL, "excluded", "note", "pipetted twice")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    flags.write([DOUBTFUL, EXCLUDED], tmp_path / "flags.csv")
    assert flags.read(tmp_path / "flags.csv") == [DOUBTFUL, EXCLUDED]


def test_a_flag_without_a_number_is_written_once_also_when_read_from_two_files(
    tmp_path: Path,
) -> None:
    first, second, both = (tmp_path / f"{name}.csv" for name in ("first", "second", "both"))
    flags.write([EXCLUDED], first)
    flags.write([EXCLUDED, DOUBTFUL], second)
    flags.write(flags.read(first, second), both)
    assert flags.read(both) == [EXCLUDED, DOUBTFUL]
    assert math.isnan(flags.read(both)[0].value)


def test_no_flags_are_a_table_with_headings(tmp_path: Path) -> None:
    flags.write([], tmp_path / "flags.csv")
    assert list(pd.read_csv(tmp_path / "flags.csv").columns) == list(flags.COLUMNS)
    assert flags.read(tmp_path / "flags.csv") == []


def test_codes_are_listed_once_in_the_order_found() -> None:
    assert flags.codes([DOUBTFUL, EXCLUDED, DOUBTFUL]) == "replicates_differ; excluded"
