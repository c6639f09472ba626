"""Findings "lower" and "higher": one arm is lower (higher) than every arm it is compared with."""

from dataclasses import dataclass

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design, same_setting
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Claim, Side, difference, evaluate
from coculture.comparison.findings.comparison_kind import DifferenceKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import listed

_OPPOSITE = {"<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class _OneDirection(DifferenceKind):
    """A finding that one arm differs from others in one direction."""

    name: str
    side: Side
    superlative: str
    verb: str

    @property
    def description(self) -> str:
        """What a finding of this kind claims."""
        return f"the arm is {self.name} than every arm it is compared with"

    def claimed(self, finding: Finding) -> str:  # noqa: ARG002
        """lower or higher."""
        return self.name

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return f"that a value is {self.name}, one-sided against every arm named"

    def sentence(self, result: FindingResult, means: GroupMeans, design: Design) -> str:
        """The result in one sentence, against one arm or several."""
        deciding = sentences.deciding_test(result)
        quantity = result.subject
        arm, other = sentences.arms_of(deciding, design)
        setting = f"In {design.cells_and_setting(arm)}"
        treatment = design.treatment_given(arm)
        interval = sentences.interval_of_size(result)
        size = sentences.size(result, deciding, design)
        # "lowered ...: 10 % of" would read as a fall by 10 %.
        at, to = (", at", " to") if result.endpoint.is_ratio else (":", ":")
        at = ":" if deciding.relation else at
        inhibition = _inhibitions(result, arm, other, means, design)
        if not result.is_shown:
            numbers = f"{setting} {quantity} with {treatment} was {size} ({interval})"
            if inhibition and len(result.tests) == 1:
                numbers += f"; {inhibition}"
            return f"{sentences.not_shown(result.finding)} {numbers}."
        if len(result.tests) > 1:
            rest = [
                sentences.size(result, test, design)
                for test in result.tests
                if test is not deciding
            ]
            return (
                f"{setting} {quantity} was {self.superlative} with {treatment}{at} {size} "
                f"({interval}), and {listed(rest)}."
            )
        if not design.given(other) and same_setting(arm, other):
            return f"{setting} {treatment} {self.verb} {quantity}{to} {size} ({interval})."
        if inhibition and self.side == "less":
            return (
                f"{setting} {treatment} lowered {quantity} more than "
                f"{design.treatment_given(other)} did, to {size} ({interval}); {inhibition}."
            )
        in_two_places = sentences.in_two_places(result, arm, other, self.name, design)
        if in_two_places is not None:
            return in_two_places
        versus = sentences.comparator(design, arm, other)
        return (
            f"{setting} {quantity} was {self.name} with {treatment} than {versus}{at} {size} "
            f"({interval})."
        )


LOWER = _OneDirection("lower", "less", "lowest", "lowered")
HIGHER = _OneDirection("higher", "greater", "highest", "raised")


def _inhibitions(
    result: FindingResult, arm: Arm, other: Arm, means: GroupMeans, design: Design
) -> str:
    """How much each of two arms lowered the analyte against untreated.

    Empty if the effect of one of them is not shown at the level of the finding: a percentage of
    nothing says nothing. "At most" claims no effect.
    """
    if not result.endpoint.is_ratio or not same_setting(arm, other):
        return ""
    tested = means.within(sentences.deciding_test(result).contrast.values.index)
    inhibitions = []
    for each in (arm, other):
        untreated = design.untreated(each)
        if untreated not in design.arms or each == untreated:
            return ""
        weights = difference(design.label(each), design.label(untreated))
        lowers = Claim(
            part="inhibition",
            text="",
            arm=design.label(each),
            compared_with=design.label(untreated),
            weights=weights,
            side="less",
            margin=0.0,
            level=result.finding.alpha_difference,
        )
        relation = tested.relation_of(weights)
        bound = {"": "", "<=": "at least ", ">=": "at most "}.get(relation)
        used = tested.for_test(weights, highest=relation == "<=") if relation else tested.mean
        with np.errstate(invalid="ignore"):
            effect = per_experiment_contrast(used, weights, tested.donors)
            ratio = float(np.exp(effect.estimate))
        is_shown = evaluate(lowers, tested, result.endpoint).outcome == "holds"
        if not is_shown and relation != ">=":
            return ""
        # With fewer experiments than the test it would be given under the wrong n.
        if bound is None or effect.left_out or not 0 < ratio < 1:
            return ""
        inhibitions.append(
            f"{bound}{_inhibition(ratio, relation)} ({design.treatment_given(each)})"
        )
    control = design.treatment(design.untreated(arm))
    return f"inhibition against {control} {listed(inhibitions)}"


def _inhibition(ratio: float, relation: str) -> str:
    """The inhibition in percent. If the ratio is an upper bound, the inhibition is a lower one."""
    percent = 100 * (1 - ratio)
    opposite = _OPPOSITE.get(relation, "")
    return f"{number_formats.bounded(percent, int(percent > 90), opposite)} %"
