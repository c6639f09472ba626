"""What is measured of one marker: its separation, and the dying cells that its gate loses."""

import math
from dataclasses import dataclass
from typing import Literal

Evidence = Literal["excess", "overlap", "either"]
"""Why cells count as lost (`marker_losses`)."""


@dataclass(frozen=True)
class ArmLoss:
    """The Annexin-V-positive cells of one arm that are outside the gate of a marker.

    Attributes
    ----------
    arm
        What its wells were given; the file where that is not known.
    evidence
        Of lost cells beyond the limits; None if there is none.
    lost
        Estimated share of the apoptotic cells that are outside.
    outside_percent, expected_percent
        Percent of the cells outside that are Annexin-V-positive, in this arm and as other cells
        have it; NaN without cells outside.
    expected_of_control
        Whether that is the percent of the stained control without the marker; else that of the arm
        with the smallest one.
    percent, percent_with
        Percent apoptotic as it is counted, and with the lost cells.
    looks_like_other_cells
        Whether Annexin-V-negative cells outside are fewer, as where the drug kills other cells.
    """

    arm: str
    evidence: Evidence | None
    lost: float
    outside_percent: float
    expected_percent: float
    expected_of_control: bool
    percent: float
    percent_with: float
    looks_like_other_cells: bool = False

    @property
    def points(self) -> float:
        """By how much percent apoptotic is too low, in percentage points."""
        return self.percent_with - self.percent


@dataclass(frozen=True)
class ArmBackground:
    """An arm in which cells without a marker enter its gate.

    Attributes
    ----------
    arm
        What its wells were given.
    position, reference
        The peak of these cells, and that of the untreated wells or the control: decades from the
        gate.
    inside_share
        Share of the cells inside the gate.
    is_control
        Whether the reference is a control.
    """

    arm: str
    position: float
    reference: float
    inside_share: float
    is_control: bool


@dataclass(frozen=True)
class MarkerState:
    """One marker of a population in the samples of one cell line.

    Attributes
    ----------
    population, marker, channel
        The marker as the page calls it, and its channel ($PnN).
    cells
        The cell line; may be empty.
    is_positive
        Whether the population has the marker.
    separation
        From the gate to the peak of the live cells, in SDs of the half of the peak that is away
        from the gate; NaN with too few live cells.
    control_inside
        Share of the cells of the marker's control that are inside the gate; NaN without one.
    unstained_inside
        The same of the unstained control of this cell line; NaN without one.
    losses
        Each arm.
    backgrounds
        The arms in which cells without the marker enter its gate.
    """

    population: str
    marker: str
    channel: str
    cells: str
    is_positive: bool
    separation: float
    control_inside: float
    losses: tuple[ArmLoss, ...]
    backgrounds: tuple[ArmBackground, ...] = ()
    unstained_inside: float = math.nan

    @property
    def is_reversed(self) -> bool:
        """Whether the other cells are inside the gate and the cell line itself is outside.

        Unstained cells above a gate that keeps what is below make the marker themselves.
        """
        if not self.unstained_inside < 0.5:
            return False
        makes_it = not self.is_positive and self.cells != "" and math.isnan(self.control_inside)
        return makes_it or self.control_inside > 0.5
