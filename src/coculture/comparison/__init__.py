"""The comparison: the effect of each treatment, with n the number of experiments.

`design` joins both assays on the culture and defines arms, endpoints and families of contrasts;
`statistics` has group means, tests and the tables of all contrasts; `findings` has the findings
stated in advance, one module for each kind; `robustness` tests them again under every other
defensible analysis; `figures` draws the tables.
"""

from coculture.comparison.comparison import Comparison, compare, read_tables
from coculture.comparison.design.joining import join_cultures
from coculture.comparison.robustness.alternative_cultures import AlternativeTables
from coculture.comparison.settings import ComparisonError, ComparisonSettings, clashing_analytes
from coculture.comparison.statistics.contrasts import Contrast, per_experiment_contrast
from coculture.comparison.validation import check_arms
from coculture.exchange.problems import Problem as ArmProblem

__all__ = [
    "AlternativeTables",
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
