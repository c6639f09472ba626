"""What sets a gate: one module for each source."""

from coculture.flow.gating.sources.registry import (
    CODES,
    FOR_MARKERS,
    FOR_STAINS,
    ONLY_ON_REQUEST,
    SOURCES,
    Source,
    StainSource,
    marker_block,
    of_stain,
    stain_block,
)

__all__ = [
    "CODES",
    "FOR_MARKERS",
    "FOR_STAINS",
    "ONLY_ON_REQUEST",
    "SOURCES",
    "Source",
    "StainSource",
    "marker_block",
    "of_stain",
    "stain_block",
]
