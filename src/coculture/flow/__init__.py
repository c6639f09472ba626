"""Flow cytometry: from FCS files to percent apoptotic, with every threshold on record."""

from typing import TYPE_CHECKING

# At once, because each has the name of its module.
from coculture.flow.acquisition_starts import acquisition_starts
from coculture.flow.shared_controls import shared_controls
from coculture.lazy_names import from_modules

if TYPE_CHECKING:
    from coculture.flow.agreement import notices
    from coculture.flow.compensation.single_stains import spillover_from_single_stains
    from coculture.flow.compensation.spillover import SpilloverError
    from coculture.flow.copied_events import copied_files
    from coculture.flow.drift import control_drift, drift_flags, staining_flags, vanished_flags
    from coculture.flow.fcs.sample import FlowSample, read_fcs
    from coculture.flow.fcs.text import FcsError
    from coculture.flow.file_validation import check_files, check_gates, check_spillover_file
    from coculture.flow.gate_validation import gate_faults
    from coculture.flow.gating.experiment import GatedExperiment, gate_experiment
    from coculture.flow.gating.gates import GateError
    from coculture.flow.gating.sources.threshold import ThresholdError
    from coculture.flow.known_compensation import compensation_notices
    from coculture.flow.miflowcyt import GatedForSheet, sheet
    from coculture.flow.settings import FlowSettings, FlowSettingsError

_MODULES = {
    "notices": "agreement",
    "spillover_from_single_stains": "compensation.single_stains",
    "SpilloverError": "compensation.spillover",
    "compensation_notices": "known_compensation",
    "copied_files": "copied_events",
    "control_drift": "drift",
    "drift_flags": "drift",
    "staining_flags": "drift",
    "vanished_flags": "drift",
    "FlowSample": "fcs.sample",
    "read_fcs": "fcs.sample",
    "FcsError": "fcs.text",
    "check_files": "file_validation",
    "check_gates": "file_validation",
    "check_spillover_file": "file_validation",
    "GatedExperiment": "gating.experiment",
    "gate_experiment": "gating.experiment",
    "GateError": "gating.gates",
    "ThresholdError": "gating.sources.threshold",
    "FlowSettings": "settings",
    "FlowSettingsError": "settings",
    "GatedForSheet": "miflowcyt",
    "sheet": "miflowcyt",
    "gate_faults": "gate_validation",
}

__getattr__ = from_modules(__name__, _MODULES)

__all__ = [
    "FcsError",
    "FlowSample",
    "FlowSettings",
    "FlowSettingsError",
    "GateError",
    "GatedExperiment",
    "GatedForSheet",
    "SpilloverError",
    "ThresholdError",
    "acquisition_starts",
    "check_files",
    "check_gates",
    "check_spillover_file",
    "compensation_notices",
    "control_drift",
    "copied_files",
    "drift_flags",
    "gate_experiment",
    "gate_faults",
    "notices",
    "read_fcs",
    "shared_controls",
    "sheet",
    "spillover_from_single_stains",
    "staining_flags",
    "vanished_flags",
]
