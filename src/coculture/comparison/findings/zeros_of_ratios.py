"""Values of zero or less of an endpoint that is compared as ratios: they have no logarithm."""

from collections.abc import Iterable, Iterator

import pandas as pd

from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.statistics.group_means import without_logarithm
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many

CODE = "zero_has_no_ratio"


def zeros_of_ratios(results: Iterable[FindingResult], cultures: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each finding with such cultures in its arms.

    Parameters
    ----------
    cultures
        cultures.csv.
    """
    for result in results:
        if not result.endpoint.columns.value:
            # An EC50 is a result of curves and no column of the cultures.
            continue
        arms = {arm for test in result.tests for arm in test.claim.arms}
        is_zero = without_logarithm(cultures, result.endpoint) & cultures["arm"].isin(arms)
        if not is_zero.any():
            continue
        number = int(is_zero.sum())
        yield Flag(
            Concerns("comparison/findings.csv", "finding", finding=result.finding.id),
            CODE,
            "caution",
            f"Finding {result.finding.id} compares ratios of {result.subject}, and "
            f"{many(number, 'culture')} of {listed(sorted(set(cultures.loc[is_zero, 'arm'])))} "
            "have a value of 0 or less, which has no ratio: they count as at most the lowest value "
            "above 0 of the study, and where they argue against a claim it is not testable. If "
            "such values are usual, give the endpoint scale: points.",
            number,
            unit="cultures",
        )
