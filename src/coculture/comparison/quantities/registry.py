"""The kinds of quantities, by their names in the config."""

from coculture.comparison.quantities.analyte import ANALYTE
from coculture.comparison.quantities.cell_number import CELL_NUMBER
from coculture.comparison.quantities.finished_number import FINISHED_NUMBER
from coculture.comparison.quantities.kind import QuantityKind
from coculture.comparison.quantities.median_signal import MEDIAN_SIGNAL
from coculture.comparison.quantities.percent_of_population import PERCENT_OF_POPULATION
from coculture.comparison.quantities.share_of_cells import SHARE_OF_CELLS
from coculture.comparison.quantities.specific import SPECIFIC

KINDS: tuple[QuantityKind, ...] = (
    PERCENT_OF_POPULATION,
    SPECIFIC,
    SHARE_OF_CELLS,
    MEDIAN_SIGNAL,
    CELL_NUMBER,
    ANALYTE,
    FINISHED_NUMBER,
)


def kind_named(name: str) -> QuantityKind:
    """The kind of this name; the config's schema allows no other."""
    return next(kind for kind in KINDS if kind.name == name)
