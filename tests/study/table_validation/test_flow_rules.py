"""What flow.csv may and may not say, checked on rows made by hand."""

from math import nan

import pytest

from coculture.study.table_validation import flow_rules
from tests.study.table_validation.made_up_rows import CULTURE, FILE, numbered


@pytest.mark.parametrize(("role", "rows"), [("fmo_annexin", []), ("unstained", [3])])
def test_a_file_may_have_two_roles_but_each_once(role: str, rows: list[int]) -> None:
    files = numbered(FILE, {**FILE, "role": role})
    assert [
        problem.row for problem in flow_rules.flow_rows(files, numbered(CULTURE | {"culture": "c"}))
    ] == rows


@pytest.mark.parametrize(("role", "channel", "rows"), [("fmo", "", [2]), ("fmo", "GFP", [])])
def test_a_control_for_one_channel_names_it(role: str, channel: str, rows: list[int]) -> None:
    found = list(
        flow_rules.flow_rows(
            numbered({**FILE, "role": role, "channel": channel}),
            numbered(CULTURE | {"culture": "c"}),
        )
    )
    assert [(problem.row, problem.column) for problem in found] == [
        (row, "channel") for row in rows
    ]


@pytest.mark.parametrize(("first", "second", "rows"), [(1, 2, []), (2, 2, [3]), (nan, 1, [3])])
def test_a_data_set_is_used_once(first: float, second: float, rows: list[int]) -> None:
    files = numbered({**FILE, "data_set": first}, {**FILE, "data_set": second})
    found = flow_rules.flow_rows(files, numbered(CULTURE | {"culture": "c"}))
    assert [problem.row for problem in found] == rows


def test_a_control_may_be_listed_for_several_experiments() -> None:
    cultures = numbered(CULTURE | {"culture": "c"}, CULTURE | {"culture": "d", "experiment": "E2"})
    other = {**FILE, "experiment": "E2"}
    assert list(flow_rules.flow_rows(numbered(FILE, other), cultures)) == []
    sample = {"role": "sample", "culture": "c"}
    problems = flow_rules.flow_rows(numbered(FILE | sample, other | sample), cultures)
    assert [one.row for one in problems if "already in row 2" in one.message] == [3]


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
    problems = list(flow_rules.flow_cells(numbered(file), numbered({**CULTURE, "culture": "c"})))
    assert (problems == []) == accepted


@pytest.mark.parametrize(("role", "rows"), [("sample", [2]), ("fmo_dye", [2]), ("fmo", [])])
def test_a_file_for_no_channel_names_none(role: str, rows: list[int]) -> None:
    file = FILE | {"role": role, "channel": "GFP", "culture": "c" if role == "sample" else ""}
    cultures = numbered(CULTURE | {"culture": "c"})
    problems = list(flow_rules.flow_rows(numbered(file), cultures))
    assert [(one.row, one.column) for one in problems] == [(row, "channel") for row in rows]
    assert all("leave this empty" in one.message for one in problems)


def test_cells_of_stroma_alone_are_left_empty() -> None:
    control = FILE | {"role": "population_negative", "cells": "HS-5"}
    cultures = numbered(CULTURE | {"culture": "c"})
    (problem,) = flow_rules.flow_cells(numbered(control), cultures)
    assert problem.message.endswith("such as stroma alone, leave it empty.")
    (problem,) = flow_rules.flow_cells(numbered(control | {"role": "sample"}), cultures)
    assert "leave it empty" not in problem.message
