"""The effects that the user states for planning, in place of those that the pilot happened to have.

An effect is that of a difference of a finding: its arm against what it is compared with. It is in
the unit in which the endpoint is compared: points, or the ratio of both arms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint, primary_endpoint
from coculture.comparison.findings.claims import Claim, difference
from coculture.comparison.findings.evaluation import pairs_of
from coculture.comparison.planning.assumptions import Assumptions
from coculture.comparison.planning.simulation import (
    is_drawn_as_logit,
    location_of_mean,
    mean_of_location,
)
from coculture.comparison.settings import (
    COMPARISON,
    ComparisonError,
    ComparisonSettings,
    Finding,
)
from coculture.exchange.vocabulary import listed
from coculture.linear_algebra import generalized_inverse, product

_SAME = 1e-6
"""Effects that differ by less, on the analysis scale, are the same statement."""
_WITHOUT_SIZE = ("ec50_lower", "dose_trend", "synergy")
"""Kinds that are not about the difference of two arms."""
_CONTROL_MOVES = 1e-3
"""How far arms that are only compared with move beside the others: effects start from them."""


@dataclass(frozen=True)
class StatedEffect:
    """The size of one difference between two arms, on the scale on which it is analysed."""

    finding: str
    endpoint: str
    weights: Mapping[str, float]
    size: float


def stated_effects(
    given: Sequence[Sequence[str]], settings: ComparisonSettings, design: Design
) -> tuple[StatedEffect, ...]:
    """The effects as the user typed them.

    Parameters
    ----------
    given
        (finding, size), or (finding, part, size) where a finding has named differences ("effect",
        "residual"). A finding with several comparisons has the size in each of them.

    Raises
    ------
    ComparisonError
        If there is no such finding or part, or if a size is no number (of a ratio: above 0).
    """
    findings = {finding.id: finding for finding in settings.findings}
    stated: list[StatedEffect] = []
    for words in given:
        if len(words) not in (2, 3):
            raise ComparisonError(
                f'"{" ".join(words)}" is not a finding, if it has several the part, and a size'
            )
        name, text = words[0], words[-1]
        if name not in findings:
            known = listed(findings) or "none"
            raise ComparisonError(f'there is no finding "{name}"; the config has {known}')
        finding = findings[name]
        if finding.kind in _WITHOUT_SIZE:
            raise ComparisonError(
                f"the finding {name} ({finding.kind}) is about several doses, and no effect can be "
                "stated for it"
            )
        part = words[1] if len(words) == 3 else COMPARISON
        parts = list(dict.fromkeys(one.part for one in finding.differences))
        if part not in parts:
            how = ", ".join(f"{name} {each} SIZE" for each in parts if each != COMPARISON)
            raise ComparisonError(
                f"the finding {name} has no part {part}; write {how or f'{name} SIZE'}"
            )
        size = _on_scale(text, primary_endpoint(finding.endpoint, settings), name)
        stated += [
            StatedEffect(name, finding.endpoint, difference(*labels), size)
            for pair in pairs_of(finding, design)
            if pair.part == part
            for labels in [(design.label(pair.arm), design.label(pair.compared_with))]
        ]
    return tuple(stated)


def _on_scale(text: str, endpoint: Endpoint, finding: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = float("nan")
    if endpoint.is_ratio:
        if not 0 < size < np.inf:
            raise ComparisonError(
                f'the effect "{text}" of {finding} is no ratio: a number above 0, such as 0.5 for '
                "half as much as in the arm it is compared with"
            )
        return float(np.log(size))
    if not np.isfinite(size):
        raise ComparisonError(f'the effect "{text}" of {finding} is no number of {endpoint.unit}')
    return size


def to_state(settings: ComparisonSettings, stated: Sequence[StatedEffect]) -> list[str]:
    """For each finding without a stated effect, how to state it and in which unit."""
    done = {one.finding for one in stated}
    return [
        f"{' '.join(_options(finding))}  ({finding.endpoint}, {unit_of(finding, settings)})"
        for finding in settings.findings
        if finding.id not in done and finding.kind not in _WITHOUT_SIZE
    ]


def _options(finding: Finding) -> list[str]:
    parts = dict.fromkeys(one.part for one in finding.differences)
    named = ("" if part == COMPARISON else f"{part} " for part in parts)
    return [f"--effect {finding.id} {part}SIZE" for part in named]


def unit_of(finding: Finding, settings: ComparisonSettings) -> str:
    """The unit in which the effect of a finding is stated."""
    endpoint = primary_endpoint(finding.endpoint, settings)
    return "ratio of the two arms" if endpoint.is_ratio else endpoint.unit


def size_of(claim: Claim, stated: Sequence[StatedEffect]) -> float | None:
    """What a claim is about, if the stated effects determine it; else None.

    Parameters
    ----------
    stated
        Those of the claim's finding.

    Examples
    --------
    >>> weights = {"a": 1.0, "b": -1.0}
    >>> effect = StatedEffect("1", "IL-6", weights, 2.0)
    >>> claim = Claim("comparison", "", "a", "b", weights, "greater", 0.0, 0.025)
    >>> round(size_of(claim, [effect]), 9), size_of(claim, [])
    (2.0, None)
    """
    if not stated:
        return None
    arms = sorted(
        {arm for each in (claim.weights, *(one.weights for one in stated)) for arm in each}
    )
    known = np.array([[one.weights.get(arm, 0.0) for one in stated] for arm in arms])
    wanted = np.array([claim.weights.get(arm, 0.0) for arm in arms])
    inverse, _ = generalized_inverse(product(known.T, known))
    share = product(inverse, product(known.T, wanted))
    if not np.allclose(product(known, share), wanted, atol=1e-9):
        return None
    return float((share * [one.size for one in stated]).sum())


def with_effects(
    assumptions: Mapping[str, Assumptions],
    settings: ComparisonSettings,
    stated: Sequence[StatedEffect],
) -> dict[str, Assumptions]:
    """`assumptions` with the arms moved so that they differ by the stated effects.

    The arms are moved as little as possible (least squares), those that they are compared with
    hardly; others stay.

    Raises
    ------
    ComparisonError
        If stated effects contradict each other, or lead beyond the endpoint's bounds.
    """
    changed = dict(assumptions)
    for name in dict.fromkeys(one.endpoint for one in stated):
        of_endpoint = [one for one in stated if one.endpoint == name]
        named = {arm for one in of_endpoint for arm in one.weights}
        if name in changed and named <= set(changed[name].location):
            endpoint = primary_endpoint(name, settings)
            changed[name] = _moved(changed[name], endpoint, of_endpoint)
    return changed


def _moved(given: Assumptions, endpoint: Endpoint, stated: Sequence[StatedEffect]) -> Assumptions:
    arms = sorted({arm for one in stated for arm in one.weights})
    is_logit = is_drawn_as_logit(endpoint)
    spread = float(np.sqrt(given.sd_experiment**2 + given.sd_arm**2 + given.sd_well**2))
    place = [given.location[arm] for arm in arms]
    means = np.array([mean_of_location(one, spread) for one in place] if is_logit else place)
    weights = np.array([[one.weights.get(arm, 0.0) for arm in arms] for one in stated])
    sizes = np.array([one.size for one in stated])
    mobile = np.where((weights > 0).any(axis=0), 1.0, _CONTROL_MOVES)
    # The smallest steps: X' (X X')^- times what is missing.
    by_steps = weights * mobile
    inverse, _ = generalized_inverse(product(by_steps, by_steps.T))
    missing = sizes - product(weights, means)
    moved = means + mobile * product(by_steps.T, product(inverse, missing))
    if not np.allclose(product(weights, moved), sizes, atol=_SAME):
        names = listed(dict.fromkeys(one.finding for one in stated))
        raise ComparisonError(
            f"the stated effects on {endpoint.subject} contradict each other ({names})"
        )
    if is_logit:
        beyond = [(arm, one) for arm, one in zip(arms, moved, strict=True) if not 0 < one < 100]
        if beyond:
            arm, percent = beyond[0]
            raise ComparisonError(
                f"with the stated effects on {endpoint.subject}, {arm} would have {percent:.3g} %"
            )
        moved = np.array([location_of_mean(float(one), spread) for one in moved])
    return replace(
        given, location={**given.location, **dict(zip(arms, map(float, moved), strict=True))}
    )
