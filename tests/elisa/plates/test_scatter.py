"""The scatter of the wells of a study: of samples and controls, and of standards."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, Scatter, VarianceFunction, pooled_scatter
from tests.elisa.conftest import true_response

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]
SAMPLES = {f"c{i}": 200.0 * 1.15**i for i in range(20)}


def study(readings: Readings, plates: int, cv: float, cv_of_standards: float) -> pd.DataFrame:
    """Plates whose standards are pipetted with another CV than their samples, in duplicate."""
    parts = []
    for number in range(plates):
        same = {"replicates": 2, "dilutions": (10,), "seed": 100 + number, "plate": f"P{number}"}
        wells = readings(SAMPLES, noise=cv, **same)
        careful = readings(SAMPLES, noise=cv_of_standards, **same)
        is_standard = wells["role"] == "standard"
        wells["response"] = wells["response"].where(~is_standard, careful["response"])
        parts.append(wells)
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("plates", [4, 8])
def test_careful_standards_do_not_shrink_the_error_of_samples(
    settings: Settings, readings: Readings, plates: int
) -> None:
    found = pooled_scatter(study(readings, plates, 0.10, 0.02), settings())
    assert found.wells.cv == pytest.approx(0.10, rel=0.2)
    assert found.standards.cv < 0.5 * found.wells.cv
    assert not found.is_assumed
    assert found.wells.degrees_of_freedom == pytest.approx(0.8 * 22 * plates + 4)
    assert f"{plates} plates ({22 * plates} groups" in found.wells.rule


def test_a_curve_that_fails_does_not_widen_the_error_of_the_others(
    settings: Settings, readings: Readings
) -> None:
    wells = study(readings, 3, 0.05, 0.05)
    clean = pooled_scatter(wells, settings()).standards.cv
    levels = (wells["plate"] == "P1") & (wells["concentration_pg_ml"] > 0)
    levels &= wells["role"] == "standard"
    wells.loc[levels, "concentration_pg_ml"] = wells.loc[levels, "concentration_pg_ml"].to_numpy()[
        ::-1
    ]
    assert pooled_scatter(wells, settings()).standards.cv == pytest.approx(clean, rel=0.3)


def test_a_few_bad_wells_do_not_widen_it(settings: Settings, readings: Readings) -> None:
    wells = study(readings, 8, 0.05, 0.05)
    clean = pooled_scatter(wells, settings()).wells.cv
    bad = wells.index[wells["role"] == "sample"][::33]
    wells.loc[bad, "response"] *= 1.8
    found = pooled_scatter(wells, settings())
    assert found.wells.cv == pytest.approx(clean, rel=0.15)
    left_out = int(found.wells.rule.split("groups, ")[1].split()[0])
    assert len(bad) <= left_out <= len(bad) + 5


def test_one_pair_hardly_moves_the_starting_values(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 2000.0}, replicates=2, dilutions=(10,), noise=0.05)
    wells = wells[wells["role"] != "control"].reset_index(drop=True)
    pair = wells.index[wells["role"] == "sample"]
    wells.loc[pair[0], "response"] = wells.loc[pair[1], "response"] * 1.12
    found = pooled_scatter(wells, settings()).wells
    assert found.cv == pytest.approx(0.06, rel=0.25)
    assert found.degrees_of_freedom == pytest.approx(4.8)
    assert "1 plate (1 groups" in found.rule


def test_few_pairs_start_from_the_larger_scatter_of_the_standards(
    settings: Settings, readings: Readings
) -> None:
    """With a starting CV of 6 % two pairs would say 7 % where the wells scatter by 15 %."""
    parts = [readings(noise=0.15, seed=i, plate=f"P{i}") for i in range(8)]
    wells = pd.concat(parts, ignore_index=True)
    others = wells["role"] != "control"
    controls = wells[(wells["role"] == "control") & (wells["plate"] == "P0")]
    found = pooled_scatter(pd.concat([wells[others], controls], ignore_index=True), settings())
    assert found.wells.cv > 0.10


def test_single_wells_are_assumed_to_scatter_as_the_larger(
    settings: Settings, readings: Readings
) -> None:
    for noise, cv in ((0.01, 0.06), (0.15, 0.15)):
        parts = [readings(noise=noise, seed=i, plate=f"P{i}") for i in range(8)]
        wells = pd.concat(parts, ignore_index=True)
        wells = wells[wells["role"] != "control"].reset_index(drop=True)
        found = pooled_scatter(wells, settings())
        assert found.is_assumed
        assert found.wells.cv == pytest.approx(cv, rel=0.25)
        assert found.wells.rule.startswith("assumed")


def test_excluded_wells_do_not_count(settings: Settings, readings: Readings) -> None:
    wells = study(readings, 3, 0.05, 0.05)
    clean = pooled_scatter(wells, settings())
    row = wells.index[wells["role"] == "sample"][0]
    wells.loc[row, "response"] = 0.0
    wells.loc[row, "excluded"] = "bubble"
    found = pooled_scatter(wells, settings())
    assert found.wells.degrees_of_freedom == pytest.approx(clean.wells.degrees_of_freedom - 0.8)
    assert found.wells.cv < 1.1 * clean.wells.cv


def test_it_is_the_same_after_json(settings: Settings, readings: Readings) -> None:
    found = pooled_scatter(study(readings, 1, 0.05, 0.05), settings())
    assert Scatter.from_dict(found.to_dict()) == found


def test_the_true_function_is_found_on_many_plates(settings: Settings, readings: Readings) -> None:
    """Readings have an SD of 0.005 and a CV; the prior of 6 degrees of freedom is then nothing."""
    found = pooled_scatter(study(readings, 12, 0.08, 0.08), settings())
    middle = true_response(np.array([60.0]))
    expected = 0.005**2 + (0.08 * middle) ** 2
    assert found.wells.variance(middle) == pytest.approx(expected, rel=0.15)


def test_chance_is_allowed_more_in_a_study_of_many_replicates() -> None:
    """One pair is held to three standard errors, two hundred pairs to 3.9."""

    def of(pairs: int) -> float:
        function = VarianceFunction(0.01, 0.05, 1, 0.8 * pairs + 4, "stated")
        return Scatter(function, function, is_assumed=False).errors_by_chance

    assert of(1) == 3.0
    assert of(200) == pytest.approx(3.89, abs=0.01)


@pytest.mark.parametrize("zero_standard", ["fit", "subtract"])
def test_zero_standards_that_are_subtracted_say_nothing_about_the_standards(
    settings: Settings, readings: Readings, zero_standard: str
) -> None:
    wells = study(readings, 3, 0.05, 0.05)
    chosen = settings(zero_standard=zero_standard)
    before = pooled_scatter(wells, chosen).standards
    is_zero = (wells["role"] == "standard") & (wells["concentration_pg_ml"] == 0)
    wells.loc[is_zero, "response"] += np.resize([0.05, -0.02], is_zero.sum())
    after = pooled_scatter(wells, chosen).standards
    changed = after.s0 / before.s0 - 1
    assert (abs(changed) > 0.1) == (zero_standard == "fit")
