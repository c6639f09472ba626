"""Finding "ec50_lower": less of a drug has its half effect in one series than in others.

The curve of each experiment gives its ln EC50 in both series; their difference is tested over
experiments, as any other contrast. An experiment that does not reach its EC50 enters as a bound, as
a mean outside the quantifiable range does: at its limit where it favours the claim.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.doses.dose_curve import DOSES_OF_A_CURVE
from coculture.comparison.doses.experiment_curves import ec50_means, experiment_curves
from coculture.comparison.doses.series import DoseSeries, dose_factors, series_of
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Claim, Side, difference
from coculture.comparison.findings.comparison_kind import DifferenceKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair
from coculture.comparison.quantities.endpoint import Columns
from coculture.comparison.settings import COMPARISON, ComparisonError, Factor, Finding
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import listed

_DOSE = "dose"


@dataclass(frozen=True)
class _Ec50Lower(DifferenceKind):
    """A finding about the curves of two series, each named by its untreated arm."""

    name: str = "ec50_lower"
    description: str = (
        "the EC50 of a drug (dose) is lower where arm is than where compared_with is: other cells, "
        "stroma, or with a second drug; both are named without the drug itself"
    )
    side: Side = "less"

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`arm` and `compared_with`, and the drug."""
        dose = {
            "description": (
                "Of an ec50_lower - the column of the drug whose EC50 is meant; it may be left out "
                "if the study has one drug with doses."
            ),
            "type": "string",
            "minLength": 1,
        }
        return {**super().keys, _DOSE: dose}

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """One test against each series that it is compared with.

        Raises
        ------
        ComparisonError
            If an arm is in no series of doses.
        """
        claims = []
        for pair in pairs:
            own, other = (_series(finding, arm, design) for arm in (pair.arm, pair.compared_with))
            names = [_column(series, design) for series in (own, other)]
            claims.append(
                Claim(
                    part=COMPARISON,
                    text=f"{names[0]} against {names[1]}: lower",
                    arm=design.label(own.control),
                    compared_with=design.label(other.control),
                    weights=difference(*names),
                    side="less",
                    margin=0.0,
                    level=self.level(finding),
                    reads=(*own.labels(design), *other.labels(design)),
                )
            )
        return claims

    def problems(
        self, finding: Finding, pairs: Sequence[Pair], design: Design
    ) -> Iterator[tuple[str, str]]:
        """Arms without a series, and series with fewer doses than a curve needs."""
        for pair in pairs:
            for key, arm in (("arm", pair.arm), ("compared_with", pair.compared_with)):
                try:
                    series = _series(finding, arm, design)
                except ComparisonError as error:
                    yield key, f"{error}."
                    continue
                if len(series.doses) < DOSES_OF_A_CURVE:
                    yield (
                        key,
                        f"has {len(series.doses)} doses of {series.factor.name}, and an EC50 needs "
                        f"{DOSES_OF_A_CURVE}; use dose_trend, or add doses.",
                    )

    def tested_on(
        self, finding: Finding, means: GroupMeans, endpoint: Endpoint, design: Design
    ) -> tuple[GroupMeans, Endpoint]:
        """ln EC50 of every series of the drug in each experiment."""
        factor = _factor(finding, design)
        curves = {}
        for arm in design.arms:
            series = series_of(design, factor, arm)
            if series is None or _column(series, design) in curves:
                continue
            found = experiment_curves(series, means, endpoint, design)
            if found is not None:
                curves[_column(series, design)] = found
        return ec50_means(curves, means), _scale_of_ec50(factor, endpoint)

    def claimed(self, finding: Finding) -> str:  # noqa: ARG002
        """lower."""
        return "lower"

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return "that an EC50 is lower, one-sided on its logarithm, from a curve of each experiment"

    def scale(self, endpoint: Endpoint) -> EstimateScale:  # noqa: ARG002
        """A ratio of EC50s."""
        label = "EC50 as a ratio to the one it is compared with"
        return EstimateScale("ratio of EC50", label, "", 1.0, is_log=True)

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """How much lower it is, with the interval."""
        test = sentences.deciding_test(result)
        arm, other = sentences.arms_of(test, design)
        factor = _factor(result.finding, design)
        percent = number_formats.significant(100 * result.estimate.value)
        size = f"{sentences.bound(test.relation)}{percent} %"
        text = (
            f"The EC50 of {factor.name} ({result.finding.subject}) in {_place(arm, design)} was "
            f"{size} of that in {_place(other, design)} ({sentences.interval(result)})."
        )
        return text if result.is_shown else f"{sentences.not_shown(result.finding)} {text}"


def _place(arm: Arm, design: Design) -> str:
    """The cells with their setting, and the second drug."""
    text = design.cells_and_setting(arm)
    return f"{text} with {design.additions(arm)}" if design.given(arm) else text


def _factor(finding: Finding, design: Design) -> Factor:
    """The drug that a finding names, or the only one that has doses.

    Raises
    ------
    ComparisonError
        If there is no such drug, or several and none is named.
    """
    doses = dose_factors(design)
    named = finding.options.get(_DOSE)
    found = [one for one in doses if named is None or named in (one.column, one.name)]
    if len(found) == 1:
        return found[0]
    there = listed(one.column for one in doses) or "none"
    if named is not None:
        raise ComparisonError(f'"{named}" is no drug with doses; those with doses: {there}')
    raise ComparisonError(f"needs the key dose, the column of a drug with doses: {there}")


def _series(finding: Finding, arm: Arm, design: Design) -> DoseSeries:
    factor = _factor(finding, design)
    series = series_of(design, factor, arm)
    if series is None:
        raise ComparisonError(f"{design.display_label(arm)} has no doses of {factor.name}")
    return series


def _column(series: DoseSeries, design: Design) -> str:
    """The name of an EC50 among the columns that are tested."""
    return f"EC50 of {series.factor.name} in {series.name(design, displayed=True)}"


def _scale_of_ec50(factor: Factor, endpoint: Endpoint) -> Endpoint:
    """ln EC50 as an endpoint of its own."""
    columns = Columns("", "", "")
    title = f"EC50 of {factor.name}"
    return Endpoint(
        name=f"ln_ec50 of {endpoint.name}",
        subject=title,
        unit="ratio",
        title_shown=title,
        unit_shown=factor.unit,
        scale="log",
        columns=columns,
    )


EC50_LOWER = _Ec50Lower()
