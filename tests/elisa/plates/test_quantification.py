"""From readings to concentrations: states, limits, failures; against readers' own print-outs."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    PlateError,
    pooled_scatter,
    quantify_plate,
    read_layout,
)
from coculture.exchange import result_tables
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def by_well(wells: pd.DataFrame, culture: str) -> pd.DataFrame:
    return wells[wells["culture"] == culture].set_index("dilution")


def test_exact_responses_give_exact_concentrations(settings: Settings, readings: Readings) -> None:
    plate = quantify_plate(readings({"c1": 2000.0}), settings(), KNOWN)
    c1 = by_well(plate.wells, "c1")
    np.testing.assert_allclose(c1["concentration_pg_ml"], 2000, rtol=1e-6)
    np.testing.assert_allclose(c1["in_well_pg_ml"], [200, 40], rtol=1e-6)
    assert (c1["lower_pg_ml"] < 2000).all()
    assert (c1["upper_pg_ml"] > 2000).all()
    assert plate.curve["IL-6"]["verdict"] == "pass"


def test_outside_the_range_is_a_state_and_a_bound(settings: Settings, readings: Readings) -> None:
    plate = quantify_plate(readings({"low": 60.0, "high": 50000.0}), settings(), KNOWN)
    low, high = by_well(plate.wells, "low"), by_well(plate.wells, "high")
    assert low["state"].tolist() == ["below_lloq", "below_lloq"]
    assert low["upper_pg_ml"].tolist() == [93.75, 468.75]
    assert high["state"].tolist() == ["above_uloq", "above_uloq"]
    assert high["lower_pg_ml"].tolist() == [6000, 30000]
    for outside in (low, high):
        assert outside["concentration_pg_ml"].isna().all()
    assert low["lower_pg_ml"].isna().all()
    assert high["upper_pg_ml"].isna().all()


def test_a_standard_that_the_reader_could_not_read_is_named(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"c1": 2000.0})
    top = wells.index[(wells["role"] == "standard") & (wells["concentration_pg_ml"] == 600)][0]
    wells.loc[top, "state"] = "overflow"
    wells.loc[top, ["od", "response"]] = np.nan
    (note,) = [
        flag
        for flag in quantify_plate(wells, settings(), KNOWN).flags
        if flag.code == "standard_not_read"
    ]
    assert (note.severity, note.concerns.well) == ("note", wells.loc[top, "well"])
    assert "(overflow)" in note.sentence


def test_readers_words_stay_states(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0, "c2": 2000.0, "c3": 2000.0})
    first = wells.index[wells["culture"] == "c1"][0]
    wells.loc[first, "state"] = "overflow"
    wells.loc[first, ["od", "response"]] = np.nan
    second = wells.index[wells["culture"] == "c2"][0]
    wells.loc[second, "state"] = "missing"
    wells.loc[second, ["od", "response"]] = np.nan
    third = wells.index[wells["culture"] == "c3"][0]
    wells.loc[third, "state"] = "masked"
    wells.loc[third, ["od", "response"]] = np.nan
    found = quantify_plate(wells, settings(), KNOWN).wells
    assert by_well(found, "c1").loc[10, "state"] == "overflow"
    assert by_well(found, "c1").loc[10, "lower_pg_ml"] == 6000
    assert by_well(found, "c2").loc[10, "state"] == "missing"
    assert by_well(found, "c3").loc[10, "state"] == "excluded"
    assert by_well(found, "c3").loc[10, "excluded"] == "masked in the reader's software"


def test_responses_beyond_the_asymptotes(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0})
    wells.loc[wells["culture"] == "c1", "response"] = [-0.2, 9.0]
    c1 = by_well(quantify_plate(wells, settings(), KNOWN).wells, "c1")
    assert c1["state"].tolist() == ["below_curve", "above_curve"]
    assert c1.loc[10, "upper_pg_ml"] == 93.75
    assert c1.loc[50, "lower_pg_ml"] == 30000


def test_an_excluded_standard_is_kept_with_its_reason(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"c1": 2000.0})
    wells.loc[0, "response"] = 0.1
    wells.loc[0, "excluded"] = "bubble"
    plate = quantify_plate(wells, settings(), KNOWN)
    row = plate.wells.set_index("well").loc[str(wells["well"].iloc[0])]
    assert (row["state"], row["excluded"]) == ("excluded", "bubble")
    np.testing.assert_allclose(by_well(plate.wells, "c1")["concentration_pg_ml"], 2000, rtol=1e-6)


def test_wells_in_the_export_alone_stay_in_the_table(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"c1": 2000.0})
    extra = wells.iloc[[-1]].assign(
        well="H12", role="unassigned", analyte="", culture="", excluded="not in elisa.csv"
    )
    found = quantify_plate(pd.concat([wells, extra]), settings(), KNOWN).wells
    last = found.iloc[-1]
    assert (last["well"], last["role"], last["state"]) == ("H12", "unassigned", "excluded")
    assert last["excluded"] == "not in elisa.csv"
    assert len(found) == len(wells) + 1


def test_blanks_are_the_zero_standard_or_are_subtracted(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"c1": 2000.0})
    wells.loc[wells["concentration_pg_ml"] == 0, "role"] = "blank"
    wells.loc[wells["role"] == "blank", "concentration_pg_ml"] = np.nan
    fitted = quantify_plate(wells, settings(), KNOWN)
    subtracted = quantify_plate(wells, settings(zero_standard="subtract"), KNOWN)
    assert min(fitted.curve["IL-6"]["fit"]["concentrations"]) == 0
    assert min(subtracted.curve["IL-6"]["fit"]["concentrations"]) == 9.375
    assert subtracted.curve["IL-6"]["fit"]["parameters"]["A"] == pytest.approx(0, abs=1e-6)
    for plate in (fitted, subtracted):
        c1 = by_well(plate.wells, "c1")
        np.testing.assert_allclose(c1["concentration_pg_ml"], 2000, rtol=1e-5)


def test_nothing_to_subtract_is_an_error(settings: Settings, readings: Readings) -> None:
    wells = readings()
    wells = wells[wells["concentration_pg_ml"] != 0]
    with pytest.raises(PlateError, match="plate P1: zero_standard is subtract, but IL-6 has no"):
        quantify_plate(wells, settings(zero_standard="subtract"), KNOWN)


def multiply(wells: pd.DataFrame, rows: pd.Series, factor: float) -> None:
    """Multiply the responses of some rows."""
    wells["response"] = wells["response"].mask(rows, wells["response"] * factor)


def test_a_plate_that_fails_says_so_on_every_well(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0})
    multiply(wells, wells["concentration_pg_ml"].isin([18.75, 75, 300]), 1.7)
    plate = quantify_plate(wells, settings(), KNOWN)
    entry = plate.curve["IL-6"]
    assert entry["verdict"] == "fail"
    assert any(reason.startswith("number of standards passing") for reason in entry["reasons"])
    assert set(plate.wells["flags"]) == {"plate_failed"}
    (flag,) = [one for one in plate.flags if one.severity == "failure"]
    assert (flag.code, flag.concerns.kind) == ("plate_failed", "curve")
    assert (flag.concerns.plate, flag.concerns.analyte) == ("P1", "IL-6")
    for reason in entry["reasons"]:
        assert reason in flag.sentence
    assert "standards passing: 14.3 %, limit 75 %" in flag.sentence


def test_controls_fail_a_plate(settings: Settings, readings: Readings) -> None:
    wells = readings()
    target = wells["concentration_pg_ml"]
    wells["concentration_pg_ml"] = target.mask(wells["role"] == "control", 1.5 * target)
    entry = quantify_plate(wells, settings(), KNOWN).curve["IL-6"]
    verdicts = {check["code"]: check["verdict"] for check in entry["checks"]}
    assert verdicts["controls"] == verdicts["controls_at_each_level"] == "fail"
    assert verdicts["standards_passing"] == "pass"


def test_an_excluded_control_is_not_judged(settings: Settings, readings: Readings) -> None:
    """One of the two controls at each level is far off: excluded, it counts for nothing."""
    wells = readings()
    second = (wells["role"] == "control") & wells.duplicated(["role", "concentration_pg_ml"])
    multiply(wells, second, 3)

    def found() -> dict[str, tuple[Any, str]]:
        checks = quantify_plate(wells, settings(), KNOWN).curve["IL-6"]["checks"]
        return {c["code"]: (c["number"], c["verdict"]) for c in checks}

    assert found()["controls"] == (pytest.approx(50), "fail")
    wells.loc[second, "excluded"] = "bubble"
    assert found()["controls"] == (pytest.approx(100), "pass")
    assert found()["controls_at_each_level"] == (pytest.approx(100), "pass")
    wells.loc[wells["role"] == "control", "excluded"] = "bubble"
    assert found()["controls"] == (None, "not judged")


def test_a_hook_is_a_warning(settings: Settings, readings: Readings) -> None:
    wells = readings()
    multiply(wells, wells["concentration_pg_ml"] == 600, 0.5)
    plate = quantify_plate(wells, settings(), KNOWN)
    entry = plate.curve["IL-6"]
    assert {c["code"]: c["verdict"] for c in entry["checks"]}["high_dose_hook"] == "warning"
    assert not any("hook" in reason for reason in entry["reasons"])
    assert "high_dose_hook" in entry["fit"]["flags"]
    (flag,) = [one for one in plate.flags if one.code == "high_dose_hook"]
    assert (flag.concerns.kind, flag.severity, flag.unit) == ("curve", "caution", "SD")
    assert flag.value > flag.limit
    assert "high_dose_hook" not in set(plate.wells["flags"])


def test_too_few_standards_fail_without_an_exception(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"c1": 2000.0})
    wells = wells[(wells["role"] != "standard") | (wells["concentration_pg_ml"] > 200)]
    plate = quantify_plate(wells, settings(), KNOWN)
    assert plate.curve["IL-6"]["reasons"][0].startswith(
        "no standard curve, because 2 concentrations"
    )
    assert plate.wells["concentration_pg_ml"].isna().all()
    assert set(plate.wells["state"]) == {"missing"}
    assert set(plate.wells["flags"]) == {"plate_failed"}
    (flag,) = plate.flags
    assert "2 concentrations do not determine the 4 parameters of 4PL" in flag.sentence


def test_each_analyte_has_its_own_curve(settings: Settings, readings: Readings) -> None:
    il6 = readings({"c1": 2000.0})
    other = readings({"c2": 500.0}).assign(analyte="TNF")
    other["response"] *= 0.5
    other["well"] = other["well"].str.replace(
        r"\d+", lambda match: str(int(match[0]) + 6), regex=True
    )
    plate = quantify_plate(pd.concat([il6, other]), settings(), KNOWN)
    assert set(plate.curve) == {"IL-6", "TNF"}
    assert by_well(plate.wells, "c2").loc[10, "concentration_pg_ml"] == pytest.approx(500)


def test_the_table_is_declared_and_the_curve_is_json(
    settings: Settings, readings: Readings, tmp_path: Path
) -> None:
    plate = quantify_plate(readings({"c1": 2000.0}, noise=0.05), settings(), KNOWN)
    result_tables.write(plate.wells, tmp_path / "wells.csv", "elisa/wells.csv")
    assert json.loads(json.dumps(plate.curve, allow_nan=False)) == plate.curve


def _commercial(reference: Path, name: str) -> dict[str, Any]:
    text = (reference / "elisa" / "expected" / "commercial_software.json").read_text()
    entry: dict[str, Any] = json.loads(text)[name]
    return entry


def _layout(
    file: str, standards: Mapping[str, float], samples: Mapping[str, float]
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"well": well, "role": "standard", "concentration_pg_ml": c}
        for well, c in standards.items()
    ]
    rows += [
        {"well": well, "role": "sample", "concentration_pg_ml": np.nan, "culture": well}
        for well in samples
        if well not in standards
    ]
    return pd.DataFrame(rows).assign(
        culture=lambda frame: frame.get("culture", pd.Series("", frame.index)).fillna(""),
        plate="P1", file=file, plate_in_file="", analyte="IL-6", dilution=1.0, exclude="",
    )  # fmt: skip


@pytest.mark.reference
def test_softmax_concentrations_are_reproduced(reference: Path, settings: Settings) -> None:
    expected = _commercial(reference, "softmax_HEK_HCP")
    file = str(reference / "elisa" / expected["file"])
    levels = {"A": 0, "B": 2, "C": 10, "D": 25, "E": 75, "F": 200}
    standards = {f"{row}{column}": c for row, c in levels.items() for column in (1, 2)}
    printed = {e["well"]: e["conc"] for e in expected["back_calc"]}
    chosen = settings(reference_wavelength_nm=650, as_reader="wells")
    wells = quantify_plate(
        read_layout(_layout(file, standards, printed), chosen), chosen, KNOWN
    ).wells.set_index("well")
    difference = np.abs([wells.loc[w, "in_well_pg_ml"] / c - 1 for w, c in printed.items()])
    assert len(difference) == 77
    assert np.median(difference) < 1e-4


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "wavelength"), [("gen5_fluorescamine", "400/30,460/40"), ("gen5_bgal", 420)]
)
def test_gen5_concentrations_are_reproduced(
    reference: Path, settings: Settings, name: str, wavelength: float | str
) -> None:
    expected = _commercial(reference, name)
    file = str(reference / "elisa" / expected["file"])
    printed = {e["well"]: e["conc"] for e in expected["back_calc"]}
    if name == "gen5_bgal":
        doses = [40, 35, 30, 25, 20, 16, 12, 8, 4, 2, 1, 0]
        standards = {f"{row}{i + 1}": c for row in "AB" for i, c in enumerate(doses)}
        blanks: list[str] = []
    else:
        doses = [50, 100, 200, 300, 400, 500, 600]
        standards = {f"{'BCDEFGH'[i]}{k}": c for i, c in enumerate(doses) for k in (1, 2)}
        blanks = ["A1", "A2"]
    chosen = settings(
        wavelength_nm=wavelength, reference_wavelength_nm=None, as_reader="level_means"
    )
    readings = read_layout(_layout(file, standards, printed), chosen)
    # Gen5 blanks the readings itself and leaves the blanks out of the fit.
    zero = readings.set_index("well").loc[blanks, "response"].mean() if blanks else 0.0
    readings["response"] -= zero
    wells = quantify_plate(readings, chosen, KNOWN).wells.set_index("well")
    difference = np.abs([wells.loc[w, "in_well_pg_ml"] / c - 1 for w, c in printed.items()])
    assert len(difference) == len(printed)
    assert np.median(difference) < 1e-4


@pytest.mark.reference
def test_a_nonsense_curve_is_a_failed_fit(reference: Path, settings: Settings) -> None:
    file = str(reference / "elisa/exports/gen5/alphalisa_endpoint_singleplate.txt")
    doses = [1e7, 3e6, 1e6, 3e5, 1e5, 3e4, 1e4, 3e3, 1e3, 300, 100]
    standards = {f"{row}{i + 1}": c for row in "AB" for i, c in enumerate(doses)}
    chosen = settings(wavelength_nm="Alpha", reference_wavelength_nm=None)
    readings = read_layout(_layout(file, standards, {"C1": 1.0}), chosen)
    entry = quantify_plate(readings, chosen, pooled_scatter(readings, chosen)).curve
    assert entry["IL-6"]["verdict"] == "fail"
    assert any("fit of the curve" in reason for reason in entry["IL-6"]["reasons"])


@pytest.mark.reference
@pytest.mark.parametrize("analyte", ["EGF", "IFNa", "VEGF"])
def test_a_real_failing_plate_fails(
    reference: Path, settings: Settings, readings: Readings, analyte: str
) -> None:
    standards = pd.read_csv(reference / "elisa/curves/drLumi_plate1_standards.csv")
    standards = standards[standards["curve"] == analyte]
    template = readings().iloc[[0]]
    wells = pd.concat([template] * len(standards), ignore_index=True).assign(
        concentration_pg_ml=standards["conc"].to_numpy(),
        response=standards["resp"].to_numpy(),
        well=[f"{'ABCDEFGH'[i % 8]}{i // 8 + 1}" for i in range(len(standards))],
    )
    function = pooled_scatter(wells, settings())
    entry = quantify_plate(wells, settings(), function).curve["IL-6"]
    assert entry["verdict"] == "fail"
    assert any(reason.startswith("standards passing") for reason in entry["reasons"])


# Flags


def test_exclusions_and_bounds_are_notes_and_no_flags_of_the_table(
    settings: Settings, readings: Readings
) -> None:
    wells = readings({"low": 60.0, "high": 50000.0, "middle": 2000.0}, dilutions=(10,))
    place = {str(name): row for row, name in enumerate(wells["culture"]) if name}
    wells.loc[0, "excluded"] = "bubble; torn seal"
    wells.loc[place["middle"], "state"] = "masked"
    wells.loc[place["middle"], "response"] = np.nan
    extra = wells.iloc[[-1]].assign(
        well="H12", role="unassigned", analyte="", culture="", excluded="not in elisa.csv"
    )
    plate = quantify_plate(pd.concat([wells, extra], ignore_index=True), settings(), KNOWN)
    assert set(plate.wells["flags"]) == {""}
    assert {flag.severity for flag in plate.flags} == {"note"}
    found = {(flag.concerns.well, flag.code): flag for flag in plate.flags}
    name = {culture: str(wells.loc[row, "well"]) for culture, row in place.items()}
    assert set(found) == {
        ("A1", "excluded"),
        (name["middle"], "excluded"),
        (name["middle"], "masked"),
        (name["low"], "below_lloq"),
        (name["high"], "above_uloq"),
    }
    assert found["A1", "excluded"].sentence == "bubble; torn seal"
    low, high = found[name["low"], "below_lloq"], found[name["high"], "above_uloq"]
    assert (low.value, low.unit, low.concerns.culture) == (93.75, "pg/mL", "low")
    assert (high.value, high.unit, high.concerns.culture) == (6000, "pg/mL", "high")
