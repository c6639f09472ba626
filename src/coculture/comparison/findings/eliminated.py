"""Finding "eliminated": a treatment has an effect, and elsewhere it has not.

Two differences, the effect and the residual: for example DEX against untreated, and the same with
added IL-6 in both arms. The residual is the same treatment in another setting, the rescuer: an
added drug, other cells, another time. That the effect is missing there is not enough: the rescuer
may have moved the baseline as far as the treatment does. So with the rescuer the treated arm must
also be below the middle between untreated and treated (above it, if the effect lowers).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coculture.comparison.design.arms import Arm, Design, written
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import (
    Claim,
    ClaimResult,
    Side,
    difference,
    weighted_sum,
)
from coculture.comparison.findings.eliminated_parts import (
    DIRECTION,
    EFFECT,
    FRACTION,
    REDUCTION,
    RESCUE,
    RESIDUAL,
    SIGNS,
    sign_of,
)
from coculture.comparison.findings.eliminated_sentence import eliminated
from coculture.comparison.findings.eliminated_shares import (
    SHARE_ELIMINATED,
    share_eliminated,
    share_rescued,
)
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair, TestedOnMeans
from coculture.comparison.settings import ComparisonError, Finding
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import listed

_SCALE = EstimateScale(
    SHARE_ELIMINATED,
    SHARE_ELIMINATED,
    " (orange: at least required)",
    100.0,
    has_tests=False,
)


@dataclass(frozen=True)
class _Eliminated(TestedOnMeans):
    name = "eliminated"
    description = (
        "a treatment has an effect, and in another setting this effect is eliminated (the residual)"
    )
    required = (EFFECT, RESIDUAL)
    limits = (
        *("margin_points", "margin_ratio"),
        *("residual_fraction", "alpha_difference", "alpha_margin"),
    )
    needs_staining = True
    needs_margin = True

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`effect`, `residual` and `effect_is`."""
        parts = {part: {"$ref": "#/$defs/difference"} for part in (EFFECT, RESIDUAL)}
        return parts | {
            DIRECTION: {
                "description": (
                    "Whether the effect that is eliminated raises or lowers the endpoint; "
                    "without it raised."
                ),
                "enum": list(SIGNS),
            }
        }

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """The effect is there, the residual is smaller, below margin and fraction, and a rescue.

        Raises
        ------
        ComparisonError
            If effect and residual are the same difference, or different treatments.
        """
        effect, residual = _effect_and_residual(pairs)
        if _are_same(effect, residual):
            raise ComparisonError("the effect and its residual are the same comparison")
        if design.changes(*_arms(effect)) != design.changes(*_arms(residual)):
            raise ComparisonError(
                "the residual is not the treatment of the effect in another setting: "
                f"{_changes_in_words(residual, design)}, and the effect "
                f"{_changes_in_words(effect, design)}"
            )
        arm, other = design.label(effect.arm), design.label(effect.compared_with)
        left_arm, left_other = design.label(residual.arm), design.label(residual.compared_with)
        effect_text, residual_text = f"{arm} against {other}", f"{left_arm} against {left_other}"
        effect_weights, residual_weights = difference(arm, other), difference(left_arm, left_other)
        sign, fraction = sign_of(finding), finding.residual_fraction
        towards: Side = "less" if sign > 0 else "greater"

        def about_residual(
            part: str, claim: str, weights: dict[str, float], margin: float, level: float
        ) -> Claim:
            text = f"{residual_text}: {claim}"
            return Claim(part, text, left_arm, left_other, weights, towards, margin, level)

        return [
            Claim(
                part=EFFECT,
                text=f"{effect_text}: {'higher' if sign > 0 else 'lower'}",
                arm=arm,
                compared_with=other,
                weights=effect_weights,
                side="greater" if sign > 0 else "less",
                margin=0.0,
                level=finding.alpha_difference,
            ),
            about_residual(
                REDUCTION,
                f"less than {effect_text}",
                weighted_sum(residual_weights, effect_weights, -1.0),
                0.0,
                finding.alpha_difference,
            ),
            about_residual(
                RESIDUAL,
                f"below {finding.margin_shown}",
                residual_weights,
                self.tested_against(finding),
                finding.alpha_margin,
            ),
            about_residual(
                FRACTION,
                f"below {100 * fraction:g} % of {effect_text}",
                weighted_sum(residual_weights, effect_weights, -fraction),
                0.0,
                finding.alpha_margin,
            ),
            Claim(
                part=RESCUE,
                text=(
                    f"{left_arm}: {'below' if sign > 0 else 'above'} the middle between {arm} and "
                    f"{other}"
                ),
                arm=left_arm,
                compared_with=arm,
                weights=weighted_sum({left_arm: 1.0}, {arm: 0.5, other: 0.5}, -1.0),
                side=towards,
                margin=0.0,
                level=finding.alpha_margin,
            ),
        ]

    def problems(
        self,
        finding: Finding,  # noqa: ARG002
        pairs: Sequence[Pair],
        design: Design,
    ) -> Iterator[tuple[str, str]]:
        """The residual is the effect itself, or another treatment."""
        effect, residual = _effect_and_residual(pairs)
        if _are_same(effect, residual):
            yield RESIDUAL, "compares the same arms as effect; name other arms in residual."
        elif design.changes(*_arms(effect)) != design.changes(*_arms(residual)):
            yield (
                RESIDUAL,
                f"{_changes_in_words(residual, design)}, but effect "
                f"{_changes_in_words(effect, design)}; the residual must be the same treatment in "
                "the same direction, in another setting that both of its arms have.",
            )

    def scale(self, endpoint: Endpoint) -> EstimateScale:  # noqa: ARG002
        """Percent of the effect eliminated."""
        return _SCALE

    def estimate(
        self,
        endpoint: Endpoint,  # noqa: ARG002
        tests: Sequence[ClaimResult],
        deciding: ClaimResult,  # noqa: ARG002
        means: GroupMeans,
    ) -> Estimate:
        """The percent of the effect that is eliminated, with its interval."""
        return share_eliminated(tests, means)

    def second_estimate(self, tests: Sequence[ClaimResult], means: GroupMeans) -> Estimate | None:
        """The percent that is rescued."""
        return share_rescued(tests, means)

    def tested_against(self, finding: Finding) -> float:
        """The residual effect that must be excluded, on the analysis scale."""
        return sign_of(finding) * finding.margin_on_scale

    def margin(self, finding: Finding) -> float:
        """The percent of the effect that must be eliminated."""
        return 100 * (1 - finding.residual_fraction)

    def limits_shown(self, finding: Finding) -> str:
        """The margin, the fraction that may be left, and both levels."""
        margin = finding.margin_shown or "not given"
        return (
            f"margin {margin}, less than {100 * finding.residual_fraction:g} % of the effect left, "
            f"one-sided level {finding.alpha_difference:g} of effect and reduction, "
            f"{finding.alpha_margin:g} of the others"
        )

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return (
            "that an effect is eliminated, by one-sided tests that the effect exists, that it is "
            "smaller where it is said to be eliminated, that the residual effect is below the "
            "margin and below a fraction of the effect, and that where it is said to be eliminated "
            "the treated arm is past the middle between treated and untreated"
        )

    def sentence(self, result: FindingResult, means: GroupMeans, design: Design) -> str:
        """The effect, the residual, and the parts eliminated and rescued in one sentence."""
        return eliminated(result, means, design)


ELIMINATED = _Eliminated()


def _effect_and_residual(pairs: Sequence[Pair]) -> tuple[Pair, Pair]:
    by_part = {pair.part: pair for pair in pairs}
    return by_part[EFFECT], by_part[RESIDUAL]


def _are_same(effect: Pair, residual: Pair) -> bool:
    return (effect.arm, effect.compared_with) == (residual.arm, residual.compared_with)


def _arms(pair: Pair) -> tuple[Arm, Arm]:
    return pair.arm, pair.compared_with


def _changes_in_words(pair: Pair, design: Design) -> str:
    """The treatment of a difference: "changes dex_nM from 0 to 1000"."""
    each = [
        f"{column} from {written(before)} to {written(after)}"
        for column, (before, after) in design.changes(*_arms(pair)).items()
    ]
    return f"changes {listed(each)}" if each else "changes nothing"
