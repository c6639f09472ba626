"""The gates of Gating-ML 2.0: one file a kind, all of them in `registry`."""

from coculture.flow.interchange.gating_ml.gates.gate import Gate, GateKind
from coculture.flow.interchange.gating_ml.gates.registry import KINDS, read_gates

__all__ = ["KINDS", "Gate", "GateKind", "read_gates"]
