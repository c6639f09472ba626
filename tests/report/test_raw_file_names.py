"""Raw files are named without the folders of the machine that made the page."""

import pandas as pd
import pytest

from coculture.exchange.flags import Concerns, Flag
from coculture.report import raw_file_names
from coculture.report.flags import listed_flag


def _flag(sentence: str, fcs: str = "") -> Flag:
    return Flag(Concerns("flow/wells.csv", "tube", fcs=fcs), "few_events", "caution", sentence)


@pytest.mark.parametrize("root", ["/data/2026 runs/flow/", "D:\\runs\\flow\\", "//server/runs/"])
def test_what_all_whole_paths_have_alike_is_left_out(root: str) -> None:
    separator = "\\" if "\\" in root else "/"
    names = [f"{root}E1{separator}a.fcs", f"{root}E2{separator}a.fcs", "near/b.fcs"]
    tables = {"flow/wells.csv": pd.DataFrame({"fcs": names})}
    said = f"{names[0]}: has another matrix than {names[1]} and near/b.fcs."
    (found,) = raw_file_names.in_flags([_flag(said, names[0])], tables)
    assert found.sentence == (
        f"E1{separator}a.fcs: has another matrix than E2{separator}a.fcs and near/b.fcs."
    )
    assert listed_flag(found).item == "a.fcs"


def test_names_as_the_table_has_them_are_kept() -> None:
    tables = {"flow/wells.csv": pd.DataFrame({"fcs": ["flow/a.fcs", "/data/b.fcs"]})}
    flags = [_flag("flow/a.fcs: few events.", "flow/a.fcs")]
    assert raw_file_names.in_flags(flags, tables) == flags
    assert raw_file_names.in_flags(flags, {}) == flags
    assert listed_flag(flags[0]).item == "flow/a.fcs"
