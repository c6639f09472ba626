"""Which reading of a plate is its measurement, and which is the reference that is subtracted."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.elisa.plates.given_readings import is_given
from coculture.elisa.plates.plate import Plate, PlateError
from coculture.elisa.readers.reading_names import is_computed, is_difference
from coculture.elisa.readers.source import number
from coculture.elisa.settings import Wanted

_NANOMETRES = re.compile(r"(.*\d)\s*nm", re.IGNORECASE)
_MEASUREMENT, _REFERENCE = "wavelength_nm", "reference_wavelength_nm"


@dataclass(frozen=True)
class Reading:
    """A reading of an export: its name there, and its wavelength (NaN if the file states none)."""

    name: str
    wavelength_nm: float


@dataclass(frozen=True)
class UsedReadings:
    """The readings that a plate's responses were made from; without reference nothing was
    subtracted."""

    measurement: Reading
    reference: Reading | None

    @property
    def wavelengths(self) -> tuple[float | None, float | None]:
        """In nm, of measurement and reference; None where the file states none, or none is used."""
        both = (self.measurement, self.reference)
        known = [None if one is None else _wavelength(one) for one in both]
        first, second = (None if nm is None or np.isnan(nm) else nm for nm in known)
        return first, second

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measurement(plate: Plate, wanted: Wanted, file: str, name: str) -> Reading:
    """The reading that is the plate's measurement.

    The only reading of a file that states no wavelength is taken for any.

    Parameters
    ----------
    name
        The plate in elisa.csv.

    Raises
    ------
    PlateError
        If none fits, or several do.
    """
    if is_alone(plate):
        return _readings(plate)[0]
    found = _the_one(plate, wanted, file, _MEASUREMENT)
    if found is None and isinstance(wanted, str) and is_difference(wanted):
        raise PlateError(
            f'{file}: no reading is named "{wanted}"; the file has {_names(_readings(plate))}. To '
            f"subtract one reading from another, set {_MEASUREMENT} to the first and {_REFERENCE} "
            "to the second"
        )
    if found is None:
        raise PlateError(
            f"{file}: no reading at {_MEASUREMENT} {_words(wanted)}; the file has "
            f"{_names(_readings(plate))}. If the plate was read otherwise, give it its own: "
            f"{_MEASUREMENT}: {{any: {_as_key(wanted)}, of_plate: {{{name}: ...}}}}"
        )
    return found


def reference(plate: Plate, main: Reading, wanted: Wanted | None, file: str) -> Reading | None:
    """The reading that is subtracted from `main`; None if there is none to subtract.

    A plate may lack a reference from a range, but has to have one that is named. Nothing is
    subtracted from a reading that is a difference already.

    Raises
    ------
    PlateError
        If the plate lacks the reference that is named, or if several fit.
    """
    if wanted is None or is_alone(plate):
        return None
    is_optional = isinstance(wanted, tuple)
    if is_difference(main.name):
        if is_optional:
            return None
        raise PlateError(
            f'{file}: the reading "{main.name}" is a difference of two wavelengths already; set '
            f"{_REFERENCE} to null, or {_MEASUREMENT} to the measurement itself"
        )
    found = _the_one(plate, wanted, file, _REFERENCE)
    if found is None and not is_optional:
        raise PlateError(
            f"{file}: no reading at {_REFERENCE} {_words(wanted)}; the file has "
            f"{_names(_readings(plate))}. Set the key to null if no reference was measured"
        )
    return found


def is_alone(plate: Plate) -> bool:
    """Whether the plate has a single reading, without a wavelength."""
    readings = _readings(plate)
    return len(readings) == 1 and bool(np.isnan(readings[0].wavelength_nm))


def used_readings(wells: pd.DataFrame) -> UsedReadings | None:
    """The readings of the wells of one plate, from the columns that `read_layout` adds.

    None for wells that were not read from a file, or of which it gives concentrations only.
    """
    if "reading" not in wells or wells.empty or is_given(wells).any():
        return None
    row = wells.iloc[0]
    main = Reading(str(row["reading"]), float(row["wavelength_nm"]))
    if not wells["is_corrected"].any():
        return UsedReadings(main, None)
    other = Reading(str(row["reference_reading"]), float(row["reference_wavelength_nm"]))
    return UsedReadings(main, other)


def _readings(plate: Plate) -> list[Reading]:
    """In the order of the file."""
    pairs = plate.wells[["reading", "wavelength_nm"]].drop_duplicates()
    return [Reading(str(name), float(nm)) for name, nm in pairs.itertuples(index=False)]


def _the_one(plate: Plate, wanted: Wanted, file: str, key: str) -> Reading | None:
    """The reading that fits; one that the reader's software computed only if there is no other."""
    fitting = _fitting(_readings(plate), wanted)
    fitting = [one for one in fitting if not is_computed(one.name)] or fitting
    if len(fitting) > 1:
        raise PlateError(
            f"{file}: several readings at {key} {_words(wanted)}: {_names(fitting)}; set the key "
            "to the name of one of them"
        )
    return fitting[0] if fitting else None


def _fitting(readings: list[Reading], wanted: Wanted) -> list[Reading]:
    if isinstance(wanted, tuple):
        low, high = wanted
        inside = [one for one in readings if low <= _wavelength(one) <= high]
        middle = (low + high) / 2
        nearest = min(
            (_wavelength(one) for one in inside), key=lambda nm: (abs(nm - middle), nm), default=0
        )
        return [one for one in inside if _wavelength(one) == nearest]
    if isinstance(wanted, str):
        exact = [one for one in readings if one.name == wanted]
        written = _NANOMETRES.fullmatch(wanted.strip())
        value = number(written[1] if written else wanted)
        if exact or value is None:
            return exact or [one for one in readings if _plain(one.name) == _plain(wanted)]
        wanted = value
    return [one for one in readings if _wavelength(one) == wanted]


def _wavelength(reading: Reading) -> float:
    """Its wavelength; that in its name, if the name is a number; otherwise NaN."""
    if np.isfinite(reading.wavelength_nm):
        return reading.wavelength_nm
    named = number(reading.name)
    return float("nan") if named is None else named


def _plain(name: str) -> str:
    """A name without what two people write differently: capitals and spaces."""
    return "".join(name.split()).casefold()


def _words(wanted: Wanted) -> str:
    return f"{wanted[0]:g} to {wanted[1]:g}" if isinstance(wanted, tuple) else _as_key(wanted)


def _as_key(wanted: Wanted) -> str:
    """As the config writes it."""
    if isinstance(wanted, tuple):
        return f"[{wanted[0]:g}, {wanted[1]:g}]"
    return wanted if isinstance(wanted, str) else f"{wanted:g}"


def _names(readings: Iterable[Reading]) -> str:
    return ", ".join(dict.fromkeys(f'"{one.name}"' for one in readings))
