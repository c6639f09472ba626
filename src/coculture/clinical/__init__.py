"""The clinical table: each patient's values on study and at six months.

An analyte by which the patients were chosen is described but not tested.
"""

from coculture.clinical.changes import percent_change
from coculture.clinical.rank_tests import signed_rank_p, spearman
from coculture.clinical.summary import ClinicalSummary, summarise
from coculture.clinical.validation import ClinicalError, check

__all__ = [
    "ClinicalError",
    "ClinicalSummary",
    "check",
    "percent_change",
    "signed_rank_p",
    "spearman",
    "summarise",
]
