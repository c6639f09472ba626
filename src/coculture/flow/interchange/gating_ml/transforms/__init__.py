"""The scales of Gating-ML 2.0: one file a scale, all of them in `registry`."""

from coculture.flow.interchange.gating_ml.transforms.registry import (
    OF_STANDARD,
    SCALES,
    ScaleError,
    as_mapping,
    scale_named,
)
from coculture.flow.interchange.gating_ml.transforms.scale import Scale

__all__ = ["OF_STANDARD", "SCALES", "Scale", "ScaleError", "as_mapping", "scale_named"]
