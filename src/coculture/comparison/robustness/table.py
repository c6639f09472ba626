"""comparison/robustness.csv: every analysis of every finding."""

from collections.abc import Iterator, Sequence

import pandas as pd

from coculture.comparison.robustness import sentences
from coculture.comparison.robustness.analyses import AS_CONFIGURED, Analysis
from coculture.comparison.settings import ComparisonSettings

COLUMNS = (
    *("id", "alternative", "choice", "source", "verdict", "estimate", "relation", "unit"),
    *("p", "level", "counted", "reason", "se", "measurement_sd", "sentence"),
)


def robustness_table(found: Sequence[Analysis], settings: ComparisonSettings) -> pd.DataFrame:
    """One row for each finding and analysis; the first of a finding is the one as configured.

    Its sentence says in how many analyses the finding has this verdict.
    """
    rows = []
    for one in found:
        configured = one.alternative == AS_CONFIGURED
        of_finding = [other for other in found if other.finding.id == one.finding.id]
        estimate = one.estimate
        rows.append(
            {
                "id": one.finding.id,
                "alternative": one.alternative.name,
                "choice": one.alternative.choice,
                "source": one.source,
                "verdict": one.verdict,
                "estimate": estimate.value,
                "relation": estimate.relation,
                "unit": estimate.unit,
                "p": one.p,
                "level": one.level,
                "counted": one.is_counted,
                "reason": _reason(one),
                "se": one.se,
                "measurement_sd": one.measurement_sd,
                "sentence": " ".join(_said(of_finding, settings)) if configured else "",
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _reason(one: Analysis) -> str:
    """Why it is not counted, and what else is to be said."""
    return "; ".join(filter(None, (one.alternative.not_counted, one.note)))


def _said(of_finding: Sequence[Analysis], settings: ComparisonSettings) -> Iterator[str]:
    configured = of_finding[0]
    quantity = settings.quantity(configured.finding.endpoint)
    yield sentences.verdicts(of_finding)
    for text in (
        sentences.without_experiment(of_finding),
        sentences.measurement(configured, quantity.primary.unit if quantity else ""),
    ):
        if text:
            yield text
