"""One quantity on one scale, as the statistics analyse it and the figures draw it."""

from dataclasses import dataclass
from typing import Literal

Scale = Literal["points", "specific", "logit", "log", "log_rest"]
"""points: as it is. specific: 100 (treated - untreated) / (100 - untreated) inside experiments.
logit: ln((a + .5) / (n - a + .5)) of a of n cells. log: natural logarithm. log_rest: ln of the part
of the cells that is not counted, (n - a + .5) / (n + 1)."""
LOGARITHMIC: tuple[Scale, ...] = ("logit", "log", "log_rest")
"""Scales on which the exponential of a difference is a ratio."""


@dataclass(frozen=True)
class Columns:
    """The columns of cultures.csv that hold a quantity.

    `bound` is that of values outside a range, `count` and `total` the numbers of cells behind a
    percent; each is empty if the quantity has none. With `is_diluted` the bounds are those of an
    assay, LLOQ or ULOQ, times the dilution.
    """

    value: str
    state: str
    reason: str
    bound: str = ""
    count: str = ""
    total: str = ""
    is_diluted: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Those that hold numbers."""
        return tuple(filter(None, (self.value, self.bound, self.count, self.total)))


@dataclass(frozen=True)
class Endpoint:
    """One quantity on one scale.

    Attributes
    ----------
    name
        Its name in result tables.
    subject
        The name of the quantity in the config: apoptosis, IL-6.
    unit
        Unit of a difference on this scale.
    title_shown, unit_shown
        Axis title and unit of its values in figures.
    bounds
        The lowest and highest value that a mean can have; None without. Differences have none.
    per_viable_cell
        Whether it is a concentration divided by the number of viable cells in the culture.
    """

    name: str
    subject: str
    unit: str
    title_shown: str
    unit_shown: str
    scale: Scale
    columns: Columns
    bounds: tuple[float, float] | None = None
    per_viable_cell: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether the exponential of a contrast is a ratio (of odds, viability, concentration)."""
        return self.scale in LOGARITHMIC

    @property
    def is_odds(self) -> bool:
        """Whether that ratio is one of odds, which is farther from 1 than one of percents."""
        return self.scale == "logit"
