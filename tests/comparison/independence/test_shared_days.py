"""Experiments of one day, and what experiments share without being one."""

from collections.abc import Mapping

import pandas as pd
import pytest

from coculture.comparison.independence.shared_days import shared_days
from coculture.comparison.independence.shared_material import shared_material


def _cultures(
    donors: Mapping[str, str], dates: Mapping[str, str] | None = None, cells: str = "MM"
) -> pd.DataFrame:
    """One culture for each experiment, named after it."""
    return pd.DataFrame(
        {
            "culture": list(donors),
            "experiment": list(donors),
            "donor": list(donors.values()),
            "cells": cells,
            "date": [(dates or {}).get(one, "") for one in donors],
        }
    )


def _files(acquired: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"culture": list(acquired), "acquired": list(acquired.values())})


def test_wells_of_one_day_declared_as_three_experiments() -> None:
    cultures = _cultures({"E1": "", "E2": "", "E3": ""})
    day = "2024-03-05T10:00:00"
    (found,) = shared_days(cultures, _files({"E1": day, "E2": day, "E3": "2024-03-05"}))
    assert found.experiments == ("E1", "E2", "E3")
    assert found.sentence == (
        "E1, E2 and E3 have the same cells and were acquired on the same day (2024-03-05). If they "
        "are wells of one experiment, the study has 1 experiment, not 3."
    )
    assert (found.flag.severity, found.flag.concerns.kind) == ("caution", "study")


def test_both_sides_of_midnight_are_one_day() -> None:
    files = _files({"E1": "2024-03-05T23:40:00", "E2": "2024-03-06T00:30:00"})
    (found,) = shared_days(_cultures({"E1": "", "E2": ""}), files)
    assert (found.experiments, found.days) == (("E1", "E2"), ("2024-03-05",))
    morning = _files({"E1": "2024-03-05T18:40:00", "E2": "2024-03-06T08:30:00"})
    assert not shared_days(_cultures({"E1": "", "E2": ""}), morning)


def test_cultures_begun_on_one_day() -> None:
    dates = {"E1": "2024-03-01", "E2": "2024-03-01", "E3": "2024-03-08"}
    (found,) = shared_days(_cultures({"E1": "D1", "E2": "D1", "E3": "D1"}, dates))
    assert found.experiments == ("E1", "E2")
    assert "have the same donor (D1) and the same cells and were cultured on" in found.sentence
    assert "the study has 2 experiments, not 3" in found.sentence


def test_a_donor_that_only_one_of_them_names_makes_no_other_experiment() -> None:
    """Left out in E2, and joined by another in E3: all three may be one experiment of D1."""
    cultures = pd.concat([_cultures({"E1": "D1", "E2": "", "E3": "D1"}), _cultures({"E3": "D2"})])
    day = dict.fromkeys(("E1", "E2", "E3"), "2024-03-05")
    (found,) = shared_days(cultures.drop_duplicates("culture"), _files(day))
    assert found.experiments == ("E1", "E2", "E3")
    (of_two,) = shared_days(cultures[cultures["experiment"] != "E2"], _files(day))
    assert "have the same donor (D1) and the same cells" in of_two.sentence


@pytest.mark.parametrize("reason", ["donors", "days", "cells", "no day"])
def test_sound_experiments_pass(reason: str) -> None:
    donors = {"E1": "D1", "E2": "D2" if reason == "donors" else "D1"}
    days = {"E1": "2024-03-05T10:00:00", "E2": "2024-03-05T12:00:00"}
    if reason == "days":
        days["E2"] = "2024-03-12T10:00:00"
    if reason == "no day":
        days = {"E1": "", "E2": ""}
    cultures = _cultures(donors)
    if reason == "cells":
        cultures["cells"] = ["MM1S", "U266"]
    assert not shared_days(cultures, _files(days))


def test_an_acquisition_past_midnight_does_not_reach_the_next_experiment() -> None:
    cultures = pd.DataFrame(
        {"culture": list("abcd"), "experiment": ["E1", "E1", "E1", "E2"], "cells": "MM"}
    )
    acquired = ["2024-03-05T22:00:00", "2024-03-05T23:00:00", "2024-03-06T00:10:00", "2024-03-06"]
    files = pd.DataFrame({"culture": list("abcd"), "acquired": acquired})
    assert not shared_days(cultures, files)


def test_one_plate_and_shared_controls_are_notes() -> None:
    cultures = _cultures({"E1": "D1", "E2": "D2"})
    wells = pd.DataFrame(
        {"role": "sample", "culture": ["E1", "E2"], "plate": "P1", "analyte": "IL-6"}
    )
    files = pd.DataFrame(
        {"role": "unstained", "fcs": ["u.fcs", "u.fcs"], "experiment": ["E1", "E2"]}
    )
    plate, controls = shared_material(cultures, wells, files)
    assert {plate.severity, controls.severity} == {"note"}
    assert plate.sentence == (
        "All 2 experiments are on plate P1: an error of its IL-6 curve is the same in all of them."
    )
    assert controls.sentence.startswith("E1 and E2 have 1 control file in common")
    apart = wells.assign(plate=["P1", "P2"])
    assert not list(shared_material(cultures, apart, files.iloc[:1]))
