"""The comparison: the effect of each treatment, with n the number of experiments.

`design` joins both assays on the culture and defines arms, endpoints and families of contrasts;
`statistics` has group means, tests and the tables of all contrasts; `findings` has the findings
stated in advance, one module for each kind; `robustness` tests them again under every other
defensible analysis; `figures` draws the tables.
"""

from typing import TYPE_CHECKING

from coculture.exchange.problems import Problem as ArmProblem
from coculture.lazy_names import from_modules

if TYPE_CHECKING:
    from coculture.comparison.comparison import Comparison, compare, read_tables
    from coculture.comparison.design.joining import join_cultures
    from coculture.comparison.robustness.alternative_cultures import AlternativeTables
    from coculture.comparison.settings import ComparisonError, ComparisonSettings, clashing_analytes
    from coculture.comparison.statistics.contrasts import Contrast, per_experiment_contrast
    from coculture.comparison.validation import check_arms

_MODULES = {
    "Comparison": "comparison",
    "compare": "comparison",
    "read_tables": "comparison",
    "join_cultures": "design.joining",
    "AlternativeTables": "robustness.alternative_cultures",
    "ComparisonError": "settings",
    "ComparisonSettings": "settings",
    "clashing_analytes": "settings",
    "Contrast": "statistics.contrasts",
    "per_experiment_contrast": "statistics.contrasts",
    "check_arms": "validation",
}

__getattr__ = from_modules(__name__, _MODULES)

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
