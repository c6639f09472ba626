"""Which reading of a plate is the measurement, and which is subtracted."""

from collections.abc import Callable
from pathlib import Path

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
from coculture.elisa.plates.plate import Plate, Reading, plate_from_readings
from coculture.elisa.plates.reading_choice import (
    UsedReadings,
    measurement,
    reference,
    used_readings,
)
from coculture.elisa.settings import WantedReading

Settings = Callable[..., ElisaSettings]


def plate(*readings: tuple[str, float]) -> Plate:
    """A plate of one well, read as given: name and wavelength."""
    return plate_from_readings(
        "P", [Reading("A1", name, nm, 0.1 * (i + 1), "ok") for i, (name, nm) in enumerate(readings)]
    )


NAN = float("nan")
TMB = plate(("abs:450", 450), ("abs:570", 570))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (450.0, "abs:450"),
        ("450", "abs:450"),
        ("450.0", "abs:450"),
        ("450 nm", "abs:450"),
        ("450nm", "abs:450"),
        ("ABS: 570", "abs:570"),
        ((440.0, 460.0), "abs:450"),
    ],
)
def test_the_measurement_is_found_by_wavelength_or_name(
    wanted: float | str | tuple[float, float], found: str
) -> None:
    assert measurement(TMB, wanted, "f", "P1").name == found


def test_a_name_that_is_a_number_is_compared_as_a_number() -> None:
    plain = plate(("450.0", NAN), ("570", NAN))
    assert measurement(plain, 450.0, "f", "P1").name == "450.0"
    assert measurement(plain, "450", "f", "P1").name == "450.0"


def test_the_only_reading_without_a_wavelength_fits_and_has_no_reference() -> None:
    alone = plate(("", NAN))
    main = measurement(alone, 450.0, "f", "P1")
    assert main.name == ""
    assert reference(alone, main, 570.0, "f") is None


@pytest.mark.parametrize(
    ("measured", "used"),
    [
        ((570,), 570),
        ((540, 570), 570),
        ((570, 620), 570),
        ((650,), 650),
        ((690,), None),
        ((), None),
    ],
)
def test_a_range_takes_the_reference_that_the_plate_has(
    measured: tuple[int, ...], used: int | None
) -> None:
    read = plate(("450", 450), *((str(nm), nm) for nm in measured))
    main = measurement(read, 450.0, "f", "P1")
    found = reference(read, main, (540.0, 650.0), "f")
    assert (found and found.wavelength_nm) == used


def test_a_reference_that_is_named_has_to_be_there() -> None:
    main = measurement(TMB, 450.0, "f", "P1")
    with pytest.raises(PlateError, match="no reading at reference_wavelength_nm 620"):
        reference(TMB, main, 620.0, "f")


def test_nothing_is_subtracted_from_a_difference() -> None:
    reduced = plate(("450-570", NAN), ("570", 570))
    main = measurement(reduced, "450-570", "f", "P1")
    assert reference(reduced, main, (540.0, 650.0), "f") is None
    with pytest.raises(PlateError, match="is a difference of two wavelengths already"):
        reference(reduced, main, 570.0, "f")


def test_what_the_software_computed_is_no_rival_of_the_reading() -> None:
    both = plate(("Blank corrected (450)", 450), ("Raw Data (450)", 450))
    assert measurement(both, 450.0, "f", "P1").name == "Raw Data (450)"
    twice = plate(("blue 1", 450), ("blue 2", 450))
    with pytest.raises(PlateError, match='several readings at wavelength_nm 450: "blue 1", "blue'):
        measurement(twice, 450.0, "f", "P1")
    assert measurement(twice, "blue 2", "f", "P1").name == "blue 2"


def test_a_plate_without_the_reading_is_told_how_to_have_its_own() -> None:
    other = plate(("405", 405), ("490", 490))
    with pytest.raises(PlateError, match=r"wavelength_nm: \{any: 450, of_plate: \{E3: \.\.\.\}\}"):
        measurement(other, 450.0, "f", "E3")


def test_a_difference_is_written_as_two_keys() -> None:
    with pytest.raises(PlateError, match=r'no reading is named "450-570"; .* to the second'):
        measurement(TMB, "450-570", "f", "P1")


def test_a_plate_can_have_its_own() -> None:
    wanted = WantedReading.from_config({"any": 450, "of_plate": {"E3": 405, 7: [400, 410]}})
    assert [wanted.of(name) for name in ("E1", "E3", "7")] == [450, 405, (400, 410)]
    assert WantedReading.from_config(None).of("E1") is None


def test_what_was_used_is_recorded(wells: pd.DataFrame, settings: Settings) -> None:
    used = used_readings(read_layout(wells, settings()))
    assert used is not None
    assert used.reference is not None
    assert (used.measurement.name, used.reference.wavelength_nm) == ("450", 570)
    without = used_readings(read_layout(wells, settings(reference_wavelength_nm=None)))
    assert without is not None
    assert without.reference is None
    assert used_readings(wells) is None


def test_each_plate_is_read_as_the_config_says(
    wells: pd.DataFrame, settings: Settings, export: Path
) -> None:
    """The second plate was read at 405 nm, without a reference."""
    other = export.parent / "other.csv"
    first = export.read_text().split("\n\n")[0]
    other.write_text(first.replace("450,", "405,"))
    both = pd.concat([wells, wells.assign(plate="P2", file=str(other))], ignore_index=True)
    own = settings(wavelength_nm={"any": 450, "of_plate": {"P2": 405}})
    readings = dict(iter(read_layout(both, own).groupby("plate")))
    assert readings["P1"]["response"].iloc[0] == pytest.approx(1.01 - 0.04)
    assert readings["P2"]["response"].iloc[0] == pytest.approx(1.01)
    assert readings["P2"]["wavelength_nm"].unique() == [405]
    assert np.isnan(readings["P2"]["od_reference"]).all()
    with pytest.raises(PlateError, match="no reading at wavelength_nm 450"):
        read_layout(both, settings())


@pytest.mark.reference
def test_three_plain_grids_say_that_nothing_was_subtracted(
    reference: Path, settings: Settings
) -> None:
    raw = reference / "elisa/failing/practice_study/raw"
    rows = pd.read_csv(raw / "elisa.csv").assign(plate_in_file="")
    rows = rows.astype({"exclude": object}).fillna({"culture": "", "exclude": "", "dilution": 1.0})
    rows = rows.assign(path=[str(raw / file) for file in rows["file"]])
    for reference_nm in ([540, 650], 570):
        chosen = settings(reference_wavelength_nm=reference_nm)
        readings = read_layout(rows, chosen)
        plate = readings[readings["plate"] == "P1"]
        found = quantify_plate(plate, chosen, pooled_scatter(readings, chosen))
        assert found.curve["IL-6"]["readings"] == {
            "measurement": {"name": "", "wavelength_nm": None},
            "reference": None,
        }
        assert [one.severity for one in found.flags if one.code == "no_reference"] == ["note"]


def test_a_reading_without_a_wavelength_has_none() -> None:
    unnamed = measurement(plate(("", NAN)), 450.0, "f", "P1")
    named = measurement(plate(("450", NAN)), 450.0, "f", "P1")
    assert UsedReadings(unnamed, None).wavelengths == (None, None)
    assert UsedReadings(named, unnamed).wavelengths == (450.0, None)
