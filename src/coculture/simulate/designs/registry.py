"""The list of designs, by the name that the config and the command line use."""

from collections.abc import Mapping

from coculture.simulate.designs.dose_response import DoseResponse
from coculture.simulate.designs.example import Example
from coculture.simulate.designs.simulated_design import SimulatedDesign

DESIGNS: Mapping[str, SimulatedDesign] = {
    "example": Example(),
    "dose_response": DoseResponse(),
}
