"""What a study may claim although its data do not show it, and what the page must say instead.

Each attack is a small study of hand-made group means: the stated means are exact, and every arm
varies a little between experiments.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.evaluation import evaluate_findings, finding_table
from coculture.study.schema import schema, with_defaults

DRUGS = ("dex_nM", "len_uM", "il6_ng_ml")
FACTORS = [
    {"name": "DEX", "column": "dex_nM", "unit": "nM", "untreated": 0},
    {"name": "LEN", "column": "len_uM", "unit": "µM", "untreated": 0},
    {
        "name": "IL-6",
        "column": "il6_ng_ml",
        "unit": "ng/mL",
        "untreated": 0,
        "adds_analyte": "IL-6",
    },
]
MEASURED = {
    "flow": {"channels": {"annexin": "AV", "viability_dye": "PI"}},
    "populations": ["myeloma"],
    "analytes": ["IL-6"],
    "values": {"viability": "%", "score": "a.u."},
}
NONE: dict[str, float] = {}
DEX: dict[str, float] = {"dex_nM": 1.0}
LEN: dict[str, float] = {"len_uM": 1.0}
IL6: dict[str, float] = {"il6_ng_ml": 1.0}
ENDPOINTS = [
    {"name": "apoptosis", "measure": "percent", "outcome": "apoptotic"},
    {"name": "IL-6", "measure": "analyte", "analyte": "IL-6"},
    {"name": "viability", "measure": "values", "margin_points": 5},
]
Arms = Sequence[tuple[Mapping[str, float], float]]
"""The drugs of each arm, and its mean on the analysis scale."""


def stated(kind: str, arm: Any, other: Any, number: str = "1", **more: Any) -> dict[str, Any]:
    """A finding of the config about apoptosis."""
    named = {"arm": arm, "compared_with": other} if other is not None else {}
    common = {"id": number, "kind": kind, "endpoint": "apoptosis", "statement": "It is so"}
    return common | named | more


def eliminated(effect: tuple[Any, Any], residual: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    """The finding that an effect is eliminated."""
    parts = {
        name: {"arm": arm, "compared_with": other}
        for name, (arm, other) in (("effect", effect), ("residual", residual))
    }
    return stated("eliminated", None, None) | parts | more


RESCUE = eliminated((DEX, NONE), (DEX | IL6, IL6))


def settings_of(findings: Sequence[Mapping[str, Any]], **section: Any) -> ComparisonSettings:
    given = {"endpoints": ENDPOINTS, "findings": list(findings), **section}
    return ComparisonSettings.from_config(
        with_defaults(given, schema("comparison")), FACTORS, {"reference": "MM"}, MEASURED
    )


def judged(
    findings: Sequence[Mapping[str, Any]],
    arms: Arms,
    experiments: int = 4,
    spread: float = 0.5,
    pinned: bool | None = None,
    below: Sequence[Mapping[str, float]] = (),
    **section: Any,
) -> dict[str, dict[str, Any]]:
    """The rows of comparison/findings.csv by id, of arms with exactly these means.

    Of the arms of `below` only that is known: all their wells are below it.
    """
    settings = settings_of(findings, **section)
    place = {"cells": "MM", "stroma": "", "hours": 48.0}
    cultures = pd.DataFrame([place | dict.fromkeys(DRUGS, 0.0) | dict(arm) for arm, _ in arms])
    design = Design.of(cultures, settings)
    chance = np.random.default_rng(17)
    rows = []
    for arm, mean in arms:
        label = design.label(design.resolve(arm))
        noise = chance.normal(0, spread, experiments)
        for number, value in enumerate(mean + noise - noise.mean(), start=1):
            rows += [
                {"endpoint": quantity.primary.name, "experiment": f"E{number}", "arm": label}
                | dict.fromkeys(("mean", "low", "high", "mean_at_limit"), value)
                | ({"relation": "<=", "low": -np.inf} if arm in below else {"relation": ""})
                for quantity in settings.quantities
            ]
    results = evaluate_findings(
        pd.DataFrame(rows),
        design,
        settings,
        settings.subjects,
        pinned_before_acquisition=pinned,
    )
    rows_of: list[Any] = finding_table(results).to_dict("records")
    return {row["id"]: row for row in rows_of}


def of_four(untreated: float, treated: float, rescuer: float, both: float) -> Arms:
    """Untreated, DEX, IL-6 alone, and DEX with IL-6."""
    return ((NONE, untreated), (DEX, treated), (IL6, rescuer), (DEX | IL6, both))


def test_a_rescuer_that_kills_as_much_as_the_drug_eliminates_nothing() -> None:
    found = judged([RESCUE], of_four(8, 40, 38.5, 40))["1"]
    assert found["verdict"] == "not shown"
    assert found["second_estimate"] == pytest.approx(0)
    assert found["second_unit"] == "percent rescued"
    assert " of the effect was eliminated " in found["sentence"]
    assert " and 0 % rescued (95 % CI " in found["sentence"]
    assert (
        " The baseline was raised too: apoptosis in MM added IL-6 was 30.5 points (95 % CI "
        in found["sentence"]
    )
    assert found["sentence"].endswith(" above that in MM untreated.")
    assert found["reason"].startswith(
        "MM DEX + added IL-6: below the middle between MM DEX and MM untreated (p"
    )


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [((8, 40, 30, 32), "not shown"), ((8, 40, 15, 17), "shown"), ((8, 36, 7.2, 7.4), "shown")],
)
def test_a_quarter_rescued_is_no_elimination(
    truth: tuple[float, float, float, float], verdict: str
) -> None:
    found = judged([RESCUE], of_four(*truth))["1"]
    assert found["verdict"] == verdict
    untreated, treated, _, both = truth
    rescued = 100 * (treated - both) / (treated - untreated)
    assert found["second_estimate"] == pytest.approx(rescued)


def test_an_effect_that_lowers_is_rescued_from_below() -> None:
    lowers = RESCUE | {"endpoint": "viability", "effect_is": "lowered"}
    found = judged([lowers], of_four(90, 60, 89, 88))["1"]
    assert found["verdict"] == "shown"
    assert "DEX lowered viability by 30.0 points (95 % CI 2" in found["sentence"]
    found = judged([lowers], of_four(90, 60, 62, 61))["1"]
    assert found["verdict"] == "not shown"
    assert "above the middle between MM DEX and MM untreated" in found["reason"]
    assert (
        "The baseline was lowered too: viability in MM added IL-6 was 28.0 points"
        in found["sentence"]
    )
    assert "by −" not in found["sentence"]


def test_of_an_effect_that_is_not_there_nothing_is_a_percentage() -> None:
    found = judged([RESCUE], of_four(8, 7.3, 8, 8))["1"]
    assert found["verdict"] == "not shown"
    assert np.isnan(found["estimate"])
    assert np.isnan(found["second_estimate"])
    assert "DEX itself changed apoptosis by −0.7 points (95 % CI " in found["sentence"]
    assert "raised apoptosis" not in found["sentence"]
    assert "% of the effect" not in found["sentence"]
    assert "has no percentage, because the effect itself is not shown" in found["sentence"]


def test_a_residual_in_the_other_direction_is_not_called_a_rise() -> None:
    found = judged([RESCUE], of_four(8, 40, 9, 8.3))["1"]
    assert found["verdict"] == "shown"
    assert "and changed it by −0.7 points (90 % CI −" in found["sentence"]


def test_a_rise_and_no_rise_by_the_margin_agree_in_words() -> None:
    """3 points: a rise, and below 5. Neither sentence denies the other."""
    both = [stated("higher", DEX, NONE, "1"), stated("not_raised", DEX, NONE, "2")]
    found = judged(both, ((NONE, 8), (DEX, 11)))
    assert [row["verdict"] for row in found.values()] == ["shown", "shown"]
    assert "DEX raised apoptosis: 3.0 points above" in found["1"]["sentence"]
    assert found["1"]["sentence"].endswith(" The rise is below 5 points (finding 2).")
    assert "DEX raised apoptosis, by less than 5 points: +3.0 points" in found["2"]["sentence"]


def test_no_rise_is_not_called_a_rise() -> None:
    found = judged([stated("not_raised", DEX, NONE)], ((NONE, 8), (DEX, 8.1)))["1"]
    assert "did not raise apoptosis by 5 points or more: +0.1 points" in found["sentence"]


def test_numbers_below_have_no_minus_sign() -> None:
    found = judged([stated("lower", DEX, NONE)], ((NONE, 40), (DEX, 28.1)))["1"]
    assert (
        "lowered apoptosis: 11.9 points below the untreated level (95 % CI 1" in found["sentence"]
    )
    assert "−" not in found["sentence"]


def test_an_inhibition_that_is_not_shown_has_no_percentage() -> None:
    """DEX lowers IL-6 by 3 % on average, with chance between 40 % more and less."""
    il6 = stated("lower", LEN, DEX, endpoint="IL-6")
    arms = ((NONE, 6.0), (DEX, np.log(0.97) + 6.0), (LEN, 3.0))
    found = judged([il6], arms)["1"]
    assert found["verdict"] == "shown"
    assert "inhibition" not in found["sentence"]
    shown = judged([il6], ((NONE, 6.0), (DEX, 4.0), (LEN, 1.0)))["1"]
    assert "inhibition against untreated 99.3 % (LEN) and 86 % (DEX)" in shown["sentence"]


WEAK = ((NONE, 8.0), (DEX, 9.0), (LEN, 8.0))
"""DEX raises apoptosis by 1 point, which its own test shows at .025 and not at .025 / 6."""


def test_the_best_of_six_claims_is_shown_only_by_its_own_test() -> None:
    claims = [stated("higher", DEX, NONE, "1"), *(
        stated("higher", LEN, NONE, str(number)) for number in range(2, 7)
    )]  # fmt: skip
    assert judged(claims[:1], WEAK, spread=0.3)["1"]["verdict"] == "shown"
    found = judged(claims, WEAK, spread=0.3)["1"]
    assert found["p"] <= found["level"] < found["holm_ratio"] * found["level"]
    assert found["verdict"] == "shown by its own test"
    assert found["verdict_in_words"] == (
        "shown by its own test; not after correction for the 6 findings"
    )
    assert found["sentence"].endswith(
        "). Shown by its own test; not after correction for the 6 findings."
    )


def test_claims_without_data_do_not_loosen_the_limit_of_the_others() -> None:
    nowhere = [stated("higher", LEN | IL6, NONE, str(number)) for number in range(2, 7)]
    found = judged([stated("higher", DEX, NONE), *nowhere], WEAK, spread=0.3)
    assert [row["verdict"] for row in found.values()].count("not testable") == 5
    assert found["1"]["verdict"] == "shown by its own test"


def test_a_family_for_each_claim_is_said() -> None:
    claims = [
        stated("higher", DEX, NONE, str(number), family=f"F{number}") for number in range(1, 7)
    ]
    found = judged(claims, WEAK, spread=0.3)
    assert {row["verdict"] for row in found.values()} == {"shown"}
    assert {row["corrected_by"] for row in found.values()} == {"alone in its family"}


def test_an_order_counts_only_if_it_was_pinned_before_acquisition() -> None:
    claims = [
        stated("higher", DEX, NONE, "1", family="main"),
        *(stated("higher", LEN, NONE, str(n), family="main") for n in range(2, 7)),
    ]
    families = [{"name": "main", "order": "stated"}]
    late = judged(claims, WEAK, spread=0.3, families=families)
    assert late["1"]["verdict"] == "shown by its own test"
    assert late["1"]["corrected_by"].endswith("was not pinned before acquisition")
    before = judged(claims, WEAK, spread=0.3, families=families, pinned=True)
    assert before["1"]["verdict"] == "shown"
    last_first = [*claims[1:], claims[0]]
    found = judged(last_first, WEAK, spread=0.3, families=families, pinned=True)["1"]
    assert found["verdict_in_words"] == (
        "shown by its own test; not in the stated order of the family main, after finding 2"
    )


def test_every_limit_that_a_finding_uses_is_beside_it() -> None:
    own = {"margin_points": 7, "alpha_margin": 0.01, "residual_fraction": 0.4}
    claims = [
        RESCUE | own | {"alpha_difference": 0.001},
        stated("not_raised", DEX, NONE, "2"),
        stated("higher", DEX, NONE, "3", alpha_difference=0.01),
    ]
    found = judged(claims, of_four(8, 40, 8, 8))
    assert [row["limits"] for row in found.values()] == [
        "margin 7 points, less than 40 % of the effect left, one-sided level 0.001 of "
        "effect and reduction, 0.01 of the others",
        "margin 5 points, one-sided level 0.05",
        "one-sided level 0.01",
    ]
    assert not any("0.025" in row["limits"] + row["method"] for row in found.values())


VIABILITY = RESCUE | {"endpoint": "viability"}


def test_with_wells_outside_the_range_a_share_is_one_sided() -> None:
    """Rescued wells are below the limit: at least as much is eliminated as with them at it."""
    truth = of_four(8, 40, 7, 8.5)
    found = judged([VIABILITY], truth, below=[DEX | IL6])["1"]
    inside = judged([VIABILITY], truth)["1"]
    assert found["verdict"] == "shown"
    assert (found["relation"], found["confidence_percent"]) == (">=", 95)
    assert found["estimate"] == pytest.approx(inside["estimate"])
    assert np.isnan(found["upper"])
    assert inside["lower"] < found["lower"] < found["estimate"]
    assert (
        ": at least 95 % of the effect was eliminated (one-sided 95 % lower limit 9"
        in (found["sentence"])
    )
    assert "rescued (one-sided 95 % lower limit 9" in found["sentence"]
    # The limit is the inverse of the finding's own test of this fraction.
    just = [
        VIABILITY | {"id": str(number), "residual_fraction": 1 - found["lower"] / 100 + step}
        for number, step in enumerate((1e-6, -1e-6))
    ]
    at_limit = judged(just, truth, below=[DEX | IL6])
    assert [row["verdict"] == "not shown" for row in at_limit.values()] == [False, True]


def test_a_residual_without_an_upper_limit_leaves_no_share() -> None:
    """All wells of the rescuer alone are below the limit, so what is left may be any rise."""
    found = judged([VIABILITY], of_four(8, 40, 7, 8.5), below=[IL6])["1"]
    assert found["verdict"] == "not testable"
    assert np.isnan(found["estimate"])
    # The part rescued does not need them.
    assert found["second_upper"] > found["second_estimate"] == pytest.approx(100 * 31.5 / 32)
