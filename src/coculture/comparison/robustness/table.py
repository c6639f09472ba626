"""comparison/robustness.csv: every analysis of every finding."""

from collections.abc import Sequence

import pandas as pd

from coculture.comparison.robustness import sentences
from coculture.comparison.robustness.analyses import AS_CONFIGURED, Analysis
from coculture.comparison.settings import ComparisonSettings
from coculture.exchange.alternatives import AUTOMATIC_GATES

COLUMNS = (
    *("id", "alternative", "choice", "source", "verdict", "estimate", "relation", "unit"),
    *("p", "level", "counted", "reason", "se", "measurement_sd", "sentence"),
    *("with_automatic_gates", "without_one_experiment", "measurement"),
)


def robustness_table(found: Sequence[Analysis], settings: ComparisonSettings) -> pd.DataFrame:
    """One row for each finding and analysis; the first of a finding is the one as configured.

    Its sentences say in how many analyses the finding has this verdict, what it would be with the
    automatic gates, how weak the evidence is without one experiment, and what measurement
    contributes to the standard error.
    """
    rows = [_row(one) for one in found]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    said = list(COLUMNS[-4:])
    any_moved = any(one.alternative.choice == AUTOMATIC_GATES for one in found)
    table[said] = ""
    for place, one in enumerate(found):
        if one.alternative == AS_CONFIGURED:
            of_finding = [other for other in found if other.finding.id == one.finding.id]
            table.loc[place, said] = _said(of_finding, settings, any_moved=any_moved)
    return table


def _row(one: Analysis) -> dict[str, object]:
    estimate = one.estimate
    return {
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
    }


def _reason(one: Analysis) -> str:
    """Why it is not counted, and what else is to be said."""
    return "; ".join(filter(None, (one.alternative.not_counted, one.note)))


def _said(
    of_finding: Sequence[Analysis], settings: ComparisonSettings, *, any_moved: bool
) -> list[str]:
    """The four sentences of a finding."""
    quantity = settings.quantity(of_finding[0].finding.endpoint)
    return [
        sentences.verdicts(of_finding),
        sentences.automatic_gates(of_finding, any_moved=any_moved),
        sentences.without_experiment(of_finding),
        sentences.measurement(of_finding[0], quantity.primary.unit if quantity else ""),
    ]
