"""The wells of a plate of which the export gives concentrations, from a curve of its own software.

Everything is brought to pg/mL of the undiluted sample: the unit of the file is converted, and a
dilution is applied once, by the reader's software or here.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from coculture.elisa.plates.concentration_units import pg_ml_per, unit_in
from coculture.elisa.plates.given_concentration import GivenConcentration
from coculture.elisa.plates.plate import Plate, PlateError, well_name
from coculture.elisa.settings import ElisaSettings

GIVEN_COLUMNS = ("given_pg_ml", "given_bound_pg_ml", "given_lloq_pg_ml", "given_uloq_pg_ml")
"""What the wells of such a plate have in place of a response; the limits are those in the well."""


def given_readings(
    chosen: Plate, rows: pd.DataFrame, file: str, plate: str, settings: ElisaSettings
) -> pd.DataFrame:
    """The rows of elisa.csv of one plate with the concentrations of the file.

    A concentration to which the file applied a dilution factor stays as it is; to the others the
    dilution of elisa.csv is applied. `dilution` of the result is the one that was applied.

    Parameters
    ----------
    rows
        Complete rows of elisa.csv of this plate; a well may be listed once for each analyte.

    Returns
    -------
    The rows with the columns that `read_layout` adds, of which od and response are empty, and
    `GIVEN_COLUMNS`: the concentration of the undiluted sample, the bound of a well out of range,
    and the limits in the well, as far as some well of the file is marked with them.

    Raises
    ------
    PlateError
        If the file lacks an analyte or its unit, or states another dilution than elisa.csv.
    """
    rows = rows.assign(well=[well_name(str(well)) for well in rows["well"]])
    parts = []
    for analyte, of_analyte in rows.groupby("analyte", sort=True):
        found = _of_analyte(chosen.concentrations, str(analyte), file, plate)
        factor = _pg_ml_of(found[0], str(analyte), settings, file)
        parts.append(_joined(of_analyte, found, factor, file))
    joined = pd.concat(parts).loc[rows.index]
    return joined.assign(
        excluded=joined["exclude"],
        od=np.nan,
        od_reference=np.nan,
        response=np.nan,
        is_corrected=False,
        reading="",
        wavelength_nm=np.nan,
        reference_reading="",
        reference_wavelength_nm=np.nan,
    )


def wells_of(chosen: Plate) -> list[str]:
    """The wells of such a plate, each once, in the order of the file."""
    return list(dict.fromkeys(one.well for one in chosen.concentrations))


def is_given(wells: pd.DataFrame) -> pd.Series:
    """For each well whether it is on such a plate."""
    if "is_given" not in wells:
        return pd.Series(False, index=wells.index)
    return wells["is_given"].eq(True)


def _of_analyte(
    concentrations: Iterable[GivenConcentration], analyte: str, file: str, plate: str
) -> list[GivenConcentration]:
    """Those of the analyte by its name; capitals, spaces and hyphens may differ if it is clear."""
    named: dict[str, list[GivenConcentration]] = {}
    for one in concentrations:
        named.setdefault(one.analyte, []).append(one)
    alike = [name for name in named if _plain(name) == _plain(analyte)]
    if analyte in named:
        return named[analyte]
    if len(alike) == 1:
        return named[alike[0]]
    raise PlateError(
        f'{file}: plate {plate} has no analyte "{analyte}"; its analytes are '
        f"{', '.join(named)}. Write the name as in the file into the column analyte"
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _pg_ml_of(one: GivenConcentration, analyte: str, settings: ElisaSettings, file: str) -> float:
    unit = unit_in(one.unit)
    if unit is None:
        has = f'the unit "{one.unit}", not one of mass' if one.unit else "no unit"
        raise PlateError(
            f"{file}: {one.analyte} has {has}; state pg/mL, ng/mL or ug/mL as the unit of "
            "the analyte in the reader's software, and export the file again"
        )
    factor = pg_ml_per(unit, analyte, settings.pg_per_unit)
    if factor is None:
        raise PlateError(
            f"{file}: {one.analyte} is in {one.unit}; write into the config how many pg are 1 U: "
            f"elisa: {{pg_per_unit: {{{analyte}: ...}}}}"
        )
    return factor


def _joined(
    rows: pd.DataFrame, found: Sequence[GivenConcentration], factor: float, file: str
) -> pd.DataFrame:
    of_well = {one.well: one for one in found}
    known = [of_well.get(str(well)) for well in rows["well"]]
    written = rows["dilution"].fillna(1.0).astype(float).tolist()
    dilution = [_dilution(one, own, file) for one, own in zip(known, written, strict=True)]
    # What is left to be applied: nothing where the file did.
    rest = [
        1.0 if one is not None and _states_dilution(one) else own
        for one, own in zip(known, written, strict=True)
    ]
    bounds = _bounds(found)
    lloq, uloq = _limits(found, bounds)
    concentration = [np.nan if one is None else one.concentration for one in known]
    bound = [np.nan if one is None else bounds.get(one.well, np.nan) for one in known]
    times = factor * np.array(rest, dtype=float)
    return rows.assign(
        is_given=True,
        state=["missing" if one is None else one.state for one in known],
        dilution=dilution,
        given_pg_ml=np.array(concentration, dtype=float) * times,
        given_bound_pg_ml=np.array(bound, dtype=float) * times,
        given_lloq_pg_ml=lloq * factor,
        given_uloq_pg_ml=uloq * factor,
    )


def _states_dilution(one: GivenConcentration) -> bool:
    return bool(np.isfinite(one.dilution)) and one.dilution != 1


def _dilution(one: GivenConcentration | None, written: float, file: str) -> float:
    if one is None or not _states_dilution(one):
        return written
    if written not in (1.0, one.dilution):
        raise PlateError(
            f"{file}: well {one.well} has the dilution {one.dilution:g} in the file, which its "
            f"concentrations include, and {written:g} in elisa.csv; write {one.dilution:g} into "
            "elisa.csv, or correct the file's and export it again"
        )
    return one.dilution


def _bounds(found: Sequence[GivenConcentration]) -> dict[str, float]:
    """The bound of each well out of range, in the unit of the file, with the dilution applied.

    xPONENT multiplies limits like concentrations. If wells of different dilutions have the same
    limit, it was not multiplied.
    """
    bounds: dict[str, float] = {}
    for state in ("below_lloq", "above_uloq"):
        marked = [(one, _limit(one)) for one in found if one.state == state]
        dilutions = {one.dilution for one, _ in marked if np.isfinite(one.dilution)}
        limits = [limit for _, limit in marked]
        is_as_read = len(dilutions) > 1 and bool(np.allclose(limits, limits[0]))
        for one, limit in marked:
            bounds[one.well] = limit * one.dilution if is_as_read else limit
    return bounds


def _limit(one: GivenConcentration) -> float:
    return one.upper if one.state == "below_lloq" else one.lower


def _limits(found: Sequence[GivenConcentration], bounds: dict[str, float]) -> tuple[float, float]:
    """The limits in a well, of the marks the least strict; NaN where no well is marked."""
    in_well: dict[str, list[float]] = {"below_lloq": [], "above_uloq": []}
    for one in found:
        if one.well in bounds:
            dilution = one.dilution if np.isfinite(one.dilution) else 1.0
            in_well[one.state].append(bounds[one.well] / dilution)
    return (
        max(in_well["below_lloq"], default=float("nan")),
        min(in_well["above_uloq"], default=float("nan")),
    )
