"""Brightness of stained cells between experiments: a note, or a caution where cells are lost."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks.brightness_differs import CODE, flags
from tests.flow.mishaps import base_study


def raised(annexin: list[float], dye: list[float] | None = None, **columns: Any) -> list[Flag]:
    """Of experiments E1, E2, ... with two wells and a control each; the second well has 60 %."""
    rows = [
        {
            "experiment": f"E{number}",
            "fcs": f"E{number}/{well}.fcs",
            "role": "unstained" if well == "control" else "sample",
            "population": "myeloma",
            "n_early": 5 if well == "a" else 300,
            "n_late": 3 if well == "a" else 300,
            "percent_apoptotic": 0.8 if well == "a" else 60.0,
            "annexin_brightness": 1.0 if well == "control" else brightness,
            "viability_dye_brightness": 9000.0 if dye is None else dye[number - 1],
            "annexin_lost_at_fifth": 50.0 if well == "a" else 2.0,
            "annexin_lost_at_twentieth": 90.0 if well == "a" else 10.0,
            "excluded": np.nan,
        }
        for number, brightness in enumerate(annexin, start=1)
        for well in ("a", "b", "control")
    ]
    found = list(flags(pd.DataFrame(rows).assign(**columns), base_study.settings()))
    assert {flag.code for flag in found} <= {CODE}
    return found


def test_experiments_alike_raise_none() -> None:
    assert raised([5000, 4000, 6000]) == []
    assert raised([5000]) == []
    assert raised([np.nan, 5000]) == []


@pytest.mark.parametrize(("own", "how"), [(1000.0, "dimmer"), (25_000.0, "brighter")])
def test_a_new_lot_is_a_note_with_its_fold(own: float, how: str) -> None:
    (flag,) = raised([5000, own, 5000])
    assert (flag.severity, flag.concerns.experiment) == ("note", "E2")
    assert flag.concerns.channel == base_study.ANNEXIN
    assert flag.value == pytest.approx(5)
    assert f"5 times {how}" in flag.sentence


def test_a_stain_far_weaker_is_a_caution_with_the_points_that_the_best_well_says() -> None:
    """At a twentieth 10 % of 60 % are lost: 60 is 90 % of 66.7. The wells of few cells say more."""
    (flag,) = raised([250, 4000, 5000])
    assert (flag.severity, flag.concerns.experiment) == ("caution", "E1")
    assert flag.value == pytest.approx(6.67, abs=0.01)
    assert "20 times dimmer than in E3" in flag.sentence
    assert "E1/b.fcs" in flag.sentence


def test_two_of_three_that_are_weak_are_both_named() -> None:
    """Their median is not what a stain should be."""
    weak = [flag for flag in raised([250, 250, 5000]) if flag.severity == "caution"]
    assert [flag.concerns.experiment for flag in weak] == ["E1", "E2"]


def test_tenfold_between_days_or_no_loss_is_a_note() -> None:
    assert {flag.severity for flag in raised([500, 5000, 5000])} == {"note"}
    sound = raised([250, 5000, 5000], annexin_lost_at_fifth=0.0, annexin_lost_at_twentieth=0.0)
    assert {flag.severity for flag in sound} == {"note"}


def test_a_weak_dye_is_a_note() -> None:
    (flag,) = raised([5000, 5000, 5000], dye=[9000, 9000, 300])
    assert (flag.severity, flag.concerns.channel) == ("note", base_study.DYE)


def test_excluded_files_do_not_count() -> None:
    assert raised([250, 5000, 5000], excluded=["x", "x", ""] + [""] * 6) == []
