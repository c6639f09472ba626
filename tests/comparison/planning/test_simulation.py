"""The error rates of simulated tests, and that they are the real ones."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import endpoints, primary_endpoint
from coculture.comparison.findings.claims import Claim, difference, evaluate, weighted_sum
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning import (
    Assumptions,
    assumptions_of,
    draw_group_means,
    holds,
    location_of_mean,
)
from coculture.comparison.statistics.group_means import GroupMeans

JoinedStudy = Callable[..., pd.DataFrame]
RUNS = 20_000
ARMS = ("untreated", "treated", "rescued untreated", "rescued treated")


@pytest.fixture
def residual_claims() -> list[Claim]:
    """The four tests of an effect that is eliminated, with an effect of 20 points."""
    effect = difference("treated", "untreated")
    residual = difference("rescued treated", "rescued untreated")
    of_residual = ("rescued treated", "rescued untreated")
    less = weighted_sum(residual, effect, -1.0)
    quarter = weighted_sum(residual, effect, -0.25)
    return [
        Claim("effect", "effect", "treated", "untreated", effect, "greater", 0.0, 0.025),
        Claim("reduction", "less", *of_residual, less, "less", 0.0, 0.025),
        Claim("residual", "below margin", *of_residual, residual, "less", 5.0, 0.05),
        Claim("residual_fraction", "below a part", *of_residual, quarter, "less", 0.0, 0.05),
    ]


@pytest.mark.parametrize("experiments", [3, 4, 6])
@pytest.mark.parametrize("sd_effect", [0.0, 4.0])
@pytest.mark.parametrize("missing", [False, True])
def test_a_false_claim_holds_no_more_often_than_its_level(
    settings: ComparisonSettings,
    residual_claims: list[Claim],
    experiments: int,
    sd_effect: float,
    missing: bool,
) -> None:
    """Each claim on its boundary, in percentage points; at most 0.005 above its level."""
    il6 = primary_endpoint("IL-6", settings)  # its analysis scale is that of the draws
    wells = np.full((experiments, len(ARMS)), 3)
    if missing:
        wells[1, 1], wells[2, 3] = 1, 2
        wells[0, :] = 0 if experiments > 3 else 1
    # The effect is 20 points (0 at its own boundary); what is left lies on each claim's boundary.
    boundaries = ((0.0, 0.0), (20.0, 20.0), (20.0, 5.0), (20.0, 5.0))
    for claim, (effect, left) in zip(residual_claims, boundaries, strict=True):
        location = dict(zip(ARMS, (10.0, 10.0 + effect, 9.0, 9.0 + left), strict=True))
        given = Assumptions(location, 3.0, 1.5, 1.0, sd_effect, ("treated", "rescued treated"))
        rng = np.random.default_rng([experiments, missing, int(sd_effect)])
        means = draw_group_means(given, il6, experiments, wells, RUNS, rng)
        assert holds(claim, means, ARMS).mean() <= claim.level + 0.005, claim.text


def test_the_fast_test_is_the_real_one(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    given = assumptions_of(cultures, settings)["apoptosis"]
    arms = list(given.location)
    percent = primary_endpoint("apoptosis", settings)
    rng = np.random.default_rng(2)
    means = draw_group_means(given, percent, 4, 2, 20, rng)
    outcomes = []
    for finding in settings.findings:
        if finding.endpoint != "apoptosis":
            continue
        for claim in claims_of(finding, design):
            fast = holds(claim, means, arms)
            for run, table in enumerate(means):
                frame = pd.DataFrame(table, columns=arms, index=["E1", "E2", "E3", "E4"])
                nowhere = frame.map(lambda _: "")
                group = GroupMeans(frame, nowhere, frame, frame, frame, frame.notna())
                assert (evaluate(claim, group, percent).outcome == "holds") == fast[run]
                outcomes.append(fast[run])
    assert 0 < np.mean(outcomes) < 1


def test_the_mean_percent_is_where_it_was_put(settings: ComparisonSettings) -> None:
    percent = next(e for e in endpoints(settings) if e.name == "percent_apoptotic")
    given = Assumptions({"arm": location_of_mean(13.0, 0.5)}, 0.3, 0.4, 0.0)
    drawn = draw_group_means(given, percent, 4, 1, 20_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(13.0, abs=0.1)
