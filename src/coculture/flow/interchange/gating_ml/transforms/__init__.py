"""The scales of Gating-ML 2.0: one file a scale, all of them in `registry`."""

from coculture.flow.interchange.gating_ml.transforms.registry import (
    SCALES,
    ScaleError,
    as_mapping,
    scale_named,
)
from coculture.flow.interchange.gating_ml.transforms.scale import Scale

__all__ = ["SCALES", "Scale", "ScaleError", "as_mapping", "scale_named"]
