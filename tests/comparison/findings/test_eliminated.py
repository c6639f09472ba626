"""Findings that an effect is eliminated: effect, residual and the eliminated fraction."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, check_arms, compare
from coculture.comparison.settings import ArmPattern, Difference

JoinedStudy = Callable[..., pd.DataFrame]
SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
)
CONTROL: ArmPattern = {"cells": "control"}
CONTROL_DEX: ArmPattern = {"cells": "control", "dex_nM": 1000}
IL1B: ArmPattern = {"cells": "il1b"}
IL1B_DEX: ArmPattern = {"cells": "il1b", "dex_nM": 1000}


def stating(
    settings: ComparisonSettings, kind: str, *pairs: tuple[ArmPattern, ArmPattern]
) -> ComparisonSettings:
    """The settings with one finding, of a kind, about these arms each against another."""
    finding = next(one for one in settings.findings if one.kind == kind)
    parts = ("effect", "residual") if kind == "eliminated" else ("comparison",) * len(pairs)
    differences = tuple(
        Difference(arm, other, part) for part, (arm, other) in zip(parts, pairs, strict=True)
    )
    return replace(settings, findings=(replace(finding, differences=differences),))


def sentence(cultures: pd.DataFrame, settings: ComparisonSettings) -> str:
    return str(compare(cultures, settings).findings["sentence"].item())


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    return joined_study(parameters=SURE)


def test_an_effect_between_cells_names_both(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    pairs = ((CONTROL_DEX, IL1B_DEX), (CONTROL, IL1B))
    told = sentence(cultures, stating(settings, "eliminated", *pairs))
    assert told.startswith("Apoptosis in control DEX was ")
    assert "above that in IL-1β DEX and apoptosis in control untreated was " in told
    assert "raised" not in told


def test_each_number_has_its_own_n_where_they_differ(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    finding = next(one for one in settings.findings if one.id == "2a")
    lacking = cultures["experiment"].isin(["E4", "E5", "E6"])
    fewer = cultures[~(lacking & (cultures["arm"] == "control DEX + added IL-6"))]
    told = sentence(fewer, replace(settings, findings=(finding,)))
    assert ", n = 6 experiments) in control cells and " in told
    assert ", n = 3 experiments) in control cells with added IL-6" in told
    assert "n = 6" not in sentence(cultures, replace(settings, findings=(finding,))).split(":")[0]


def test_nothing_gone_is_said_only_where_the_interval_says_so(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """The residual equals the effect on average, and scatters widely."""
    finding = next(one for one in settings.findings if one.id == "2a")
    by_arm = cultures.pivot_table("percent_apoptotic", ["experiment", "replicate"], "arm")
    scatter = np.array([-20.0, 20.0, -18.0, 18.0, -21.0, 23.0])
    of_experiment = dict(zip(sorted(cultures["experiment"].unique()), scatter, strict=True))
    effect = by_arm["control DEX"] - by_arm["control untreated"]
    left = (
        by_arm["control added IL-6"] + effect + by_arm.index.get_level_values(0).map(of_experiment)
    )
    treated = cultures["arm"] == "control DEX + added IL-6"
    keys = pd.MultiIndex.from_frame(cultures.loc[treated, ["experiment", "replicate"]])
    cultures.loc[treated, "percent_apoptotic"] = left.reindex(keys).to_numpy()
    told = sentence(cultures, replace(settings, findings=(finding,)))
    assert "none of the effect" not in told
    assert "% of the effect was eliminated (95 % CI −" in told


def test_an_effect_that_is_the_same_everywhere_has_no_interval_to_tell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    exact = cultures["arm"].map({"control DEX": 0.0, "control untreated": 0.0})
    cultures["percent_apoptotic"] = exact.fillna(cultures["percent_apoptotic"])
    finding = compare(cultures, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not shown"
    assert "by 0.0 points (the same in every experiment) in control cells" in finding["sentence"]
    assert "not known" not in finding["sentence"]


def test_an_effect_that_grew_was_not_eliminated_at_all(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    treated = cultures["arm"] == "control DEX + added IL-6"
    # Doubles the effect: of that of DEX alone, nothing is gone.
    cultures["percent_apoptotic"] += np.where(treated, 40.0, 0.0)
    sentence = compare(cultures, settings).findings.set_index("id")["sentence"]["2a"]
    assert "none of the effect was eliminated (−" in sentence
    assert "% of the effect was eliminated" not in sentence


def test_copied_experiments_bound_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    one = cultures[cultures["experiment"] == "E1"]
    copies = pd.concat(
        [one.assign(experiment=name, culture=one["culture"] + name) for name in ("E1", "E2", "E3")],
        ignore_index=True,
    )
    finding = compare(copies, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not testable"
    assert finding[["lower", "upper"]].isna().all()


def test_an_effect_that_is_its_own_residual_is_reported_and_not_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    eliminated = next(f for f in settings.findings if f.kind == "eliminated")
    (effect,) = eliminated.part("effect")
    same = (effect, replace(effect, part="residual"))
    changed = replace(settings, findings=(replace(eliminated, differences=same),))
    cultures = joined_study()
    (problem,) = check_arms(cultures, changed)
    assert problem.value == "residual"
    assert problem.message == "compares the same arms as effect; name other arms in residual."
    finding = compare(cultures, changed).findings.iloc[0]
    assert finding["reason"] == "the effect and its residual are the same comparison"


@pytest.mark.parametrize(
    ("residual", "changes"),
    [
        ((IL1B, IL1B_DEX), "changes dex_nM from 1000 to 0"),
        (({**IL1B, "il1ra_ng_ml": 500}, IL1B), "changes il1ra_ng_ml from 0 to 500"),
        (
            (IL1B_DEX, CONTROL),
            'changes cells from "control" to "il1b" and dex_nM from 0 to 1000',
        ),
    ],
)
def test_a_residual_that_is_another_treatment_is_refused(
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
    residual: tuple[ArmPattern, ArmPattern],
    changes: str,
) -> None:
    stated = stating(settings, "eliminated", (CONTROL_DEX, CONTROL), residual)
    (problem,) = check_arms(cultures, stated)
    assert problem.value == "residual"
    assert problem.message == (
        f"{changes}, but effect changes dex_nM from 0 to 1000; the residual must be the same "
        "treatment in the same direction, in another setting that both of its arms have."
    )
    finding = compare(cultures, stated).findings.iloc[0]
    assert finding["verdict"] == "not testable"
    assert changes in finding["reason"]


def test_a_rescuer_that_moves_the_baseline_is_a_caution(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    finding = next(one for one in settings.findings if one.id == "2a")
    of_one = replace(settings, findings=(finding,))
    assert "baseline_moved" not in [flag.code for flag in compare(cultures, of_one).flags]
    with_il6 = cultures["arm"].isin(["control added IL-6", "control DEX + added IL-6"])
    cultures["percent_apoptotic"] += np.where(with_il6, 10.0, 0.0)
    (flag,) = (one for one in compare(cultures, of_one).flags if one.code == "baseline_moved")
    assert (flag.severity, flag.concerns.finding) == ("caution", "2a")
    assert flag.sentence.startswith(
        "The rescuer of finding 2a itself moves the baseline: apoptosis in control added IL-6 was "
    )


def test_donors_that_share_days_have_no_interval_of_the_eliminated_part(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """Fieller's interval needs independent values; the donors of one day are not."""
    finding = next(one for one in settings.findings if one.id == "2a")
    own = replace(settings, findings=(finding,))
    of_days = compare(cultures, own).findings.iloc[0]
    donors = "D" + cultures["replicate"].astype(str)
    days = cultures["experiment"]
    shared = cultures.assign(
        donor=donors, shared_experiment=days, experiment=days + " (" + donors + ")"
    )
    of_donors = compare(shared, own).findings.iloc[0]
    assert of_donors["donors"] == 3
    assert of_donors["estimate"] == pytest.approx(of_days["estimate"], abs=3)
    assert np.isfinite(of_days[["lower", "upper"]].astype(float)).all()
    assert of_donors[["lower", "upper"]].isna().all()
