"""The comparison: what each treatment did, with n the number of experiments.

Data passes the modules in this order: `joining` (both assays on the culture), `arms` (names),
`endpoints` and `censoring` (cell means), `contrasts` and `dunnett` (tests), `families` and
`exploratory` (contrasts.csv), `claims`, `findings` and `sentences` (findings.csv), `combination`,
`figures`.
"""

from coculture.comparison.checking import ArmProblem, check_arms
from coculture.comparison.contrasts import Contrast, per_experiment_contrast
from coculture.comparison.joining import join_cultures
from coculture.comparison.settings import ComparisonError, ComparisonSettings, clashing_analytes
from coculture.comparison.study_comparison import Comparison, compare, read_tables

__all__ = [
    "ArmProblem",
    "Comparison",
    "ComparisonError",
    "ComparisonSettings",
    "Contrast",
    "check_arms",
    "clashing_analytes",
    "compare",
    "join_cultures",
    "per_experiment_contrast",
    "read_tables",
]
