"""Medium that was not on cells: reported above the LLOQ, subtracted if the config asks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    check_files,
    pooled_scatter,
    quantify_plate,
)
from coculture.elisa.plates.cultures import combine_cultures
from coculture.exchange.flags import Flag
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def with_medium(readings: pd.DataFrame, **in_wells: list[float]) -> pd.DataFrame:
    """A plate with wells of medium; each medium is given with the concentrations in its wells."""
    of_medium = [(medium, one) for medium, wells in in_wells.items() for one in wells]
    rows = readings.iloc[[0] * len(of_medium)].reset_index(drop=True)
    response = true_response([one for _, one in of_medium])
    return pd.concat(
        [
            readings,
            rows.assign(
                role="medium_blank", concentration_pg_ml=np.nan, response=response,
                od=response + 0.04, medium=[medium for medium, _ in of_medium],
                well=[f"H{12 - i}" for i in range(len(of_medium))],
            ),
        ],
        ignore_index=True,
    )  # fmt: skip


def flags_of(plate: QuantifiedPlate) -> list[Flag]:
    return [flag for flag in plate.flags if flag.code == "medium_blank"]


def samples_of(plate: QuantifiedPlate) -> pd.DataFrame:
    return plate.wells[plate.wells["role"] == "sample"].set_index(["culture", "dilution"])


def test_medium_above_the_lloq_carries_a_caution(settings: Settings, readings: Readings) -> None:
    plate = with_medium(readings({"c1": 2000.0}), **{"": [40.0, 44.0]})
    (flag,) = flags_of(quantify_plate(plate, settings(), KNOWN))
    assert (flag.severity, flag.concerns.kind, flag.concerns.plate) == ("caution", "curve", "P1")
    np.testing.assert_allclose([flag.value, flag.limit], [42, 9.375], rtol=1e-4)
    assert flag.sentence.startswith(
        "Medium alone reads 42 pg/mL (wells H12 and H11), above the LLOQ of 9.38 pg/mL."
    )


@pytest.mark.parametrize("in_wells", [[0.0, 0.0], [9.0, 9.5], [2.0]])
def test_medium_below_the_lloq_carries_none(
    settings: Settings, readings: Readings, in_wells: list[float]
) -> None:
    """A single replicate above the LLOQ is no mean above it."""
    plate = with_medium(readings({"c1": 2000.0}), **{"": in_wells})
    assert flags_of(quantify_plate(plate, settings(), KNOWN)) == []


def test_medium_is_subtracted_after_the_curve(settings: Settings, readings: Readings) -> None:
    """In pg/mL: as OD, 42 would take 2,000 to another value at each dilution."""
    plate = with_medium(readings({"c1": 2000.0}, dilutions=(10, 50)), **{"": [40.0, 44.0]})
    before = samples_of(quantify_plate(plate, settings(), KNOWN))
    found = quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN)
    after = samples_of(found)
    np.testing.assert_allclose(after["concentration_pg_ml"], 2000 - 42, rtol=1e-5)
    np.testing.assert_allclose(after["in_well_pg_ml"], [195.8, 39.16], rtol=1e-4)
    assert after["medium_pg_ml"].unique() == pytest.approx([42], rel=1e-4)
    assert before["medium_pg_ml"].isna().all()
    for name in ("lower_pg_ml", "upper_pg_ml"):
        old = np.abs(np.log((before[name] / before["concentration_pg_ml"]).to_numpy(float)))
        new = np.abs(np.log((after[name] / after["concentration_pg_ml"]).to_numpy(float)))
        assert (new > old).all()
        assert (new < 1.1 * old).all()
    (flag,) = flags_of(found)
    assert (flag.severity, found.curve["IL-6"]["medium_subtracted"]) == ("note", True)


def test_what_is_left_below_the_lloq_is_below_it(settings: Settings, readings: Readings) -> None:
    """60 in the medium: of 65 undiluted, 5 are left; of 80, 20."""
    plate = with_medium(readings({"a": 65.0, "b": 80.0}, dilutions=(1,)), **{"": [60.0]})
    found = quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN)
    after = samples_of(found).reset_index("dilution")
    assert after["state"].to_dict() == {"a": "below_lloq", "b": "ok"}
    assert after["upper_pg_ml"].to_dict()["a"] == 9.375
    assert np.isnan(after["concentration_pg_ml"].to_dict()["a"])
    assert np.isnan(after["lower_pg_ml"].to_dict()["a"])
    assert after["concentration_pg_ml"].to_dict()["b"] == pytest.approx(20, rel=1e-4)
    cultures = combine_cultures(found.wells, found.flags).cultures.set_index("culture")
    assert cultures["state"].to_dict()["a"] == "below_lloq"
    assert cultures["bound_pg_ml"].to_dict()["a"] == 9.375
    notes = [flag.code for flag in found.flags if flag.concerns.culture == "a"]
    assert notes == ["below_lloq"]


def test_the_error_of_a_difference_grows_as_it_gets_small(
    settings: Settings, readings: Readings
) -> None:
    """20 is left of 80 with a CV of 5 %: 4 of 20 is 20 %, and the medium adds 3 of 20."""
    plate = with_medium(readings({"b": 80.0}, dilutions=(1,)), **{"": [60.0]})
    before = samples_of(quantify_plate(plate, settings(), KNOWN)).iloc[0]
    found = quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN)
    after = samples_of(found).iloc[0]
    assert after["ln_se_well"] == pytest.approx(before["ln_se_well"] * 4, rel=1e-4)
    blank = found.curve["IL-6"]["medium_blanks"][0]
    expected = np.hypot(before["ln_se_curve"] * 80, blank["error_pg_ml"]) / 20
    assert after["ln_se_curve"] == pytest.approx(expected, rel=1e-4)


def test_each_sample_has_the_medium_of_its_name(settings: Settings, readings: Readings) -> None:
    """Plain medium reads 5, below the LLOQ, which counts as nothing."""
    plate = readings({"a": 200.0, "b": 200.0}, dilutions=(1,))
    plate = plate.assign(medium=plate["culture"].map({"a": "plain", "b": "serum"}).fillna(""))
    plate = with_medium(plate, plain=[5.0], serum=[50.0, 50.0])
    found = quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN)
    after = samples_of(found).reset_index("dilution")
    np.testing.assert_allclose(after["concentration_pg_ml"], [200, 150], rtol=1e-4)
    assert after["medium_pg_ml"].tolist()[0] == 0
    (flag,) = flags_of(found)
    assert flag.sentence.startswith("Medium serum alone reads 50 pg/mL")


def test_wells_outside_the_range_stay_bounds(settings: Settings, readings: Readings) -> None:
    plate = with_medium(readings({"high": 5000.0, "low": 5.0}, dilutions=(1,)), **{"": [50.0]})
    after = samples_of(quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN))
    after = after.reset_index("dilution")
    assert after["state"].to_dict() == {"high": "above_uloq", "low": "below_lloq"}
    assert after["lower_pg_ml"].to_dict()["high"] == pytest.approx(550, rel=1e-4)
    assert after["upper_pg_ml"].to_dict()["low"] == 9.375


@pytest.mark.parametrize("in_wells", [[900.0], [50.0, 1500.0], []])
def test_medium_that_cannot_be_subtracted_leaves_no_number(
    settings: Settings, readings: Readings, in_wells: list[float]
) -> None:
    """The mean is above the range, or the plate has no such well (all of them masked)."""
    plate = with_medium(readings({"a": 200.0}, dilutions=(1,)), **{"": in_wells})
    found = quantify_plate(plate, settings(medium_blanks="subtract"), KNOWN)
    after = samples_of(found).iloc[0]
    assert after["state"] == "missing"
    assert np.isnan(after["concentration_pg_ml"])
    (flag,) = flags_of(found)
    assert flag.severity == "caution"
    assert "samples have no value" in flag.sentence


def test_a_plate_without_the_medium_to_subtract_is_found_before_the_run(
    wells: pd.DataFrame, settings: Settings
) -> None:
    subtract = settings(medium_blanks="subtract")
    wells = wells.assign(medium="")
    assert check_files(wells, settings()) == []
    (problem,) = check_files(wells, subtract)
    assert (problem.row, problem.column) == (18, "medium")
    assert "plate P1 has no medium blank for IL-6 to subtract" in problem.message
    blank = wells.iloc[[-1]].assign(role="medium_blank", well="H12", culture="")
    assert check_files(pd.concat([wells, blank], ignore_index=True), subtract) == []
    other = pd.concat([wells, blank.assign(medium="serum")], ignore_index=True)
    assert len(check_files(other, subtract)) == 1


@pytest.mark.reference
def test_medium_of_40_and_44_is_not_silent(reference: Path, settings: Settings) -> None:
    path = reference / "elisa/failing/practice_medium_blank_without_flag/wells.csv"
    wells = pd.read_csv(path).assign(
        plate="P1", file="", plate_in_file="", analyte="IL-6", excluded="", state="ok",
        od_reference=np.nan,
    )  # fmt: skip
    wells["culture"] = wells["culture"].fillna("")
    wells["response"] = wells["od"]
    plate = quantify_plate(wells, settings(), pooled_scatter(wells, settings()))
    (flag,) = flags_of(plate)
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(42, abs=2)
    assert "above the LLOQ of 9.38 pg/mL" in flag.sentence
