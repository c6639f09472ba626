"""A quantity that is compared: what the config declares as one endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from coculture.comparison.quantities.endpoint import Columns, Endpoint
from coculture.exchange.flowjo_words import in_words
from coculture.exchange.names import column_prefix

Source = Literal["flow.csv", "elisa.csv", "values.csv"]
"""The table of the study that names what it was measured on."""


@dataclass(frozen=True)
class Margin:
    """The smallest change that matters: in the unit of the quantity, or as a ratio above 1."""

    points: float | None = None
    ratio: float | None = None


@dataclass(frozen=True)
class Quantity:
    """One quantity of each culture, with the scales on which it is analysed.

    Attributes
    ----------
    name
        As findings name it: apoptosis, IL-6, viability.
    kind
        Name of its kind (`registry.KINDS`).
    source
        The table of the study that it comes from.
    title, unit
        What figures call its values, and their unit.
    scales
        The first is the one on which findings are tested.
    margin
        Of findings that need one and have none of their own.
    options
        Further keys of its kind.
    """

    name: str
    kind: str
    source: Source
    title: str
    unit: str
    columns: Columns
    scales: tuple[Endpoint, ...]
    margin: Margin = Margin()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Its name in columns and files."""
        return column_prefix(self.name)

    @property
    def in_sentences(self) -> str:
        """What sentences call it: its name, with a noun where the name only says which cells."""
        if self.options.get("outcome") == self.name:
            return f"{self.name} cells"
        return in_words(self.name) if self.source == "values.csv" else self.name

    @property
    def primary(self) -> Endpoint:
        """The scale on which findings are tested."""
        return self.scales[0]

    @property
    def stains_seen(self) -> Mapping[str, str]:
        """Columns that say whether a stain was seen, each with its name; empty if none matters."""
        seen: Mapping[str, str] = self.options.get("stains_seen", {})
        return seen

    @property
    def reads_low_unstained(self) -> bool:
        """Whether it reads too low, and not too high, where a stain is missing."""
        return bool(self.options.get("reads_low_unstained", False))

    @property
    def is_percent(self) -> bool:
        """Whether it is a percent of cells, so that its differences are percentage points."""
        return self.unit == "%"
