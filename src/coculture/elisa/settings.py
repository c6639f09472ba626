"""The settings of the ELISA part: the `elisa` section of the config."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Wanted = float | str | tuple[float, float]
"""A reading: its wavelength in nm, its name in the file, or a range of wavelengths."""


@dataclass(frozen=True)
class WantedReading:
    """The reading that the config wants, of every plate and of those that differ; None for none."""

    any: Wanted | None
    of_plate: Mapping[str, Wanted | None] = field(default_factory=dict)

    def of(self, plate: str) -> Wanted | None:
        """What is wanted of one plate."""
        return self.of_plate.get(plate, self.any)

    @classmethod
    def from_config(cls, value: Any) -> "WantedReading":
        """From a key of the section: one value, or `any` with `of_plate`."""
        if not isinstance(value, Mapping):
            return cls(_wanted(value))
        of_plate = {str(plate): _wanted(one) for plate, one in value["of_plate"].items()}
        return cls(_wanted(value["any"]), of_plate)


def _wanted(value: Any) -> Wanted | None:
    if isinstance(value, list | tuple):
        low, high = sorted(map(float, value))
        return low, high
    return value if value is None or isinstance(value, str) else float(value)


@dataclass(frozen=True)
class AcceptanceLimits:
    """Limits for the acceptance of a plate (ICH M10, 2022, sections 4.2 and 4.3)."""

    recovery_percent: float
    recovery_at_limits_percent: float
    cv_percent: float
    cv_at_limits_percent: float
    levels_passing_percent: float
    levels_passing: int
    control_recovery_percent: float
    spike_recovery_percent: float
    precision_profile_cv_percent: float
    r_squared: float


@dataclass(frozen=True)
class ElisaSettings:
    """The `elisa` section of the config; `study/schemas/elisa.schema.yaml` explains each key."""

    wavelength_nm: WantedReading
    reference_wavelength_nm: WantedReading
    pg_per_unit: Mapping[str, float]
    saturation_od: float | None
    model: str
    weighting: str
    zero_standard: str
    failing_standards: str
    curve_of: Mapping[str, str]
    plate_factors: str
    direction: str
    medium_blanks: str
    as_reader: str | None
    outlier_wells: str
    starting_sd_percent_of_range: float
    starting_cv_percent: float
    limits: AcceptanceLimits

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> "ElisaSettings":
        """The settings of a section whose defaults are filled in.

        Raises
        ------
        KeyError
            If a key is missing, because the schema with all defaults was not applied.
        """
        limits = AcceptanceLimits(
            **{f.name: section["limits"][f.name] for f in fields(AcceptanceLimits)}
        )
        values = {f.name: section[f.name] for f in fields(cls) if f.name != "limits"}
        for name in ("wavelength_nm", "reference_wavelength_nm"):
            values[name] = WantedReading.from_config(section[name])
        return cls(limits=limits, **values)
