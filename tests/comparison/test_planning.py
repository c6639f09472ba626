"""Power by simulation, and the error rates of its tests."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.__main__ import main
from coculture.comparison import ComparisonError, ComparisonSettings
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
    needed,
    power,
    with_stated,
)
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange import result_tables

JoinedStudy = Callable[..., pd.DataFrame]
Stated = tuple[str, str, str]
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


def test_a_study_gives_back_the_spread_it_was_drawn_with(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Mean over 12 studies of each SD of ln IL-6 against the simulator's .35, .15, .12."""
    found = [assumptions_of(joined_study(seed=seed), settings)["IL-6"] for seed in range(12)]
    mean_square = {
        name: np.sqrt(np.mean([getattr(each, name) ** 2 for each in found]))
        for name in ("sd_experiment", "sd_arm", "sd_well")
    }
    assert mean_square["sd_experiment"] == pytest.approx(0.35, abs=0.1)
    assert mean_square["sd_arm"] == pytest.approx(0.15, abs=0.03)
    assert mean_square["sd_well"] == pytest.approx(0.12, abs=0.01)


def test_power_grows_with_experiments_and_is_the_same_again(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    given = assumptions_of(cultures, settings)
    heard: list[str] = []
    table = power(given, design, settings, (3, 6), (3,), 400, 5, heard.append)
    again = power(given, design, settings, (3, 6), (3,), 400, 5, heard.append)
    pd.testing.assert_frame_equal(table, again)
    assert heard[0] == "1 of 2: 3 experiments of 3 wells per arm"
    few, many = (
        table[table["experiments"] == n].set_index("id")["power"].astype(float) for n in (3, 6)
    )
    assert (many >= few).all()
    assert many["all"] > few["all"]


def test_power_of_an_arm_of_which_nothing_is_assumed_is_unknown(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    given = assumptions_of(cultures, settings)
    il6 = {arm: place for arm, place in given["IL-6"].location.items() if arm != "il1b DEX"}
    given["IL-6"] = replace(given["IL-6"], location=il6)
    design = Design.of(cultures, settings)
    table = power(given, design, settings, (4,), (3,), 100, 1, lambda _: None).set_index("id")
    assert table["power"].isna().to_dict() == {
        "1a": True, "1b": False, "2a": False, "2b": False, "2c": False, "3a": True, "3b": False,
        "all": True,
    }  # fmt: skip


def test_stated_sds_replace_the_study_s_own(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    own = assumptions_of(cultures, settings)
    stated = with_stated(own, [("IL-6", "arm", "0.8"), ("IL-6", "well", "0")])
    assert (stated["IL-6"].sd_arm, stated["IL-6"].sd_well) == (0.8, 0.0)
    assert stated["IL-6"].sd_experiment == own["IL-6"].sd_experiment
    assert stated["apoptosis"] == own["apoptosis"]
    design = Design.of(cultures, settings)
    before, after = (
        power(given, design, settings, (4,), (3,), 400, 1, lambda _: None).set_index("id")["power"]
        for given in (own, stated)
    )
    assert after["3a"] < before["3a"] - 0.3
    assert after["2a"] == before["2a"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (("IL6", "arm", "0.3"), '"IL6" was not measured in this study; it has apoptosis, IL-6'),
        (("IL-6", "arms", "0.3"), '"arms" is not a known SD; the SDs are experiment, arm, well'),
        (("IL-6", "arm", "-0.3"), 'the SD "-0.3" of IL-6 is not a number of at least 0'),
        (("IL-6", "arm", "0,3"), 'the SD "0,3" of IL-6 is not a number of at least 0'),
        (("IL-6", "arm", "inf"), 'the SD "inf" of IL-6 is not a number of at least 0'),
    ],
)
def test_stated_sds_that_mean_nothing_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings, stated: Stated, said: str
) -> None:
    own = assumptions_of(joined_study(), settings)
    with pytest.raises(ComparisonError) as refused:
        with_stated(own, [stated])
    assert str(refused.value) == said


def test_plan_at_the_command_line(
    joined_study: JoinedStudy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside the results of a run: progress, a table, a figure; stated SDs are said."""
    config = Path(__file__).parents[2] / "config" / "config.yaml"
    plan = tmp_path / "results" / "example" / "plan"
    result_tables.write(joined_study(), plan.parent / "cultures.csv", "cultures.csv")
    monkeypatch.chdir(tmp_path)
    command = ["coculture", "plan", str(config), "--runs", "20", "--sd", "IL-6", "arm", "0.8"]
    monkeypatch.setattr("sys.argv", command)
    main()
    told = capsys.readouterr().out.splitlines()
    assert ", 0.8 between arms inside them, " in told[1]
    assert told[2] == "1 of 18: 3 experiments of 1 well per arm"
    needed = told.index("Needed for a power of 80 %, by finding:")
    assert [line.split(":")[0].strip() for line in told[needed + 1 : -1]] == [
        *("1a", "1b", "2a", "2b", "2c", "3a", "3b", "all findings in one study")
    ]
    files = "results/example/plan/power.csv, power.svg, power.png"
    assert told[-1] == f"Table and figure: {files}"
    table = result_tables.read(plan / "power.csv")
    assert len(table) == 8 * 6 * 3
    assert (plan / "power.svg").exists()
    assert (plan / "power.png").exists()


def test_what_is_needed_is_the_fewest_experiments_then_wells() -> None:
    rows = [
        ("1a", 3, 3, 0.79), ("1a", 4, 1, 0.7), ("1a", 4, 2, 0.81), ("1a", 4, 3, 0.9),
        ("1b", 3, 1, 0.2), ("1b", 8, 3, 0.64),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["id", "experiments", "wells", "power"]).assign(compared="")
    assert needed(table) == [
        "1a: 4 experiments with 2 wells per arm (power 81 %)",
        "1b: more than 8 experiments with 3 wells per arm (power 64 %)",
    ]


def test_the_mean_percent_is_where_it_was_put(settings: ComparisonSettings) -> None:
    percent = next(e for e in endpoints(settings) if e.name == "percent_apoptotic")
    given = Assumptions({"arm": location_of_mean(13.0, 0.5)}, 0.3, 0.4, 0.0)
    drawn = draw_group_means(given, percent, 4, 1, 20_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(13.0, abs=0.1)


def test_an_arm_does_not_carry_the_level_of_the_experiments_that_have_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """DEX in E1 and E2 only, and everything ten times higher in the other experiments."""
    cultures = joined_study()
    others = ~cultures["experiment"].isin(["E1", "E2"])
    cultures["il6_pg_ml"] *= np.where(others, 10.0, 1.0)
    whole = assumptions_of(cultures, settings)["IL-6"]
    lacking = others & (cultures["arm"] == "il1b DEX")
    fewer = assumptions_of(cultures[~lacking], settings)["IL-6"]
    effects = [
        found.location["il1b DEX"] - found.location["il1b untreated"] for found in (whole, fewer)
    ]
    assert effects[1] == pytest.approx(effects[0], abs=0.2)
    assert fewer.sd_experiment == pytest.approx(whole.sd_experiment, rel=0.1)


def test_what_cannot_be_known_is_not_told_as_a_number() -> None:
    rows = pd.DataFrame({"id": "1a", "experiments": [3, 4], "wells": 2, "power": np.nan})
    assert needed(rows) == [
        "1a: not known, because an arm that it needs has no estimate in this study or a drug that "
        "interferes with the endpoint"
    ]
