"""From the responses of a plate's wells to concentrations with limits and states."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.fitting import CurveError
from coculture.elisa.plates import notes
from coculture.elisa.plates.checks import (
    acceptance_results,
    control_results,
    curve_direction,
    curve_results,
    plate_failed,
    shared_curve,
    standards_left_out,
    subjects,
    well_flags,
)
from coculture.elisa.plates.checks.curve_data import ControlData, CurveData, WellData
from coculture.elisa.plates.failing_standards import KEEP, FittedStandards, fit_judged
from coculture.elisa.plates.flag_codes import WellFlags, codes
from coculture.elisa.plates.given_reading import read_as_given
from coculture.elisa.plates.given_readings import is_given
from coculture.elisa.plates.medium_blanks import (
    SUBTRACT,
    MediumBlank,
    medium_blanks,
    without_medium,
)
from coculture.elisa.plates.plate import PlateError, well_position
from coculture.elisa.plates.quantification_range import QuantificationRange, quantification_range
from coculture.elisa.plates.reading_choice import UsedReadings, used_readings
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.plates.scatter import Scatter, scatter_of
from coculture.elisa.plates.spike_recovery import (
    SpikeRecovery,
    spike_recoveries,
    with_recoveries,
)
from coculture.elisa.plates.standard_curve import StandardCurve, fit_standard_curve
from coculture.elisa.plates.well_reading import FROM_CURVE, read_from_curve, without_curve
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.flags import Flag

WELL_COLUMNS = (
    "plate",
    "well",
    "role",
    "analyte",
    "culture",
    "dilution",
    "nominal_pg_ml",
    "od",
    "od_reference",
    "response",
    *FROM_CURVE,
    "medium_pg_ml",
    "state",
    "flags",
    "excluded",
    "medium",
    "file",
    "plate_in_file",
    "read_on",
)
"""Columns of elisa/wells.csv, in their order."""

GIVEN = "concentrations of the reader's software; no curve was fitted"
"""The `source` in curve.json of an analyte that has no `fit`."""


@dataclass(frozen=True)
class QuantifiedPlate:
    """A plate with the concentration of each well.

    Attributes
    ----------
    wells
        elisa/wells.csv.
    curve
        One entry for each analyte, for curve.json.
    flags
        elisa/flags.csv: excluded wells, bounds of samples, and everything that is doubtful about
        curves and wells.
    """

    wells: pd.DataFrame
    curve: dict[str, Any]
    flags: tuple[Flag, ...] = ()


def pooled_scatter(readings: pd.DataFrame, settings: ElisaSettings) -> Scatter:
    """The scatter of wells, from the replicates and standards of all plates of a study.

    Replicates are wells of one plate and analyte with the same control or culture and dilution.
    """
    corrected = _corrected(readings, settings)
    return scatter_of(corrected[is_usable(corrected)], settings)


def quantify_plate(
    readings: pd.DataFrame,
    settings: ElisaSettings,
    scatter: Scatter,
    source: pd.DataFrame | None = None,
) -> QuantifiedPlate:
    """Fit the standards of each analyte, and read every well of the plate from the curve.

    Parameters
    ----------
    readings
        The rows of one plate from :func:`coculture.elisa.read_layout`. Wells of which the file
        gives concentrations need no standards.
    scatter
        From :func:`pooled_scatter`.
    source
        The rows of the plate whose standards are used (elisa.curve_of), from `read_layout`; without
        it the plate's own are used.

    Returns
    -------
    Wells in reading order, and one entry of `curve` for each analyte. A well outside the range has
    no concentration but a state, and its limits are bounds: LLOQ or ULOQ times the dilution. An
    analyte whose standards do not determine a curve fails, and its wells have no concentrations.

    Raises
    ------
    PlateError
        If zero_standard is subtract and the plate has no blank.
    """
    if "read_on" not in readings:
        readings = readings.assign(read_on="")
    if source is None:
        corrected, others = _corrected(readings, settings), readings.iloc[:0]
    else:
        of_both = _corrected(pd.concat([readings, source], ignore_index=True), settings)
        corrected, others = of_both.iloc[: len(readings)].copy(), of_both.iloc[len(readings) :]
    is_masked = (corrected["state"] == "masked") & (corrected["excluded"] == "")
    corrected.loc[is_masked, "excluded"] = notes.MASKED_REASON
    assigned = corrected[corrected["role"] != "unassigned"]
    parts = [_without_analyte(corrected[corrected["role"] == "unassigned"])]
    entries: dict[str, Any] = {}
    found: list[Flag] = []
    used = used_readings(corrected)
    for analyte, of_analyte in assigned.groupby("analyte", sort=True):
        if is_given(of_analyte).any():
            part, entry, raised = _as_given(of_analyte, str(analyte), settings, scatter)
        else:
            other = None if source is None else others[others["analyte"] == analyte]
            part, entry, raised = _quantify(of_analyte, str(analyte), settings, scatter, other)
        parts.append(part)
        entries[str(analyte)] = entry | {"readings": used and _plain(used.to_dict())}
        found += raised
    wells = pd.concat([part for part in parts if len(part)], ignore_index=True)
    order = sorted(range(len(wells)), key=lambda i: well_position(wells["well"].iloc[i]))
    wells = wells.iloc[order].reset_index(drop=True)[list(WELL_COLUMNS)]
    of_wells = WellFlags(found)
    wells["flags"] = [codes(of_wells.of(wells.iloc[[i]])) for i in range(len(wells))]
    flags = (
        *notes.exclusions(wells),
        *notes.masked(corrected[is_masked & (corrected["role"] != "unassigned")]),
        *notes.unread_standards(wells),
        *notes.well_bounds(wells),
        *_not_corrected(str(wells["plate"].iloc[0]), used, settings),
        *found,
    )
    return QuantifiedPlate(wells, entries, flags)


def fit_plate_standards(
    standards: pd.DataFrame, settings: ElisaSettings, scatter: Scatter
) -> StandardCurve:
    """The curve through wells with concentration_pg_ml and response, fitted as the settings say."""
    concentration = standards["concentration_pg_ml"].to_numpy(float)
    response = standards["response"].to_numpy(float)
    if settings.as_reader == "level_means":
        means = standards.groupby("concentration_pg_ml")["response"].mean()
        return fit_standard_curve(means.index.to_numpy(float), means.to_numpy(float))
    if settings.as_reader == "wells":
        return fit_standard_curve(concentration, response, variance_function=scatter.standards)
    return fit_standard_curve(
        concentration,
        response,
        settings.model,
        settings.weighting,
        variance_function=scatter.standards,
        bisquare=settings.outlier_wells == "bisquare",
    )


def _corrected(readings: pd.DataFrame, settings: ElisaSettings) -> pd.DataFrame:
    """Readings with blanks as zero standards, or with the mean of the blanks subtracted."""
    medium = readings["medium"].astype(object).fillna("") if "medium" in readings else ""
    wells = readings.assign(medium=medium, medium_pg_ml=np.nan)
    wells.loc[wells["role"] == "blank", "concentration_pg_ml"] = 0.0
    if settings.zero_standard == "fit" or settings.as_reader is not None:
        return wells
    zero = wells["role"].isin(STANDARD_ROLES) & (wells["concentration_pg_ml"] == 0)
    means = wells[zero & is_usable(wells)].groupby(["plate", "analyte"])["response"].mean()
    zeros = dict(means.items())
    assigned = (wells["role"] != "unassigned") & ~is_given(wells)
    for key, group in wells[assigned].groupby(["plate", "analyte"]):
        if key not in zeros:
            zeros[key] = zeros.get((settings.curve_of.get(str(key[0])), key[1]), np.nan)
        if np.isnan(zeros[key]):
            raise PlateError(
                f"plate {key[0]}: zero_standard is subtract, but {key[1]} has no blank or zero "
                "standard; set it to fit, or add the blank wells to elisa.csv"
            )
        wells.loc[list(group.index), "response"] -= zeros[key]
    return wells


def is_usable(wells: pd.DataFrame) -> "pd.Series[bool]":
    """Which wells have a reading that is used."""
    return (wells["state"] == "ok") & (wells["excluded"] == "") & wells["response"].notna()


@dataclass(frozen=True, eq=False)
class ReadWells:
    """The wells of one analyte on one plate, read from a curve that was fitted.

    Attributes
    ----------
    wells
        Rows of elisa/wells.csv, with `flags` still empty.
    fitted
        The curve, with the standards that it goes through.
    data
        What the checks of the curve get.
    """

    wells: pd.DataFrame
    fitted: FittedStandards
    span: QuantificationRange
    data: CurveData
    spikes: tuple[SpikeRecovery, ...]
    blanks: tuple[MediumBlank, ...]

    @property
    def reasons(self) -> list[str]:
        """Why the plate fails; empty if it passes."""
        checks = acceptance_results(self.data)
        return [check.summary() for check in checks if check.verdict == "fail"]


def read_with_curve(
    wells: pd.DataFrame,
    settings: ElisaSettings,
    scatter: Scatter,
    source: pd.DataFrame | None = None,
) -> ReadWells:
    """Fit the standards of one analyte on one plate, read its wells and judge the curve.

    Parameters
    ----------
    wells
        Of one plate and analyte, with responses as they are fitted.
    source
        Those of the plate whose standards are used, if they are not its own.

    Raises
    ------
    CurveError
        If the standards do not determine a curve.
    """
    fitted_wells = wells if source is None else source
    standards = fitted_wells[fitted_wells["role"].isin(STANDARD_ROLES) & is_usable(fitted_wells)]
    standards = standards[standards["concentration_pg_ml"].notna()]
    if settings.zero_standard == "subtract" and settings.as_reader is None:
        standards = standards[standards["concentration_pg_ml"] > 0]
    fitted = fit_judged(
        standards,
        lambda wells: fit_plate_standards(wells, settings, scatter),
        settings.limits,
        settings.failing_standards if settings.as_reader is None else KEEP,
    )
    curve = fitted.curve
    span = quantification_range(curve, fitted.fitted_levels, settings.limits, scatter.wells)
    read = read_from_curve(wells, curve, span, scatter)
    spikes, blanks = spike_recoveries(read), medium_blanks(read)
    read = with_recoveries(read, spikes)
    if settings.medium_blanks == SUBTRACT:
        read = without_medium(read, blanks)
    controls = read[(read["role"] == "control") & (read["excluded"] == "")]
    data = CurveData(curve, fitted.levels, controls, settings.limits, settings.direction)
    return ReadWells(read, fitted, span, data, spikes, blanks)


def _quantify(
    wells: pd.DataFrame,
    analyte: str,
    settings: ElisaSettings,
    scatter: Scatter,
    source: pd.DataFrame | None,
) -> tuple[pd.DataFrame, dict[str, Any], list[Flag]]:
    """The wells of one analyte, its entry of curve.json, and what is doubtful about them.

    `source` are the wells of the plate whose standards are used, if they are not its own.
    """
    plate = str(wells["plate"].iloc[0])
    try:
        known = read_with_curve(wells, settings, scatter, source)
    except CurveError as error:
        reasons = [f"no standard curve, because {error}"]
        failed: dict[str, Any] = {"plate": plate, "analyte": analyte, "verdict": "fail"}
        failed |= {"reasons": reasons, "limits": {}}
        return without_curve(wells), failed, [plate_failed.flag(plate, analyte, reasons)]
    fitted, span, checks = known.fitted, known.span, curve_results(known.data)
    reasons = [check.summary() for check in checks if check.verdict == "fail"]
    read, spikes, blanks = known.wells, known.spikes, known.blanks
    curve, levels, standards = fitted.curve, fitted.levels, fitted.standards
    concerns = subjects.curve(plate, analyte)
    well_data = WellData(read, curve, standards, settings, scatter, spikes, blanks)
    flags = [plate_failed.flag(plate, analyte, reasons)] if reasons else []
    flags += [check.flag(concerns) for check in checks if check.verdict == "warning"]
    if source is not None and len(source):
        other = read_from_curve(source, curve, span, scatter)
        error_at = well_data.error_at
        flags += shared_curve.flags(read, other, error_at)
    flags += standards_left_out.flags(plate, analyte, fitted, span)
    flags += well_flags(well_data)
    fit = curve.to_dict()
    fit["wells"] = standards["well"].tolist() if settings.as_reader != "level_means" else []
    entry = {
        "plate": plate,
        "analyte": analyte,
        "verdict": "fail" if reasons else "pass",
        "reasons": reasons,
        "standards_of": plate if source is None else str(source["plate"].iloc[0]),
        "zero_standard": settings.zero_standard if settings.as_reader is None else "fit",
        "as_reader": settings.as_reader,
        "fit": fit,
        "standards": levels.to_dict(orient="records"),
        "left_out": sorted(set(fitted.left_out["concentration_pg_ml"])),
        "limits": span.to_dict(),
        "acceptance": asdict(settings.limits),
        "checks": [check.to_dict() for check in checks],
        "well_scatter": {
            "cv_percent": 100 * scatter.wells.cv,
            "rule": scatter.wells.rule,
            "is_assumed": scatter.is_assumed,
        },
        "medium_blanks": [blank.to_dict() for blank in blanks],
        "medium_subtracted": settings.medium_blanks == SUBTRACT,
        "spikes": [spike.to_dict() for spike in spikes],
    }
    if any(check.code == curve_direction.CODE and check.verdict == "fail" for check in checks):
        # These concentrations are wrong; those of a plate that fails otherwise may serve.
        return without_curve(wells), _plain(entry), flags
    return read, _plain(entry), flags


def _as_given(
    wells: pd.DataFrame, analyte: str, settings: ElisaSettings, scatter: Scatter
) -> tuple[pd.DataFrame, dict[str, Any], list[Flag]]:
    """As `_quantify`, for wells whose concentrations the reader's software gives."""
    plate = str(wells["plate"].iloc[0])
    read = read_as_given(wells, settings.starting_cv_percent / 100)
    spikes, blanks = spike_recoveries(read), medium_blanks(read)
    read = with_recoveries(read, spikes)
    if settings.medium_blanks == SUBTRACT:
        read = without_medium(read, blanks)
    controls = read[(read["role"] == "control") & (read["excluded"] == "")]
    checks = control_results(ControlData(controls, settings.limits))
    reasons = [check.summary() for check in checks if check.verdict == "fail"]
    is_judged = any(check.verdict != "not judged" for check in checks)
    flags = [plate_failed.flag(plate, analyte, reasons)] if reasons else []
    flags.append(notes.given_concentrations(plate, analyte, settings.starting_cv_percent))
    flags += well_flags(WellData(read, None, read.iloc[:0], settings, scatter, spikes, blanks))
    entry = {
        "plate": plate,
        "analyte": analyte,
        "verdict": "fail" if reasons else "pass" if is_judged else "not judged",
        "reasons": reasons,
        "source": GIVEN,
        "assumed_cv_percent": settings.starting_cv_percent,
        "limits": {
            "lloq": float(wells["given_lloq_pg_ml"].iloc[0]),
            "uloq": float(wells["given_uloq_pg_ml"].iloc[0]),
            "lloq_rule": "as the file marks wells below the range; none if no well is marked",
            "uloq_rule": "as the file marks wells above the range; none if no well is marked",
        },
        "acceptance": asdict(settings.limits),
        "checks": [check.to_dict() for check in checks],
        "medium_blanks": [blank.to_dict() for blank in blanks],
        "medium_subtracted": settings.medium_blanks == SUBTRACT,
        "spikes": [spike.to_dict() for spike in spikes],
    }
    return read, _plain(entry), flags


def _not_corrected(
    plate: str, used: UsedReadings | None, settings: ElisaSettings
) -> Iterator[Flag]:
    """A note where the config wants a reference that the plate does not have."""
    wanted = settings.reference_wavelength_nm.of(plate)
    if used is not None and used.reference is None and wanted is not None:
        yield notes.no_reference(plate)


def _without_analyte(wells: pd.DataFrame) -> pd.DataFrame:
    return without_curve(wells).assign(state="excluded")


def _plain(value: Any) -> Any:
    """`value` in the types of JSON: no numpy types, None for NaN and infinity."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
