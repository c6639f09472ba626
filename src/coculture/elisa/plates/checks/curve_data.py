"""What the checks of a standard curve and of its wells are given."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.models import Floats
from coculture.elisa.plates.medium_blanks import MediumBlank
from coculture.elisa.plates.scatter import Scatter
from coculture.elisa.plates.spike_recovery import SpikeRecovery
from coculture.elisa.settings import AcceptanceLimits, ElisaSettings


@dataclass(frozen=True)
class ControlData:
    """The controls of one analyte on one plate, whether or not a curve was fitted.

    Attributes
    ----------
    controls
        One row for each control well: nominal_pg_ml and recovery_percent (NaN: no value was read).
    """

    controls: pd.DataFrame
    limits: AcceptanceLimits

    @property
    def good_controls(self) -> "pd.Series[bool]":
        """For each control with a target whether it was read near it; the index is the target."""
        judged = self.controls[self.controls["nominal_pg_ml"] > 0]
        allowed = self.limits.control_recovery_percent
        good = (judged["recovery_percent"] - 100).abs() <= allowed
        return good.set_axis(pd.Index(judged["nominal_pg_ml"]))


@dataclass(frozen=True)
class CurveData:
    """The curve of one analyte on one plate, with its standards and controls.

    Attributes
    ----------
    levels
        From `standard_levels`, one row for each concentration.
    controls
        One row for each control well: nominal_pg_ml and recovery_percent (NaN: no value was read).
    direction
        rising or falling: how the response changes with the concentration in this assay.
    """

    curve: FittedCurve
    levels: pd.DataFrame
    controls: pd.DataFrame
    limits: AcceptanceLimits
    direction: str = "rising"

    @property
    def judged_levels(self) -> pd.DataFrame:
        """The standards above zero, which alone can be read back, without anchors."""
        return self.levels[self.levels["verdict"] != "not judged"]

    @property
    def of_controls(self) -> ControlData:
        """What the checks of the controls are given."""
        return ControlData(self.controls, self.limits)

    @property
    def level_errors(self) -> Floats:
        """Standard error of the mean response of each level."""
        variance = self.curve.well_variance(self.levels["mean_response"].to_numpy(float))
        errors: Floats = np.sqrt(variance / self.levels["wells"].to_numpy(float))
        return errors


@dataclass(frozen=True)
class WellData:
    """The wells of one analyte on one plate, read from its curve.

    Attributes
    ----------
    wells
        Rows of elisa/wells.csv.
    curve
        None where the reader's software gave the concentrations.
    standards
        The wells that were fitted, in the order of the curve's weights.
    """

    wells: pd.DataFrame
    curve: FittedCurve | None
    standards: pd.DataFrame
    settings: ElisaSettings
    scatter: Scatter
    spikes: tuple[SpikeRecovery, ...] = ()
    blanks: tuple[MediumBlank, ...] = ()

    def error_at(self, concentration: float) -> float:
        """Standard error of ln of a concentration in a well, from the well's own scatter.

        Without a curve it is not known, and the starting CV is assumed.
        """
        if self.curve is None:
            return self.settings.starting_cv_percent / 100
        return float(self.curve.well_error(concentration, self.scatter.wells)[0])
