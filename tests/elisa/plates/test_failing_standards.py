"""Failing standards that are left out by the rule of ICH M10, if the config asks for it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    AcceptanceLimits,
    ElisaSettings,
    quantify_plate,
)
from coculture.elisa.figures import PlateResults, standard_curve
from coculture.elisa.plates.failing_standards import fit_judged
from coculture.elisa.plates.quantification import QuantifiedPlate
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def off(readings: pd.DataFrame, factors: dict[float, float]) -> pd.DataFrame:
    """The plate with standards that contain a factor times what is written."""
    readings = readings.copy()
    for level, factor in factors.items():
        readings.loc[wells_of(readings, level), "response"] = true_response(level * factor)
    return readings


def apart(readings: pd.DataFrame, *levels: float) -> pd.DataFrame:
    """The plate with standards whose two wells differ by a factor of 2.25 around the true value."""
    readings = readings.copy()
    for level in levels:
        pair = true_response(level * np.array([1 / 1.5, 1.5]))
        readings.loc[wells_of(readings, level), "response"] = pair
    return readings


def wells_of(readings: pd.DataFrame, level: float) -> pd.Series:
    wells = readings["role"].isin(["standard", "anchor"])
    wells &= readings["concentration_pg_ml"] == level
    assert wells.sum() == 2
    return wells


def with_level(
    readings: pd.DataFrame, level: float, role: str = "standard", column: int = 12
) -> pd.DataFrame:
    rows = readings.iloc[:2].assign(
        role=role,
        concentration_pg_ml=level,
        response=true_response(level),
        well=[f"A{column}", f"B{column}"],
    )
    return pd.concat([readings, rows], ignore_index=True)


def entry_of(plate: QuantifiedPlate) -> dict[str, Any]:
    return dict(plate.curve["IL-6"])


def notes(plate: QuantifiedPlate) -> list[str]:
    found = [flag for flag in plate.flags if flag.code == "standard_left_out"]
    assert {flag.severity for flag in found} <= {"note"}
    return [flag.sentence for flag in found]


def test_a_failing_standard_is_fitted_unless_the_config_asks(
    settings: Settings, readings: Readings
) -> None:
    plate = quantify_plate(off(readings(), {75: 1.45}), settings(), KNOWN)
    assert entry_of(plate)["left_out"] == []
    assert len(entry_of(plate)["fit"]["wells"]) == 16
    assert notes(plate) == []


def test_a_failing_standard_is_left_out_and_named(settings: Settings, readings: Readings) -> None:
    asked = settings(failing_standards="leave_out")
    plate = quantify_plate(off(readings({"c": 800.0}), {75: 1.45}), asked, KNOWN)
    entry = entry_of(plate)
    assert entry["left_out"] == [75]
    assert len(entry["fit"]["wells"]) == 14
    assert 75 not in entry["fit"]["concentrations"]
    (note,) = notes(plate)
    assert note.startswith("The standard of 75 pg/mL (G1 and H1) fails and was left out of the fit")
    assert "from 9.38 pg/mL to 600 pg/mL" in note
    # Those that remain lie on the true curve.
    sample = plate.wells[plate.wells["role"] == "sample"]["concentration_pg_ml"]
    assert sample.to_numpy(float) == pytest.approx(800, rel=1e-4)
    kept = quantify_plate(off(readings({"c": 800.0}), {75: 1.45}), settings(), KNOWN)
    of_kept = kept.wells[kept.wells["role"] == "sample"]["concentration_pg_ml"]
    assert np.abs(np.log(of_kept.to_numpy(float) / 800)).max() > 0.01
    levels = {level["nominal_pg_ml"]: level for level in entry["standards"]}
    assert levels[75]["verdict"] == "fail"
    assert levels[75]["reason"].startswith("left out: recovery")
    assert entry["verdict"] == "pass"


@pytest.mark.parametrize(("level", "limits"), [(9.375, (18.75, 600)), (600, (9.375, 300))])
def test_the_limits_move_inward(
    settings: Settings, readings: Readings, level: float, limits: tuple[float, float]
) -> None:
    asked = settings(failing_standards="leave_out")
    entry = entry_of(quantify_plate(apart(readings(), level), asked, KNOWN))
    assert entry["left_out"] == [level]
    span = entry["limits"]
    assert (span["lloq"], span["uloq"]) == limits
    assert span["precision_profile_lower"] >= limits[0] / 2
    assert span["precision_profile_upper"] <= limits[1] * (1 + 1e-9)


def test_none_is_left_out_if_fewer_than_six_or_three_quarters_would_remain(
    settings: Settings, readings: Readings
) -> None:
    asked = settings(failing_standards="leave_out")
    plate = quantify_plate(apart(readings(), 75, 18.75), asked, KNOWN)
    failing = [one for one in entry_of(plate)["standards"] if one["verdict"] == "fail"]
    assert len(failing) == 2
    assert entry_of(plate)["left_out"] == []
    assert notes(plate) == [
        "The standards that fail (18.8 pg/mL and 75 pg/mL) were not left out of the fit: 5 of 7 "
        "would remain, and at least 6 have to."
    ]
    # Of six, five would be more than 75 %, but are too few.
    six = readings()[~wells_of(readings(), 300)].reset_index(drop=True)
    (note,) = notes(quantify_plate(apart(six, 75), asked, KNOWN))
    assert "5 of 6 would remain, and at least 6 have to" in note
    # Of nine, six would be enough by their number, but are less than 75 %.
    nine = with_level(with_level(readings(), 1200.0), 2400.0, column=11)
    (note,) = notes(quantify_plate(apart(nine, 300, 75, 18.75), asked, KNOWN))
    assert "6 of 9 would remain, and at least 7 have to" in note


def test_anchors_do_not_count_among_those_that_remain(
    settings: Settings, readings: Readings
) -> None:
    asked = settings(failing_standards="leave_out")
    as_standard = apart(with_level(readings(), 1200.0), 75, 18.75)
    as_anchor = apart(with_level(readings(), 1200.0, "anchor"), 75, 18.75)
    assert entry_of(quantify_plate(as_standard, asked, KNOWN))["left_out"] == [18.75, 75]
    assert entry_of(quantify_plate(as_anchor, asked, KNOWN))["left_out"] == []


def test_it_is_done_once(acceptance: AcceptanceLimits) -> None:
    """A standard that fails only the second fit stays, and counts as failing."""
    levels = 10 * 2.0 ** np.arange(9)
    standards = pd.DataFrame({"concentration_pg_ml": levels, "response": levels})
    failing = iter([80.0, 40.0, 160.0])

    def fit(_: pd.DataFrame) -> Any:
        """A curve that reads each level rightly, except one."""
        wrong = next(failing)

        def inverse(read: pd.Series) -> Any:
            return read.where(read != wrong, 2 * read).to_numpy()

        return SimpleNamespace(inverse=inverse, model="4PL", left_out=(), undecided_level=None)

    fitted = fit_judged(standards, fit, acceptance, "leave_out")
    assert fitted.levels.index.tolist() == list(range(9))
    fails = fitted.levels[fitted.levels["verdict"] == "fail"]
    assert fitted.left_out["concentration_pg_ml"].tolist() == [80]
    assert fails["nominal_pg_ml"].tolist() == [40, 80]
    assert fitted.fitted_levels["nominal_pg_ml"].tolist() == [one for one in levels if one != 80]
    assert next(failing) == 160


def test_comparisons_with_a_reader_keep_all(settings: Settings, readings: Readings) -> None:
    asked = settings(failing_standards="leave_out", as_reader="wells")
    plate = quantify_plate(off(readings(), {75: 1.45}), asked, KNOWN)
    assert entry_of(plate)["left_out"] == []


def test_the_figure_shows_them_as_not_used(settings: Settings, readings: Readings) -> None:
    asked = settings(failing_standards="leave_out")
    plate = quantify_plate(off(readings(), {75: 1.45}), asked, KNOWN)
    shown = standard_curve.draw(PlateResults(plate.wells, plate.curve, plate.flags)).shown
    not_used = shown[shown["mark"] == "standard not used"]
    assert not_used["well"].tolist() == ["G1", "H1"]
    assert not_used["concentration_pg_ml"].tolist() == [75, 75]
    assert not_used["reason"].str.startswith("left out: recovery").all()
    standards = shown[(shown["mark"] == "standard") & (shown["panel"] == "curve")]
    assert not {"G1", "H1"} & set(standards["well"])
