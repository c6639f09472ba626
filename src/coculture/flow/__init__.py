"""Flow cytometry: from FCS files to percent apoptotic, every threshold explained."""

from coculture.flow.checks import check_files, check_gates
from coculture.flow.compensation import SpilloverError
from coculture.flow.drift import control_drift
from coculture.flow.fcs import FlowSample, read_fcs
from coculture.flow.fcs_text import FcsError
from coculture.flow.gates import GateError
from coculture.flow.gating import GatedExperiment, gate_experiment
from coculture.flow.settings import FlowSettings, FlowSettingsError
from coculture.flow.single_stains import spillover_from_single_stains
from coculture.flow.thresholds import ThresholdError

__all__ = [
    "FcsError",
    "FlowSample",
    "FlowSettings",
    "FlowSettingsError",
    "GateError",
    "GatedExperiment",
    "SpilloverError",
    "ThresholdError",
    "check_files",
    "check_gates",
    "control_drift",
    "gate_experiment",
    "read_fcs",
    "spillover_from_single_stains",
]
