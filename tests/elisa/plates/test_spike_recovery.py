"""Spikes: what was added to a supernatant, read back."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    quantify_plate,
)
from coculture.elisa.plates.cultures import combine_cultures
from coculture.elisa.plates.scatter import Scatter
from coculture.exchange.flags import Flag
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def spiked(
    readings: pd.DataFrame, in_wells: list[float], added: float, dilution: float = 10
) -> pd.DataFrame:
    """A plate with wells of c1 that were spiked, with these concentrations in the well."""
    rows = readings[readings["culture"] == "c1"].iloc[[0] * len(in_wells)].reset_index(drop=True)
    response = true_response(in_wells)
    return pd.concat(
        [
            readings,
            rows.assign(
                role="spike", concentration_pg_ml=added, dilution=dilution, response=response,
                od=response + 0.04, well=[f"H{i + 7}" for i in range(len(in_wells))],
            ),
        ],
        ignore_index=True,
    )  # fmt: skip


def flags_of(plate: QuantifiedPlate) -> list[Flag]:
    return [flag for flag in plate.flags if flag.code == "spike_recovery"]


def test_what_was_added_is_read_back_in_percent(settings: Settings, readings: Readings) -> None:
    """2,000 pg/mL and 1,000 added, at 1:10: 290 in the well is 90 % of it, 310 is 110 %."""
    plate = quantify_plate(spiked(readings({"c1": 2000.0}), [290, 310], 1000), settings(), KNOWN)
    wells = plate.wells[plate.wells["role"] == "spike"]
    np.testing.assert_allclose(wells["recovery_percent"], [90, 110], rtol=1e-4)
    (spike,) = plate.curve["IL-6"]["spikes"]
    assert (spike["culture"], spike["dilution"], spike["wells"]) == ("c1", 10, ["H7", "H8"])
    assert spike["recovery_percent"] == pytest.approx(100, abs=0.3)
    assert spike["unspiked_pg_ml"] == pytest.approx(2000, rel=1e-4)
    (flag,) = flags_of(plate)
    assert (flag.severity, flag.concerns.culture) == ("note", "c1")
    assert flag.sentence.startswith("Spike recovery 100 % (at dilution 10, wells H7, H8 of plate")


def test_a_supernatant_that_hides_the_analyte_carries_a_caution(
    settings: Settings, readings: Readings
) -> None:
    """Half of 2,000 added is 100 in the well, on top of 200."""
    plate = quantify_plate(spiked(readings({"c1": 2000.0}), [300, 300], 2000), settings(), KNOWN)
    (flag,) = flags_of(plate)
    assert (flag.severity, flag.limit, flag.unit) == ("caution", 20, "%")
    assert flag.value == pytest.approx(50, abs=0.1)
    assert "(limit 80 to 120 %; at dilution 10, wells H7, H8 of plate P1)" in flag.sentence


def test_a_percent_that_may_be_chance_is_a_note(settings: Settings, readings: Readings) -> None:
    """A spike of a tenth of the supernatant cannot be seen through the scatter of the wells."""
    plate = quantify_plate(spiked(readings({"c1": 2000.0}), [210, 210], 200), settings(), KNOWN)
    (flag,) = flags_of(plate)
    assert flag.severity == "note"
    assert flag.value == pytest.approx(50, abs=1)


def test_pipetting_errors_that_replicates_share_are_no_matrix(
    settings: Settings, readings: Readings
) -> None:
    """76 % on wells without any scatter: 2,760 and 2,000, each known to 5 %, differ by 760 +- 170.

    That is 76 +- 17 % of the 1,000 that were added.
    """
    precise = Scatter(
        replace(KNOWN.wells, s0=1e-4, cv=1e-4), replace(KNOWN.standards, s0=1e-4, cv=1e-4), False
    )
    plate = spiked(readings({"c1": 2000.0}), [276, 276], 1000)
    quantified = quantify_plate(plate, settings(), precise)
    (flag,) = flags_of(quantified)
    assert flag.severity == "note"
    assert flag.value == pytest.approx(76, abs=0.2)
    (spike,) = quantified.curve["IL-6"]["spikes"]
    assert spike["error_percent"] == pytest.approx(17.0, abs=0.3)


def test_many_spikes_are_held_to_the_chance_of_all(settings: Settings, readings: Readings) -> None:
    """50 % with an error of 14: 3.5 times it, which is more than chance for one, not for nine."""
    one = spiked(readings({"c1": 2000.0}), [300, 300], 2000)
    (flag,) = flags_of(quantify_plate(one, settings(), KNOWN))
    (spike,) = quantify_plate(one, settings(), KNOWN).curve["IL-6"]["spikes"]
    off = (100 - spike["recovery_percent"]) / spike["error_percent"]
    assert 3.3 < off < 3.9
    assert flag.severity == "caution"
    nine = pd.concat([one, *(one[one["role"] == "spike"].assign(
        concentration_pg_ml=2001.0 + i, well=[f"E{i + 4}", f"F{i + 4}"]) for i in range(8))],
        ignore_index=True,
    )  # fmt: skip
    flags = flags_of(quantify_plate(nine, settings(), KNOWN))
    assert len(flags) == 9
    assert {flag.severity for flag in flags} == {"note"}


def test_a_supernatant_below_the_range_counts_as_zero_if_that_is_little(
    settings: Settings, readings: Readings
) -> None:
    """c1 has 10 pg/mL, below 94 (LLOQ times 10): little against 2,000 added, much against 500."""
    low = readings({"c1": 10.0}, dilutions=(10,))
    plate = quantify_plate(spiked(low, [200, 200], 2000), settings(), KNOWN)
    (flag,) = flags_of(plate)
    assert flag.value == pytest.approx(100, abs=0.1)
    plate = quantify_plate(spiked(low, [50, 50], 500), settings(), KNOWN)
    (flag,) = flags_of(plate)
    assert np.isnan(flag.value)
    assert flag.severity == "note"
    assert "what was added is not much above its bound" in flag.sentence
    assert plate.wells.loc[plate.wells["role"] == "spike", "recovery_percent"].isna().all()


def test_the_same_dilution_comes_first_and_others_serve(
    settings: Settings, readings: Readings
) -> None:
    """The wells at 1:10 read 2,000, those at 1:50 are made to read 3,000."""
    plate = readings({"c1": 2000.0})
    at_50 = (plate["culture"] == "c1") & (plate["dilution"] == 50)
    plate.loc[at_50, "response"] = true_response(60)
    found = {
        dilution: quantify_plate(
            spiked(plate, [4000 / dilution], 1000, dilution), settings(), KNOWN
        ).curve["IL-6"]["spikes"][0]["unspiked_pg_ml"]
        for dilution in (10, 50, 20)
    }
    np.testing.assert_allclose([found[10], found[50]], [2000, 3000], rtol=1e-4)
    assert found[20] == pytest.approx((2000 * 3000) ** 0.5, rel=1e-4)


def test_without_the_supernatant_or_out_of_range_there_is_no_percent(
    settings: Settings, readings: Readings
) -> None:
    plate = readings({"c1": 2000.0})
    above = quantify_plate(spiked(plate, [300, 900], 1000), settings(), KNOWN)
    assert "a well with the spike is outside the range" in flags_of(above)[0].sentence
    both = spiked(plate, [300, 300], 1000)
    alone = both[(both["role"] != "sample")]
    (flag,) = flags_of(quantify_plate(alone, settings(), KNOWN))
    assert "the supernatant without the spike has no well on this plate" in flag.sentence


def test_a_spike_is_no_part_of_the_culture_s_value(settings: Settings, readings: Readings) -> None:
    plate = quantify_plate(spiked(readings({"c1": 2000.0}), [300, 300], 1000), settings(), KNOWN)
    (row,) = combine_cultures(plate.wells, plate.flags).cultures.to_dict("records")
    assert row["wells"] == 2
    assert row["concentration_pg_ml"] == pytest.approx(2000, rel=1e-4)
