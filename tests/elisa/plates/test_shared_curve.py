"""Plates that are read from the standards of another plate (elisa.curve_of)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    PlateError,
    QuantifiedPlate,
    Scatter,
    VarianceFunction,
    check_files,
    combine_cultures,
    pooled_scatter,
    precision_of,
    quantify_plate,
)
from coculture.elisa.figures import PlateResults, standard_curve
from coculture.exchange.flags import Flag
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import FUNCTION, KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]
SAMPLES = {"c1": 500.0, "c2": 2000.0}


@pytest.fixture
def shared(settings: Settings) -> ElisaSettings:
    return settings(curve_of={"P2": "P1"})


def without_standards(readings: pd.DataFrame) -> pd.DataFrame:
    return readings[readings["role"] != "standard"].reset_index(drop=True)


def reading_factor(readings: pd.DataFrame, factor: float) -> pd.DataFrame:
    """The plate as if all its wells contained a factor of what they do."""
    within = readings["concentration_pg_ml"].fillna(0)
    content = {"c1": 500.0, "c2": 2000.0}
    samples = readings["culture"].map(content) / readings["dilution"]
    return readings.assign(response=true_response(factor * samples.fillna(within)))


def flag_of(plate: QuantifiedPlate) -> Flag:
    (found,) = [flag for flag in plate.flags if flag.code == "shared_curve"]
    return found


def test_a_plate_is_read_from_the_standards_of_another(
    shared: ElisaSettings, readings: Readings
) -> None:
    first = readings(SAMPLES, noise=0.03)
    second = readings(SAMPLES, noise=0.03, seed=2, plate="P2")
    own = quantify_plate(first, shared, KNOWN)
    plate = quantify_plate(without_standards(second), shared, KNOWN, first)
    entry = plate.curve["IL-6"]
    assert entry["fit"] == own.curve["IL-6"]["fit"]
    assert (entry["plate"], entry["standards_of"]) == ("P2", "P1")
    assert own.curve["IL-6"]["standards_of"] == "P1"
    assert set(plate.wells["plate"]) == {"P2"}
    ok = plate.wells[(plate.wells["state"] == "ok") & (plate.wells["culture"] == "c1")]
    assert np.abs(np.log(ok["concentration_pg_ml"].to_numpy(float) / 500)).max() < 0.2
    assert entry["verdict"] == "pass"


def test_agreement_is_a_note_with_the_factor(shared: ElisaSettings, readings: Readings) -> None:
    plate = quantify_plate(
        without_standards(readings(noise=0.03, seed=2, plate="P2")),
        shared, KNOWN, readings(noise=0.03),
    )  # fmt: skip
    flag = flag_of(plate)
    assert flag.severity == "note"
    assert flag.value == pytest.approx(1, abs=0.1)
    assert flag.sentence.startswith(
        "Read from the standards of plate P1 (elisa.curve_of). By control 40 pg/mL and control 250 "
        "pg/mL it reads "
    )


@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_plates_that_differ_are_a_caution_with_the_factor(
    shared: ElisaSettings, readings: Readings, factor: float
) -> None:
    second = reading_factor(without_standards(readings(plate="P2")), factor)
    flag = flag_of(quantify_plate(second, shared, KNOWN, readings()))
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(factor, rel=1e-3)
    assert f"it reads {factor:.2f} times what P1 does (limit 1.35 times)" in flag.sentence
    assert "Measure standards on P2" in flag.sentence


def test_without_a_common_control_it_is_not_known(
    shared: ElisaSettings, readings: Readings
) -> None:
    second = without_standards(readings({"c9": 500.0}, plate="P2"))
    second = second[second["role"] == "sample"].reset_index(drop=True)
    flag = flag_of(quantify_plate(second, shared, KNOWN, readings(SAMPLES)))
    assert flag.severity == "note"
    assert "whether they agree is not known" in flag.sentence
    untargeted = without_standards(readings(plate="P2")).assign(concentration_pg_ml=np.nan)
    assert "not known" in flag_of(
        quantify_plate(untargeted, shared, KNOWN, readings())
    ).sentence  # fmt: skip


def test_cultures_on_both_plates_are_compared_at_the_same_dilution(
    shared: ElisaSettings, readings: Readings
) -> None:
    first = readings({"c1": 500.0}, dilutions=(10,))
    for dilution, is_known in ((10, True), (20, False)):
        second = readings({"c1": 500.0}, dilutions=(dilution,), plate="P2")
        second = second[second["role"] == "sample"].reset_index(drop=True)
        sentence = flag_of(quantify_plate(second, shared, KNOWN, first)).sentence
        assert ("culture c1" in sentence) == is_known


def test_the_zero_of_the_standards_is_subtracted_where_a_plate_has_none(
    settings: Settings, readings: Readings
) -> None:
    shared = settings(curve_of={"P2": "P1"}, zero_standard="subtract")
    first, second = readings(SAMPLES), without_standards(readings(SAMPLES, plate="P2"))
    both = pd.concat([first, second], ignore_index=True)
    plate = quantify_plate(second, shared, pooled_scatter(both, shared), first)
    ok = plate.wells[(plate.wells["state"] == "ok") & (plate.wells["culture"] == "c2")]
    assert ok["concentration_pg_ml"].to_numpy(float) == pytest.approx(2000, rel=0.02)
    alone = settings(zero_standard="subtract")
    with pytest.raises(PlateError, match="plate P2: zero_standard is subtract"):
        pooled_scatter(both, alone)


def test_the_error_of_a_shared_curve_does_not_shrink_with_the_plates(
    shared: ElisaSettings, readings: Readings
) -> None:
    quiet = Scatter(VarianceFunction(1e-4, 1e-3, 4, 38, "stated"), FUNCTION, is_assumed=False)
    first = readings({"c2": 2000.0}, dilutions=(10,))
    second = without_standards(readings({"c2": 2000.0}, dilutions=(10,), plate="P2"))
    one = quantify_plate(first, shared, quiet)
    two = quantify_plate(second, shared, quiet, first)
    curves = [one.curve, two.curve]

    def width(wells: pd.DataFrame) -> float:
        row = combine_cultures(wells, (), precision_of(curves, quiet)).cultures.iloc[0]
        return float(np.log(row["upper_pg_ml"] / row["concentration_pg_ml"]))

    both = pd.concat([one.wells, two.wells], ignore_index=True)
    assert width(both) == pytest.approx(width(one.wells), rel=0.02)


def test_the_figure_names_the_plate_of_the_standards(
    shared: ElisaSettings, readings: Readings
) -> None:
    second = without_standards(readings(SAMPLES, plate="P2"))
    plate = quantify_plate(second, shared, KNOWN, readings(SAMPLES))
    drawn = standard_curve.draw(PlateResults(plate.wells, plate.curve, plate.flags))
    titles = [axes.get_title(loc="left") for axes in drawn.figure.axes]
    assert "P2: IL-6, 4PL, accepted, standards of P1" in titles


def test_the_check_asks_for_no_standards_and_for_the_same_wavelengths(
    wells: pd.DataFrame, settings: Settings, export: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(export.read_text().replace("1.0", "1.1"))
    second = wells.iloc[-1:].assign(plate="P2", file=str(other)).set_axis([50])
    both = pd.concat([wells, second])
    assert check_files(both, settings(curve_of={"P2": "P1"})) == []
    assert len(check_files(both, settings())) == 1
    own = {"any": 450, "of_plate": {"P2": 570}}
    otherwise = settings(wavelength_nm=own, curve_of={"P2": "P1"}, reference_wavelength_nm=None)
    (problem,) = check_files(both, otherwise)
    assert (problem.row, problem.column) == (50, "plate")
    assert "the two were read at different wavelengths" in problem.message
