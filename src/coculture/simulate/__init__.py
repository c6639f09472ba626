"""Studies with known truth: the embedded example, the tests' input, and planning.

Everything here is simulated from stated assumptions (:mod:`coculture.simulate.parameters`). The
raw files look like those of a laboratory: FCS files, plate exports, tables. The truth is in
truth.csv, which no part of the analysis reads.
"""

from coculture.simulate.designs.registry import DESIGNS
from coculture.simulate.on_demand import Request, ensure
from coculture.simulate.parameters import (
    EXAMPLE_ARMS,
    EXAMPLE_MISHAPS,
    Apoptosis,
    Arm,
    Cells,
    Cytometer,
    Design,
    Mishaps,
    Parameters,
    Particle,
    PlateReader,
    Secretion,
)
from coculture.simulate.writing import (
    EXAMPLE,
    EXAMPLE_SEED,
    NotSimulatedError,
    embedded_example,
    study,
)

__all__ = [
    "DESIGNS",
    "EXAMPLE",
    "EXAMPLE_ARMS",
    "EXAMPLE_MISHAPS",
    "EXAMPLE_SEED",
    "Apoptosis",
    "Arm",
    "Cells",
    "Cytometer",
    "Design",
    "Mishaps",
    "NotSimulatedError",
    "Parameters",
    "Particle",
    "PlateReader",
    "Request",
    "Secretion",
    "embedded_example",
    "ensure",
    "study",
]
