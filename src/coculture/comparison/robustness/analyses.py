"""Each finding under every alternative: the analyses that comparison/robustness.csv lists."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.findings import kind_of
from coculture.comparison.findings.evaluation import claims_of, evaluate_findings
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.robustness import experiments_left_out, other_scale
from coculture.comparison.robustness.alternative_cultures import (
    AlternativeTables,
    alternative_cultures,
)
from coculture.comparison.robustness.measurement_error import culture_variances, estimate_sd
from coculture.comparison.robustness.sign_flips import sign_flips
from coculture.comparison.settings import ComparisonError, ComparisonSettings, Finding
from coculture.comparison.statistics.group_means import group_means
from coculture.exchange.alternatives import Alternative
from coculture.exchange.vocabulary import NOT_SHOWN, SHOWN

AS_CONFIGURED = Alternative("as configured", "as_configured")
COMPARISON = "comparison"
"""The source of alternatives of the test itself."""
_NO_ESTIMATE = Estimate(float("nan"), float("nan"), float("nan"), float("nan"), "")
_SAME = 1e-12
"""Group means that differ by less are the same but for rounding."""


@dataclass(frozen=True)
class Analysis:
    """One finding under one alternative.

    Attributes
    ----------
    source
        The table of the study whose measurements are taken otherwise, `COMPARISON` for the test, or
        empty as configured.
    verdict
        Of the finding's own tests, without correction for other findings; empty if there is none.
    p, level
        Of the test that decides; NaN if none does.
    note
        What else is to be said of the alternative.
    se, measurement_sd
        As configured: the standard error of the contrast that decides, and what measurement alone
        contributes to it.
    """

    finding: Finding
    alternative: Alternative
    source: str
    verdict: str
    estimate: Estimate
    p: float
    level: float
    note: str = ""
    se: float = float("nan")
    measurement_sd: float = float("nan")

    @property
    def is_counted(self) -> bool:
        """Whether it counts for how fragile the finding is."""
        return self.alternative.is_counted and bool(self.verdict)


@dataclass(frozen=True, eq=False)
class Study:
    """What every analysis of a study has in common.

    Attributes
    ----------
    cultures
        cultures.csv.
    measured, unstained, without_values
        As `evaluate_findings` takes them.
    elisa_wells
        elisa/wells.csv of all plates; may be empty.
    """

    cultures: pd.DataFrame
    design: Design
    settings: ComparisonSettings
    measured: Collection[str]
    unstained: Mapping[str, Mapping[str, Sequence[str]]]
    without_values: Mapping[str, str]
    elisa_wells: pd.DataFrame

    def results(
        self, arms: pd.DataFrame, findings: Sequence[Finding], settings: ComparisonSettings
    ) -> list[FindingResult]:
        """Some findings, tested on group means."""
        return evaluate_findings(
            arms,
            self.design,
            replace(settings, findings=tuple(findings)),
            self.measured,
            self.unstained,
            self.without_values,
            in_full=False,
        )


def analyses(
    results: Sequence[FindingResult], study: Study, tables: AlternativeTables
) -> list[Analysis]:
    """Each finding as configured and under every alternative that changes what it is tested on.

    Parameters
    ----------
    results
        The findings as configured (`evaluate_findings`).
    tables
        What flow cytometry and ELISA would have measured otherwise.
    """
    found = {result.finding.id: [_as_configured(result, study)] for result in results}
    varied = [result for result in results if _can_be_varied(result, study)]
    for one in (*_measured_otherwise(varied, study, tables), *_tested_otherwise(varied, study)):
        found[one.finding.id].append(one)
    return [one for of_finding in found.values() for one in of_finding]


def _can_be_varied(result: FindingResult, study: Study) -> bool:
    return result.finding.endpoint in study.measured and (
        result.finding.endpoint not in study.without_values
    )


def _as_configured(result: FindingResult, study: Study) -> Analysis:
    deciding = result.deciding
    se = sd = float("nan")
    if deciding is not None:
        quantity = study.settings.compared(result.finding.endpoint)
        variances = culture_variances(study.cultures, quantity, study.elisa_wells)
        se = deciding.contrast.se
        sd = estimate_sd(deciding.contrast, deciding.claim.weights, study.cultures, variances)
    return replace(_of_result(result, AS_CONFIGURED, ""), se=se, measurement_sd=sd)


def _of_result(
    result: FindingResult, alternative: Alternative, source: str, note: str = ""
) -> Analysis:
    deciding = result.deciding
    return Analysis(
        result.finding,
        alternative,
        source,
        str(result.own_verdict),
        result.estimate,
        deciding.p if deciding else float("nan"),
        deciding.claim.level if deciding else float("nan"),
        note,
    )


def _without_verdict(
    finding: Finding, alternative: Alternative, source: str, note: str = ""
) -> Analysis:
    nothing = float("nan")
    return Analysis(finding, alternative, source, "", _NO_ESTIMATE, nothing, nothing, note)


# What is measured otherwise --------------------------------------------------------------------


def _measured_otherwise(
    results: Sequence[FindingResult], study: Study, tables: AlternativeTables
) -> Iterator[Analysis]:
    quantities = {one.finding.endpoint for one in results}
    own = {name: _means(study, study.cultures, name) for name in quantities}
    for other in alternative_cultures(study.cultures, tables, study.settings):
        for name in sorted(quantities):
            quantity = study.settings.compared(name)
            if quantity.source != other.source:
                continue
            of_quantity = [one.finding for one in results if one.finding.endpoint == name]
            if other.cultures is None:
                for finding in of_quantity:
                    yield _without_verdict(finding, other.alternative, other.source)
                continue
            if _are_same(study.cultures, other.cultures, quantity):
                continue
            arms = _means(study, other.cultures, name)
            changed = _changed_arms(own[name], arms)
            tested = [one for one in of_quantity if changed & _arms_of(one, study.design)]
            for result in study.results(arms, tested, study.settings) if tested else ():
                yield _of_result(result, other.alternative, other.source, other.note)


def _are_same(own: pd.DataFrame, other: pd.DataFrame, quantity: Quantity) -> bool:
    """Whether no culture has another reading, as percent apoptotic where the dye's threshold moves.

    Their rows are in one order.
    """
    columns = quantity.columns
    numbers = [name for name in columns.numbers if name in own]
    first, second = (
        table[numbers].to_numpy(dtype=float, na_value=np.nan) for table in (own, other)
    )
    same_state = (own[columns.state].astype(str) == other[columns.state].astype(str)).all()
    return bool(same_state) and np.array_equal(first, second, equal_nan=True)


def _means(study: Study, cultures: pd.DataFrame, name: str) -> pd.DataFrame:
    """The group means of a quantity on the scale of findings, in one order."""
    return group_means(cultures, study.settings.compared(name).primary, study.settings)


def _changed_arms(own: pd.DataFrame, other: pd.DataFrame) -> set[str]:
    """The arms of which any group mean, or its bounds, differ."""
    key = ["experiment", "arm"]
    # One well fewer with the same value is no other analysis.
    columns = [one for one in own.select_dtypes("number") if one not in ("wells", "censored")]
    one, two = (table.set_index(key)[columns].astype(float) for table in (own, other))
    two = two.reindex(one.index)
    first, second = one.to_numpy(), two.to_numpy()
    with np.errstate(invalid="ignore"):
        close = np.abs(first - second) <= _SAME * np.maximum(np.abs(first), np.abs(second))
    same = (first == second) | close | (np.isnan(first) & np.isnan(second))
    return set(one.index.get_level_values("arm")[~same.all(axis=1)])


def _arms_of(finding: Finding, design: Design) -> set[str]:
    """The arms that the tests of a finding read; none if it has no tests."""
    try:
        claims = claims_of(finding, design)
    except ComparisonError:
        return set()
    return {arm for claim in claims for arm in claim.arms}


# What is tested otherwise ----------------------------------------------------------------------


def _tested_otherwise(results: Iterable[FindingResult], study: Study) -> Iterator[Analysis]:
    for result in results:
        yield from _on_other_scale(result, study)
        flips = sign_flips(result.tests)
        verdict = "" if flips.holds is None else str(SHOWN if flips.holds else NOT_SHOWN)
        yield replace(
            _without_verdict(result.finding, flips.alternative, COMPARISON, flips.note),
            verdict=verdict,
            p=flips.p,
            level=flips.level,
        )
        for without in experiments_left_out.weakest(result.tests):
            of_finding = _without_verdict(result.finding, without.alternative, COMPARISON)
            if without.holds is not None:
                verdict = str(SHOWN if without.holds else NOT_SHOWN)
                of_finding = replace(of_finding, verdict=verdict, p=without.p, level=without.level)
            yield of_finding


def _on_other_scale(result: FindingResult, study: Study) -> Iterator[Analysis]:
    finding, quantity = result.finding, study.settings.compared(result.finding.endpoint)
    alternative = other_scale.alternative(quantity, finding)
    if alternative is None:
        return
    if kind_of(finding.kind).needs_margin:
        yield _without_verdict(finding, alternative, COMPARISON)
        return
    settings = other_scale.settings_with(study.settings, finding.endpoint)
    primary = settings.compared(finding.endpoint).primary
    arms = group_means(study.cultures, primary, settings)
    (other,) = study.results(arms, [finding], settings)
    yield _of_result(other, alternative, COMPARISON)
