"""The settings of the ELISA part: the `elisa` section of the config."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


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
    precision_profile_cv_percent: float
    r_squared: float


@dataclass(frozen=True)
class ElisaSettings:
    """The `elisa` section of the config; `study/schemas/elisa.schema.yaml` explains each key."""

    wavelength_nm: float | str
    reference_wavelength_nm: float | str | None
    saturation_od: float | None
    model: str
    weighting: str
    zero_standard: str
    direction: str
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
        return cls(limits=limits, **values)
