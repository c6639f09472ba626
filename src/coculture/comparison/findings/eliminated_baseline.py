"""Whether the rescuer of a finding "eliminated" itself moves the baseline as the treatment does.

Then the residual may be small because there is less room for it, not because of a rescue. It is no
test of the finding, which asks for the rescue itself; it is said in the sentence, and a caution.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.findings import eliminated_parts as parts
from coculture.comparison.findings.claims import ClaimResult, difference, evaluate
from coculture.comparison.findings.eliminated_sizes import size_with_interval
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.flags import Concerns, Flag

CODE = "baseline_moved"


def baseline_flags(
    results: Iterable[FindingResult], arms: pd.DataFrame, design: Design
) -> Iterator[Flag]:
    """A caution for each finding "eliminated" whose rescuer moves the baseline.

    Parameters
    ----------
    arms
        comparison/arms.csv.
    """
    labels = [design.label(arm) for arm in design.arms]
    for result in results:
        if not any(test.claim.part == parts.RESCUE for test in result.tests):
            continue
        means = GroupMeans.of(arms, result.endpoint, labels)
        moved = _moved(result, means)
        if moved is None:
            continue
        above, _ = _words(result)
        yield Flag(
            Concerns("comparison/findings.csv", "finding", finding=result.finding.id),
            CODE,
            "caution",
            f"The rescuer of finding {result.finding.id} itself moves the baseline: "
            f"{_in_words(moved, result, design)}. Treated and untreated arms then differ less "
            f"because both are {above}, which is no rescue; the part rescued says how far the "
            "treated arm comes back.",
            moved.contrast.estimate,
            unit=result.endpoint.unit,
        )


def baseline(result: FindingResult, means: GroupMeans, design: Design) -> str:
    """A sentence if the rescuer itself moves the baseline as the treatment does; else empty."""
    moved = _moved(result, means)
    if moved is None:
        return ""
    _, raised = _words(result)
    return f" The baseline was {raised} too: {_in_words(moved, result, design)}."


def _moved(result: FindingResult, means: GroupMeans) -> ClaimResult | None:
    """The test that the untreated arm with the rescuer is moved, if it holds."""
    effect, residual = result.part(parts.EFFECT), result.part(parts.RESIDUAL)
    untreated, with_rescuer = effect.claim.compared_with, residual.claim.compared_with
    if untreated == with_rescuer:
        return None
    moved = evaluate(
        replace(
            effect.claim,
            part=parts.BASELINE,
            arm=with_rescuer,
            compared_with=untreated,
            weights=difference(with_rescuer, untreated),
        ),
        means,
        result.endpoint,
    )
    return moved if moved.outcome == "holds" else None


def _words(result: FindingResult) -> tuple[str, str]:
    is_rise = parts.sign_of(result.finding) > 0
    return ("high", "raised") if is_rise else ("low", "lowered")


def _in_words(moved: ClaimResult, result: FindingResult, design: Design) -> str:
    sign = parts.sign_of(result.finding)
    size = size_with_interval(moved, result, sign)
    one, other = (
        design.display_label(design.by_label[name])
        for name in (moved.claim.arm, moved.claim.compared_with)
    )
    above = "above" if sign > 0 else "below"
    return f"{result.subject} in {one} was {size} {above} that in {other}"
