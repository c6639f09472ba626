"""Allotrope documents: units, errors, several wavelengths, and damaged documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from coculture.elisa import PlateError, read_plates
from coculture.elisa.plates.plate import Reading
from coculture.elisa.readers.allotrope import _divisor, _Measurement
from coculture.elisa.readers.source import Source
from tests.elisa.readers.written_exports import (
    MAIN,
    OTHER,
    WELLS,
    by_reading,
    only_plate,
    states,
    wavelengths,
)


def measurement(
    well: str, value: object, wavelength: float = 450, unit: str = "mAU", error: str = ""
) -> dict[str, Any]:
    """A measurement as allotropy writes it."""
    document: dict[str, Any] = {
        "measurement identifier": f"TEST_{well}_{wavelength}",
        "device control aggregate document": {
            "device control document": [
                {
                    "device type": "plate reader",
                    "detection type": "Absorbance",
                    "detector wavelength setting": {"value": wavelength, "unit": "nm"},
                }
            ]
        },
        "sample document": {
            "location identifier": well,
            "sample identifier": f"P7 {well}",
            "well plate identifier": "P7",
        },
        "absorbance": {"value": value, "unit": unit},
    }
    if error:
        document["error aggregate document"] = {
            "error document": [{"error": error, "error feature": "Absorbance"}]
        }
    return document


def write(folder: Path, measurements: list[list[dict[str, Any]]]) -> Path:
    """A document with these measurements of each well."""
    content = {
        "$asm.manifest": "http://purl.allotrope.org/manifests/plate-reader/REC/2026/03/x.manifest",
        "plate reader aggregate document": {
            "plate reader document": [
                {"measurement aggregate document": {"measurement document": of_well}}
                for of_well in measurements
            ],
            "calculated data aggregate document": {
                "calculated data document": [
                    {"calculated data name": "Reduced", "calculated result": {"value": 9.9}}
                ]
            },
        },
    }
    path = folder / "export.json"
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return path


def test_two_wavelengths_as_allotropy_writes_them(tmp_path: Path) -> None:
    path = write(
        tmp_path, [[measurement(w, MAIN[w]), measurement(w, OTHER[w], 570)] for w in WELLS]
    )
    plate = only_plate(path)
    assert (plate.name, by_reading(plate)) == ("P7", {"450": MAIN, "570": OTHER})
    assert wavelengths(plate) == {"450": 450, "570": 570}


@pytest.mark.parametrize(("unit", "factor"), [("mAU", 1000), ("mAU", 1), ("AU", 1)])
def test_absorbances_are_in_au_whatever_stands_behind_them(
    tmp_path: Path, unit: str, factor: float
) -> None:
    path = write(tmp_path, [[measurement(w, factor * MAIN[w], unit=unit)] for w in WELLS])
    assert by_reading(only_plate(path))["450"] == pytest.approx(MAIN)


@pytest.mark.parametrize(
    ("values", "unit", "said"),
    [
        ([0.1, 20], "mAU", "highest absorbance is 20 mAU, too high for AU"),
        ([0.1, 400], "AU", "highest absorbance is 400 AU, too high for AU"),
        ([0.1, 0.2], "OD600", "absorbances have the units OD600"),
    ],
)
def test_numbers_that_fit_no_unit_are_refused(
    tmp_path: Path, values: list[float], unit: str, said: str
) -> None:
    pairs = zip(WELLS, values, strict=False)
    path = write(tmp_path, [[measurement(w, value, unit=unit)] for w, value in pairs])
    with pytest.raises(PlateError, match=said):
        read_plates(path)


@pytest.mark.parametrize(
    ("error", "state"),
    [("OVRFLW", "overflow"), ("nan", "missing"), ("Masked", "masked"), ("x", "missing")],
)
def test_an_error_of_the_reader_makes_the_number_none(
    tmp_path: Path, error: str, state: str
) -> None:
    path = write(
        tmp_path,
        [[measurement("A1", -0.0, error=error)], *([measurement(w, MAIN[w])] for w in WELLS[1:])],
    )
    plate = only_plate(path)
    assert states(plate) == {"ok": 95, state: 1}
    assert plate.wells.set_index("well")["state"]["A1"] == state


def test_fluorescence_is_read_with_both_wavelengths(tmp_path: Path) -> None:
    document = measurement("A1", 0)
    del document["absorbance"]
    document["fluorescence"] = {"value": 5321.0, "unit": "RFU"}
    (control,) = document["device control aggregate document"]["device control document"]
    control["excitation wavelength setting"] = {"value": 485, "unit": "nm"}
    control["detector wavelength setting"]["value"] = 528
    assert by_reading(only_plate(write(tmp_path, [[document]]))) == {"485/528": {"A1": 5321}}


def test_documents_of_another_kind_are_refused_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"multi analyte profiling aggregate document": {}}))
    with pytest.raises(PlateError, match="is of a multi analyte profiling, not of a plate reader"):
        read_plates(path)
    path.write_text('{"a": 1}')
    with pytest.raises(PlateError, match='no "plate reader aggregate document" in the JSON'):
        read_plates(path)


def test_damaged_documents_are_refused(tmp_path: Path) -> None:
    whole = write(tmp_path, [[measurement(w, MAIN[w])] for w in WELLS])
    text = whole.read_text()
    for part in (1, 2, 3):
        whole.write_text(text[: part * len(text) // 4])
        with pytest.raises(PlateError, match="JSON document is damaged or incomplete"):
            read_plates(whole)
    kinetic = measurement("A1", 0.1)
    kinetic["absorbance profile data cube"] = kinetic.pop("absorbance")
    with pytest.raises(PlateError, match="without an endpoint measurement of wells"):
        read_plates(write(tmp_path, [[kinetic]]))
    lost = measurement("A1", 0.1)
    lost["sample document"].pop("location identifier")
    with pytest.raises(PlateError, match='plate reader document 1: the location "" is not a well'):
        read_plates(write(tmp_path, [[lost]]))
    with pytest.raises(PlateError, match='well A1: "much" is not a reading'):
        read_plates(write(tmp_path, [[measurement("A1", "much")]]))
    with pytest.raises(PlateError, match="has well A1 more than once, with different values"):
        read_plates(write(tmp_path, [[measurement("A1", 0.1), measurement("A1", 0.2)]]))


@pytest.mark.parametrize(
    ("unit", "highest", "divisor"), [("AU", 10.0, 1.0), ("mAU", 30.0, 1000.0), ("mAU", 9.0, 1.0)]
)
def test_the_unit_of_absorbances_fits_the_highest(
    unit: str, highest: float, divisor: float
) -> None:
    reading = Reading("A1", "abs", 450.0, highest, "ok")
    source = Source(Path("a.json"), ())
    found = [_Measurement("P1", "absorbance", unit, reading)]
    assert _divisor(source, "P1", found) == divisor
