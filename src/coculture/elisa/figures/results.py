"""What the figures of the ELISA part are drawn from: tables and flags, as read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.elisa.settings import AcceptanceLimits
from coculture.exchange.flags import Flag


@dataclass(frozen=True)
class PlateResults:
    """One plate.

    Attributes
    ----------
    wells
        Its elisa/wells.csv.
    curve
        What its curve.json holds, one entry for each analyte.
    flags
        Its flags.csv.
    """

    wells: pd.DataFrame
    curve: Mapping[str, Any]
    flags: Sequence[Flag] = ()


@dataclass(frozen=True)
class StudyResults:
    """All plates of a study.

    Attributes
    ----------
    wells
        elisa/wells.csv of all plates.
    """

    wells: pd.DataFrame
    limits: AcceptanceLimits
