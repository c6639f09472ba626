"""The comparison: what each treatment did, with n the number of experiments.

Data passes the modules in this order: `joining` (both assays on the culture), `arms` (names),
`endpoints` and `censoring` (cell means), `contrasts` and `dunnett` (tests), `families` and
`exploratory` (contrasts.csv), `claims`, `findings` and `sentences` (findings.csv), `combination`,
`figures`.
"""

from coculture.comparison.comparison import Comparison, compare, read_tables
from coculture.comparison.design.joining import join_cultures
from coculture.comparison.settings import ComparisonError, ComparisonSettings, clashing_analytes
from coculture.comparison.statistics.contrasts import Contrast, per_experiment_contrast
from coculture.comparison.validation import check_arms
from coculture.exchange.problems import Problem as ArmProblem

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
