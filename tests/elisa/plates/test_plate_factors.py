"""Factors between plates, by what is on several of them (bridge samples)."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    Scatter,
    StudyConcentrations,
    combine_study,
    quantify_plate,
)
from coculture.exchange.flags import Flag
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]
SAMPLES = {"c1": 500.0, "c2": 2000.0}
WIDE = {"limits": {"control_recovery_percent": 60}}
"""So that a plate whose controls are off does not fail."""


def reading(readings: pd.DataFrame, factor: float) -> pd.DataFrame:
    """The plate with its controls and samples read as a factor of what they contain."""
    within = readings["culture"].map(SAMPLES) / readings["dilution"]
    within = within.fillna(readings["concentration_pg_ml"])
    is_standard = readings["role"] == "standard"
    seen = readings["response"].where(is_standard, true_response(factor * within))
    return readings.assign(response=seen)


def combined(
    plates: Sequence[QuantifiedPlate], settings: ElisaSettings, scatter: Scatter = KNOWN
) -> StudyConcentrations:
    wells = pd.concat([plate.wells for plate in plates], ignore_index=True)
    flags = [flag for plate in plates for flag in plate.flags]
    return combine_study(wells, flags, [plate.curve for plate in plates], scatter, settings)


def flags_of(found: StudyConcentrations) -> dict[str, Flag]:
    return {
        flag.concerns.plate: flag for flag in found.flags if flag.code == "plate_factor"
    }  # fmt: skip


@pytest.fixture
def plates(settings: Settings, readings: Readings) -> list[QuantifiedPlate]:
    """Three plates with the same controls, of which P3 reads 1.5 times what the others do.

    c1 is on P1 only, c2 on P3 only.
    """
    content = {"P1": {"c1": 500.0}, "P2": {}, "P3": {"c2": 2000.0}}
    factors = {"P1": 1.0, "P2": 1.0, "P3": 1.5}
    return [
        quantify_plate(
            reading(readings(samples, dilutions=(20,), plate=plate), factors[plate]),
            settings(**WIDE),
            KNOWN,
        )
        for plate, samples in content.items()
    ]


def test_the_factor_of_each_plate_is_shown(
    plates: list[QuantifiedPlate], settings: Settings
) -> None:
    found = combined(plates, settings())
    table = found.plate_factors.set_index("plate")
    low, high = 1.5 ** (-1 / 3), 1.5 ** (2 / 3)
    assert table["factor"].tolist() == pytest.approx([low, low, high], rel=1e-3)
    assert np.log(table["factor"].to_numpy(float)).sum() == pytest.approx(0, abs=1e-9)
    assert table["bridges"].unique().tolist() == ["control 40 pg/mL; control 250 pg/mL"]
    assert table["compared"].unique().tolist() == ["P1; P2; P3"]
    assert not table["applied"].any()
    assert (table["lower"] < table["factor"]).all()
    assert (table["upper"] > table["factor"]).all()


def test_a_plate_beyond_the_limit_is_a_caution(
    plates: list[QuantifiedPlate], settings: Settings
) -> None:
    flags = flags_of(combined(plates, settings()))
    assert [flag.severity for flag in flags.values()] == ["note", "note", "caution"]
    assert flags["P3"].sentence.startswith(
        "By 2 bridge samples (control 40 pg/mL and control 250 pg/mL) it reads 1.31 times ("
    )
    assert "the mean of plates P1, P2 and P3. Which plate is right" in flags["P3"].sentence


def test_factors_are_applied_only_if_the_config_asks(
    plates: list[QuantifiedPlate], settings: Settings
) -> None:
    shown = combined(plates, settings()).cultures.set_index("culture")
    found = combined(plates, settings(plate_factors="apply"))
    applied = found.cultures.set_index("culture")
    assert shown["concentration_pg_ml"].tolist() == pytest.approx([500, 3000], rel=1e-3)
    mean = 1.5 ** (1 / 3)
    assert applied["concentration_pg_ml"].tolist() == pytest.approx(
        [500 * mean, 2000 * mean], rel=1e-3
    )
    width = applied["upper_pg_ml"] / applied["concentration_pg_ml"]
    assert (width > shown["upper_pg_ml"] / shown["concentration_pg_ml"]).all()
    assert found.plate_factors["applied"].all()
    flags = flags_of(found)
    assert {flag.severity for flag in flags.values()} == {"note"}
    assert flags["P3"].sentence.endswith("were divided by this factor.")


def test_a_plate_that_fails_moves_no_other_plate(
    plates: list[QuantifiedPlate], settings: Settings, readings: Readings
) -> None:
    """Its own factor is that from the plates that do not fail."""
    failing = reading(readings({"c2": 2000.0}, dilutions=(20,), plate="P3"), 1.5)
    third = quantify_plate(failing, settings(), KNOWN)
    assert third.curve["IL-6"]["verdict"] == "fail"
    found = combined([*plates[:2], third], settings(plate_factors="apply"))
    table = found.plate_factors.set_index("plate")
    assert table["factor"].tolist() == pytest.approx([1, 1, 1.5], rel=1e-3)
    assert table["compared"].unique().tolist() == ["P1; P2"]
    assert table["ln_se"]["P3"] > table["ln_se"]["P1"]
    value = found.cultures["concentration_pg_ml"].tolist()
    assert value == pytest.approx([500, 2000], rel=1e-3)
    alone = combined([plates[0], third], settings())
    assert "it reads 1.50 times (" in flags_of(alone)["P3"].sentence
    assert "what plate P1 does, the only one of them that does not fail" in (
        flags_of(alone)["P3"].sentence
    )


def test_of_plates_that_all_fail_all_count(settings: Settings, readings: Readings) -> None:
    both = [
        quantify_plate(reading(readings(plate=plate), factor), settings(), KNOWN)
        for plate, factor in (("P1", 1.5), ("P2", 1 / 1.5))
    ]
    assert [one.curve["IL-6"]["verdict"] for one in both] == ["fail", "fail"]
    factors = combined(both, settings()).plate_factors["factor"].tolist()
    assert factors == pytest.approx([1.5, 1 / 1.5], rel=1e-3)


def test_bounds_are_divided_too(settings: Settings, readings: Readings) -> None:
    low = quantify_plate(readings({"c1": 20.0}, dilutions=(10,)), settings(), KNOWN)
    high = quantify_plate(reading(readings(plate="P2"), 1.44), settings(**WIDE), KNOWN)
    shown = combined([low, high], settings()).cultures.iloc[0]
    applied = combined([low, high], settings(plate_factors="apply")).cultures.iloc[0]
    assert (shown["state"], applied["state"]) == ("below_lloq", "below_lloq")
    assert applied["bound_pg_ml"] == pytest.approx(shown["bound_pg_ml"] * 1.2, rel=1e-3)


def test_a_plate_without_a_bridge_is_not_corrected_and_named(
    plates: list[QuantifiedPlate], settings: Settings, readings: Readings
) -> None:
    alone = readings({"c9": 700.0}, dilutions=(20,), plate="P4")
    alone = alone[alone["role"] != "control"].reset_index(drop=True)
    four = [*plates, quantify_plate(alone, settings(), KNOWN)]
    found = combined(four, settings(plate_factors="apply"))
    value = found.cultures.set_index("culture")["concentration_pg_ml"]
    assert value["c9"] == pytest.approx(700, rel=1e-3)
    flag = flags_of(found)["P4"]
    assert flag.severity == "caution"
    assert flag.sentence.startswith("No bridge sample is on this plate and another")
    assert "P4" not in flags_of(combined(four, settings()))
    assert "P4" not in set(found.plate_factors["plate"])


def test_what_is_not_known_to_be_the_same_is_no_bridge(
    settings: Settings, readings: Readings
) -> None:
    first = readings({"c1": 500.0}, dilutions=(10,)).assign(plate="P1")
    other = readings({"c1": 500.0}, dilutions=(20,), plate="P2")
    for one in (first, other):
        one.loc[one["role"] == "control", "concentration_pg_ml"] = np.nan
    two = [quantify_plate(one, settings(), KNOWN) for one in (first, other)]
    assert combined(two, settings()).plate_factors.empty
    same = quantify_plate(
        readings({"c1": 500.0}, dilutions=(10,), plate="P3"), settings(), KNOWN
    )  # fmt: skip
    table = combined([*two, same], settings()).plate_factors
    assert table["plate"].tolist() == ["P1", "P3"]
    assert set(table["bridges"]) == {"culture c1 at dilution 10"}


def test_plates_that_no_bridge_connects_have_a_mean_of_their_own(
    settings: Settings, readings: Readings
) -> None:
    def plate(name: str, level: float, factor: float) -> QuantifiedPlate:
        made = readings(plate=name)
        made.loc[made["role"] == "control", "concentration_pg_ml"] = level
        return quantify_plate(reading(made, factor), settings(**WIDE), KNOWN)

    four = [plate("P1", 40, 1), plate("P2", 40, 1.21), plate("P3", 250, 1), plate("P4", 250, 1.44)]
    table = combined(four, settings()).plate_factors
    assert table["compared"].tolist() == ["P1; P2", "P1; P2", "P3; P4", "P3; P4"]
    assert table["factor"].tolist() == pytest.approx([1 / 1.1, 1.1, 1 / 1.2, 1.2], rel=1e-3)


def test_bridges_that_differ_widen_the_limits(settings: Settings, readings: Readings) -> None:
    plate = quantify_plate(readings(), settings(), KNOWN)

    def width(factors: tuple[float, float]) -> float:
        other = readings(plate="P2")
        for level, factor in zip((40.0, 250.0), factors, strict=True):
            wells = (other["role"] == "control") & (other["concentration_pg_ml"] == level)
            other.loc[wells, "response"] = true_response(level * factor)
        second = quantify_plate(other, settings(**WIDE), KNOWN)
        row = combined([plate, second], settings()).plate_factors.iloc[0]
        return float(np.log(row["upper"] / row["lower"]))

    assert width((0.7, 1.4)) > 3 * width((1.0, 1.0))


def test_one_bad_well_of_a_bridge_moves_no_plate(settings: Settings, readings: Readings) -> None:
    """Replicates that disagree say nothing."""
    second = readings(plate="P2")
    control = (second["role"] == "control") & (second["concentration_pg_ml"] == 250)
    second.loc[second.index[control][0], "response"] = true_response(250 * 3)
    two = [quantify_plate(one, settings(), KNOWN) for one in (readings(), second)]
    table = combined(two, settings()).plate_factors
    assert set(table["bridges"]) == {"control 40 pg/mL"}
    assert table["factor"].tolist() == pytest.approx([1, 1], rel=1e-3)
