"""Allotrope Simple Model (ASM): the .json of plate readers that converters such as allotropy write.

One document for each well, with a measurement for each wavelength. The unit of absorbances is mAU.
allotropy copies the number of the reader's own file, which is in AU, and writes mAU behind it;
other converters write thousandths. A plate's numbers show which: no reader goes beyond 10 AU, and
plastic alone has more than 30 mAU. Fluorescence and luminescence are read as they are.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    Reading,
    is_well,
    plate_from_readings,
    well_name,
)
from coculture.elisa.readers.source import NotThisFormatError, Source, optical_density

NAME = "Allotrope Simple Model"
_AGGREGATE = "plate reader aggregate document"
_OTHER = re.compile(r"(?P<name>.+) aggregate document")
_QUANTITIES = ("absorbance", "fluorescence", "luminescence")
_HIGHEST_AU = 10
_LOWEST_MAU = 30
"""Highest absorbance of a plate that can be in AU, and lowest one that can be in mAU."""
_NAN = float("nan")


class _BadDocumentError(Exception):
    """A document is not as the model describes it; the message says what is missing."""


@dataclass(frozen=True)
class _Measurement:
    plate: str
    quantity: str
    unit: str
    reading: Reading


def read(source: Source) -> list[Plate]:
    """Every plate, with a reading for each wavelength and detection."""
    document = _document(source)
    try:
        found = list(_measurements(document))
    except _BadDocumentError as error:
        raise PlateError(f"{source.path}: {error}; convert the reader's own file again") from error
    if not found:
        raise PlateError(
            f"{source.path}: an Allotrope document without an endpoint measurement of wells; "
            "convert the endpoint read (kinetic reads and spectra have no single value)"
        )
    plates: dict[str, list[_Measurement]] = {}
    for one in found:
        plates.setdefault(one.plate, []).append(one)
    return [
        plate_from_readings(name or source.path.stem, _named(source, name, of_plate))
        for name, of_plate in plates.items()
    ]


def _document(source: Source) -> dict[str, Any]:
    text = source.text.lstrip("\ufeff").lstrip()
    if not text.startswith("{"):
        raise NotThisFormatError("no JSON document")
    try:
        content = json.loads(text)
    # Also a number with more digits than Python converts.
    except (ValueError, RecursionError) as error:
        raise PlateError(
            f"{source.path}: this JSON document is damaged or incomplete ({error}); convert the "
            "reader's own file again"
        ) from error
    model = content.get(_AGGREGATE)
    if isinstance(model, dict):
        return model
    others = [match["name"] for key in content if (match := _OTHER.fullmatch(str(key)))]
    if others:
        raise PlateError(
            f"{source.path}: this Allotrope document is of a {others[0]}, not of a plate reader; "
            "only the documents of plate readers can be read"
        )
    raise NotThisFormatError(f'no "{_AGGREGATE}" in the JSON document')


def _measurements(model: dict[str, Any]) -> Iterator[_Measurement]:
    for index, document in enumerate(_listed(model, "plate reader document"), start=1):
        aggregate = _inner(document, "measurement aggregate document")
        for one in _listed(aggregate, "measurement document"):
            yield from _of_well(one, f"plate reader document {index}")


def _of_well(document: dict[str, Any], where: str) -> Iterator[_Measurement]:
    quantities = [name for name in _QUANTITIES if isinstance(document.get(name), dict)]
    if not quantities:
        return
    sample = _inner(document, "sample document")
    well = str(sample.get("location identifier") or sample.get("well location identifier") or "")
    if not is_well(well):
        raise _BadDocumentError(
            f'{where}: the location "{well}" is not a well; a document needs a location identifier '
            "such as A1"
        )
    plate = str(sample.get("well plate identifier") or sample.get("plate identifier") or "")
    control = _device_control(document)
    errors = _errors(document)
    for quantity in quantities:
        datum = document[quantity]
        name, wavelength = _reading_name(quantity, control)
        od, state = _value(datum.get("value"), errors.get(quantity), f"{where}, well {well}")
        unit = str(datum.get("unit") or "")
        reading = Reading(well_name(well), name, wavelength, od, state)
        yield _Measurement(plate, quantity, unit, reading)


def _value(value: object, error: str | None, where: str) -> tuple[float, str]:
    """The value and its state: an error of the reader makes the number (often -0.0) none."""
    if error is not None:
        known = optical_density(error)
        return _NAN, known[1] if known is not None and known[1] != "ok" else "missing"
    known = optical_density("" if value is None else str(value))
    if known is None:
        raise _BadDocumentError(f'{where}: "{value}" is not a reading')
    return known


def _errors(document: dict[str, Any]) -> dict[str, str]:
    """The reader's own word for a value that it could not give, by quantity."""
    aggregate = document.get("error aggregate document")
    if not isinstance(aggregate, dict):
        return {}
    return {
        str(one.get("error feature", "")).lower(): str(one.get("error", ""))
        for one in _listed(aggregate, "error document")
    }


def _reading_name(quantity: str, control: dict[str, Any]) -> tuple[str, float]:
    """The wavelength of detection as name and number; both wavelengths of a fluorescence."""
    detected = _nanometres(control, "detector wavelength setting")
    excited = _nanometres(control, "excitation wavelength setting")
    if quantity == "absorbance":
        return (f"{detected:g}", detected) if detected > 0 else ("absorbance", _NAN)
    known = "/".join(f"{value:g}" for value in (excited, detected) if value > 0)
    return known or quantity, _NAN


def _nanometres(control: dict[str, Any], setting: str) -> float:
    datum = control.get(setting)
    value = datum.get("value") if isinstance(datum, dict) else None
    return float(value) if isinstance(value, int | float) and value > 0 else _NAN


def _named(source: Source, plate: str, found: list[_Measurement]) -> Iterator[Reading]:
    """The readings of a plate, with absorbances in AU.

    Raises
    ------
    PlateError
        If the unit is unknown, or the numbers fit neither AU nor mAU.
    """
    absorbances = [one for one in found if one.quantity == "absorbance"]
    divisor = _divisor(source, plate, absorbances) if absorbances else 1.0
    for one in found:
        reading = one.reading
        if one.quantity == "absorbance" and divisor != 1:
            reading = replace(reading, od=reading.od / divisor)
        yield reading


def _divisor(source: Source, plate: str, found: list[_Measurement]) -> float:
    units = {one.unit for one in found}
    highest = max((one.reading.od for one in found if one.reading.state == "ok"), default=0.0)
    where = f'{source.path}: plate "{plate}"'
    if units <= {"mAU", "AU", "(unitless)", ""} and len(units) == 1:
        if highest <= _HIGHEST_AU:
            return 1.0
        if units == {"mAU"} and highest >= _LOWEST_MAU:
            return 1000.0
        raise PlateError(
            f"{where}: its highest absorbance is {highest:g} {units.pop()}, too high for AU and "
            "too low for a plate in mAU; convert the reader's own file again"
        )
    raise PlateError(
        f"{where}: its absorbances have the units {', '.join(sorted(units))}; one unit, mAU or AU, "
        "is needed; convert the reader's own file again"
    )


def _listed(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _BadDocumentError(f'no list "{name}" of documents')
    return found


def _inner(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    if not isinstance(found, dict):
        raise _BadDocumentError(f'no "{name}"')
    return found


def _device_control(document: dict[str, Any]) -> dict[str, Any]:
    """The settings of a measurement; empty if there are none."""
    if "device control aggregate document" not in document:
        return {}
    controls = _listed(
        _inner(document, "device control aggregate document"), "device control document"
    )
    return controls[0] if controls else {}
