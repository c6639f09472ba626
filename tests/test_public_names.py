"""What people import in scripts and notebooks keeps its name."""

import importlib

import pytest

PUBLIC = {
    "coculture.study": ["Problem", "Study", "StudyError", "load", "pin"],
    "coculture.flow": [
        *("FcsError", "FlowSample", "FlowSettings", "FlowSettingsError", "GateError"),
        *("GatedExperiment", "SpilloverError", "ThresholdError", "check_files", "check_gates"),
        *("control_drift", "gate_experiment", "read_fcs", "spillover_from_single_stains"),
    ],
    "coculture.elisa": [
        *("AcceptanceLimits", "CurveError", "ElisaSettings", "Plate", "PlateError"),
        *("QuantifiedPlate", "Scatter", "StandardCurve", "VarianceFunction", "check_files"),
        *("combine_cultures", "fit_standard_curve", "fit_standard_curves"),
        *("pooled_scatter", "precision_of", "quantify_plate", "read_label_grid", "read_layout"),
        "read_plates",
    ],
    "coculture.comparison": [
        *("ArmProblem", "Comparison", "ComparisonError", "ComparisonSettings", "Contrast"),
        *("check_arms", "clashing_analytes", "compare", "join_cultures"),
        *("per_experiment_contrast", "read_tables"),
    ],
}


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in PUBLIC.items() for name in names]
)
def test_a_name_can_be_imported(module: str, name: str) -> None:
    imported = importlib.import_module(module)
    assert name in imported.__all__
    assert getattr(imported, name).__module__.startswith("coculture.")


def test_the_problems_of_every_stage_are_one_record() -> None:
    study, comparison = (
        importlib.import_module(f"coculture.{one}") for one in ("study", "comparison")
    )
    assert comparison.ArmProblem is study.Problem
