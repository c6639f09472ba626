"""The flags of the comparison: what limits the findings, and which readings are missing."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.donors_inside_experiments import as_named
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.interference import interfered
from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.findings.protocol import doubts
from coculture.comparison.findings.sentences import WHY_NOT_POOLED, in_points, unit_of_points
from coculture.comparison.layout.registry import layouts_of
from coculture.comparison.number_formats import significant
from coculture.comparison.quantities.kind import EXCLUDED, MISSING
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS
from coculture.comparison.statistics.skewness import Skewness, skewness_of
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many, number

FINDINGS = "comparison/findings.csv"
CULTURES = "cultures.csv"

FEW_EXPERIMENTS = "few_experiments"
POOLED_ERROR_DISAGREES = "pooled_error_disagrees"
UNDECIDED = "undecided_by_range"
BOUND = "estimate_is_bound"
LEFT_OUT = "left_out"
READING_EXCLUDED = "reading_excluded"
BETWEEN_EXPERIMENTS = "between_experiments"
INTERFERENCE = "interference"
COMPARATOR_OUTSIDE = "comparator_outside_range"
SKEWED = "skewed_differences"
_ARMS_OF_A_DIFFERENCE = 2


def comparison_flags(
    results: Iterable[FindingResult],
    design: Design,
    settings: ComparisonSettings,
    cultures: pd.DataFrame,
    readings: pd.DataFrame,
    plate_factors: pd.DataFrame,
) -> Iterator[Flag]:
    """All flags of the comparison: study, layouts, findings, cultures.

    Parameters
    ----------
    cultures
        cultures.csv (`join_cultures`).
    readings
        Where each reading was made, of both assays (`layout.readings`).
    plate_factors
        elisa/plate_factors.csv; may be empty.
    """
    yield from _few_experiments(cultures)
    for doubt in doubts(settings, design):
        yield Flag(
            Concerns(FINDINGS, "finding", finding=doubt.finding),
            doubt.code,
            "caution",
            f"{doubt.sentence} {doubt.action}",
        )
    for layout in layouts_of(readings, plate_factors, design, settings):
        yield layout.flag
    for result in results:
        yield from _of_finding(result, design)
    yield from _interferences(design, cultures, settings)
    yield from _excluded_readings(cultures, settings)


def _few_experiments(cultures: pd.DataFrame) -> Iterator[Flag]:
    count = int(as_named(cultures).nunique())
    if count < MIN_EXPERIMENTS:
        yield Flag(
            Concerns(FINDINGS, "study"),
            FEW_EXPERIMENTS,
            "caution",
            f"The study has only {many(count, 'experiment')}. Wells of one experiment are not "
            f"independent, so no claim is tested with fewer than {MIN_EXPERIMENTS} experiments.",
            count,
            MIN_EXPERIMENTS,
            "experiments",
        )


def _of_finding(result: FindingResult, design: Design) -> Iterator[Flag]:
    name = result.finding.id
    concerns = Concerns(FINDINGS, "finding", finding=name)
    if result.pooled_disagrees:
        yield Flag(
            concerns,
            POOLED_ERROR_DISAGREES,
            "caution",
            f'Finding {name} is "{result.own_verdict}", but "{result.pooled}" by the pooled-error '
            f"analysis. {WHY_NOT_POOLED}",
        )
    yield from _outside(result, design)
    yield from _skewed(result, design)
    if any(test.undecided and result.decides(test) for test in result.tests):
        yield Flag(
            concerns,
            UNDECIDED,
            "note",
            f"Finding {name} may be true: it is not shown because {_beyond(result)} count at the "
            "limit that argues against it.",
        )
    if result.estimate.relation:
        yield Flag(
            concerns,
            BOUND,
            "note",
            f"The estimate of finding {name} is only a bound: {_beyond(result)} count at their "
            "limit.",
            result.estimate.value,
            unit=result.estimate.unit,
        )
    if result.compared:
        yield Flag(
            concerns,
            BETWEEN_EXPERIMENTS,
            "note",
            f"Finding {name} is compared {result.compared}, because its arms share none: whatever "
            "else differs between their experiments, such as days or reagents, is part of the "
            "difference.",
        )
    for experiment, arm in _lacking(result):
        yield Flag(
            Concerns(FINDINGS, "finding", experiment=experiment, finding=name, arm=arm),
            LEFT_OUT,
            "note",
            design.with_display_labels(
                f"{experiment} is not in every test of finding {name}: it lacks {arm}."
            ),
        )


def _beyond(result: FindingResult) -> str:
    """What is known only as a bound."""
    if any(test.claim.reads for test in result.tests):
        return "experiments whose doses do not reach the EC50"
    return "cultures outside the quantifiable range"


def _outside(result: FindingResult, design: Design) -> Iterator[Flag]:
    """A caution for each arm whose wells outside the range argue against the finding."""
    name, endpoint = result.finding.id, result.endpoint
    # The reason of a finding about EC50s says which of them the doses do not reach.
    of_arms = (test for test in result.tests if not test.claim.reads)
    found = dict.fromkeys(one for test in of_arms for one in test.against)
    for arm, is_below in dict.fromkeys((one.arm, one.is_below) for one in found):
        groups = [one for one in found if (one.arm, one.is_below) == (arm, is_below)]
        # Two tests of one arm have the same group means.
        shifts = {one.experiment: one.shift for one in groups if not np.isnan(one.shift)}
        whole = sorted({one.experiment for one in groups} - set(shifts))
        text = (
            f"Finding {name} has wells of {arm} {'below' if is_below else 'above'} the range of "
            f"the assay, where they argue against it."
        )
        if shifts:
            text += (
                f" In {listed(sorted(shifts))} its mean is estimated from the wells inside the "
                f"range: {_shift(endpoint, max(shifts.values(), key=abs))} than with the others at "
                "their limit."
            )
        if whole:
            text += f" In {listed(whole)} no well is inside the range, so there is no test."
        remedy = (
            "at a lower dilution or with a more sensitive assay"
            if is_below
            else "at a higher dilution"
        )
        largest = max(shifts.values(), key=abs, default=np.nan)
        yield Flag(
            Concerns(FINDINGS, "finding", finding=name, arm=arm),
            COMPARATOR_OUTSIDE,
            "caution",
            design.with_display_labels(f"{text} Measure these cultures again {remedy}."),
            100 * (float(np.exp(largest)) - 1) if endpoint.is_ratio else largest,
            unit="%" if endpoint.is_ratio else endpoint.unit,
        )


def _shift(endpoint: Endpoint, shift: float) -> str:
    """How much lower or higher: "8.2 % lower", "1.2 points lower"."""
    direction = "lower" if shift < 0 else "higher"
    if endpoint.is_ratio:
        return f"{significant(abs(100 * (float(np.exp(shift)) - 1)))} % {direction}"
    return f"{in_points(endpoint, abs(shift))} {unit_of_points(endpoint)} {direction}"


def _skewed(result: FindingResult, design: Design) -> Iterator[Flag]:
    """A note or caution for each experiment that makes the differences of a test skewed.

    Of several tests of the finding that of the largest skewness. Tests of more than two arms have
    the differences of the others in them.
    """
    name = result.finding.id
    worst: dict[str, tuple[ClaimResult, Skewness, int]] = {}
    for test in (one for one in result.tests if len(one.claim.weights) <= _ARMS_OF_A_DIFFERENCE):
        parts = [part.by_experiment for part in test.contrast.parts]
        for values in parts or [test.contrast.tested_values]:
            found = skewness_of(values) if test.outcome != "untestable" else None
            if found and abs(found.value) > abs(
                worst[found.experiment][1].value if found.experiment in worst else 0.0
            ):
                worst[found.experiment] = test, found, len(values)
    for experiment, (test, found, n) in worst.items():
        value, median = (
            f"{significant(100 * float(np.exp(one)))} %"
            if result.endpoint.is_ratio
            else f"{in_points(result.endpoint, one, sign=True)} {unit_of_points(result.endpoint)}"
            for one in (found.its_value, found.median)
        )
        text = (
            f'The differences of finding {name} ("{test.claim.text}") are skewed over the {n} '
            f"experiments (skewness {number(found.value)}, limit {found.limit:.2f}), most by "
            f"{experiment}: {value}, and the median is {median}. A t test of skewed differences "
            "holds wrongly more often than its level says. Check the wells of "
            f"{experiment} for an error, and state the scale of the next study beforehand; leaving "
            "out an experiment because of its result is no remedy."
        )
        yield Flag(
            Concerns(FINDINGS, "finding", experiment=experiment, finding=name),
            SKEWED,
            "caution" if found.is_strong else "note",
            design.with_display_labels(text),
            found.value,
            found.limit,
        )


def _lacking(result: FindingResult) -> list[tuple[str, str]]:
    """The experiments that a test of the finding leaves out, each with every arm that it lacks."""
    lacking = dict.fromkeys(
        (experiment, arm)
        for test in result.tests
        for experiment, arms in test.contrast.left_out.items()
        for arm in arms
    )
    return sorted(lacking, key=lambda one: one[0])


def _interferences(
    design: Design, cultures: pd.DataFrame, settings: ComparisonSettings
) -> Iterator[Flag]:
    """A caution for each factor that interferes with an endpoint that was measured in its arms.

    Not for added analytes, whose values are left out.
    """
    for quantity in settings.quantities:
        endpoint = quantity.name
        is_read = cultures[quantity.columns.state] != MISSING
        arms = cultures.loc[is_read, "arm"].map(str)
        for one in interfered(design, arms, endpoint):
            if not one.interference.is_addition:
                yield Flag(
                    Concerns(
                        "comparison/contrasts.csv",
                        "study",
                        analyte=quantity.options.get("analyte", ""),
                    ),
                    INTERFERENCE,
                    "caution",
                    f"{one.sentence} Findings about it in these arms are not testable, and its "
                    "contrasts are labelled.",
                )


def _excluded_readings(cultures: pd.DataFrame, settings: ComparisonSettings) -> Iterator[Flag]:
    """A note for every culture and measurement whose readings are all excluded."""
    for quantity in settings.quantities:
        subject, columns = quantity.name, quantity.columns
        excluded = cultures[cultures[columns.state] == EXCLUDED]
        for row in excluded.to_dict("records"):
            yield Flag(
                Concerns(
                    CULTURES,
                    "culture",
                    experiment=str(row["experiment"]),
                    analyte=quantity.options.get("analyte", ""),
                    culture=str(row["culture"]),
                ),
                READING_EXCLUDED,
                "note",
                f"{row['culture']} has no value for {subject}. Reason: {row[columns.reason]}.",
            )
