"""The contrasts that follow from the factor levels of a study."""

from collections.abc import Callable
from itertools import product

import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.design.arms import Design
from coculture.comparison.design.families import PROTECTION, STROMA, contrasts_of

JoinedStudy = Callable[..., pd.DataFrame]


def test_a_second_dose_is_an_arm_of_its_own(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    more = cultures[cultures["arm"] == "control DEX"].assign(dex_nM=100.0)
    design = Design.of(pd.concat([cultures, more]), settings)
    labels = [design.label(arm) for arm in design.arms]
    assert labels[1:3] == ["control DEX 100 nM", "control DEX 1000 nM"]
    names = {contrast.name for contrast in contrasts_of(design, "control")}
    assert {
        "control: DEX 100 nM against untreated",
        "control: DEX 1000 nM against untreated",
    } <= names


def test_no_contrast_is_made_twice_and_only_those_of_stroma_cross_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    both = pd.concat([cultures, cultures.assign(stroma="primary")])
    design = Design.of(both, settings)
    contrasts = contrasts_of(design, "control")
    assert len({contrast.name for contrast in contrasts}) == len(contrasts)
    for contrast in contrasts:
        stromas = {design.by_label[arm].stroma for arm in contrast.weights}
        assert len(stromas) == (2 if contrast.family in (STROMA, PROTECTION) else 1)
        assert sum(contrast.weights.values()) == 0


def test_every_contrast_of_a_full_factorial_has_a_name_of_its_own(
    settings: ComparisonSettings,
) -> None:
    levels = product(("control", "il1b"), (0.0, 1000.0), (0.0, 500.0), (0.0, 10.0))
    full = pd.DataFrame(levels, columns=["cells", "dex_nM", "il1ra_ng_ml", "il6_ng_ml"])
    full = full.assign(stroma="HS-5", hours=48.0)
    contrasts = contrasts_of(Design.of(full, settings), "control")
    names = [contrast.name for contrast in contrasts]
    assert len(set(names)) == len(names)
    assert "DEX against untreated with added IL-6: il1b against control" in names
    assert "DEX × IL-1Ra with added IL-6: il1b against control" in names


def test_cells_whose_name_has_a_colon_keep_their_contrasts_names(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    cultures["cells"] = cultures["cells"].replace("il1b", "il1b: clone 2")
    named = contrasts_of(Design.of(cultures, settings), "control")
    between = [one.name for one in named if one.family == "between cell types"]
    assert "DEX against untreated: il1b: clone 2 against control" in between
    assert all(name.endswith(": il1b: clone 2 against control") for name in between)


def test_an_added_analyte_is_compared_with_none_in_the_same_arm(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    contrasts = compare(cultures, settings).contrasts
    added = contrasts[contrasts["family"] == "added analyte against none"]
    assert set(added["endpoint"]) == {"percent_apoptotic", "logit_apoptotic", "ln_viable"}
    rows = added[
        (added["endpoint"] == "percent_apoptotic") & (added["analysis"] == "per_experiment")
    ].set_index("contrast")
    assert rows.index.to_list() == [
        "control: added IL-6 against none",
        "control with DEX: added IL-6 against none",
        "il1b with IL-1Ra: added IL-6 against none",
        "il1b with DEX + IL-1Ra: added IL-6 against none",
    ]
    means = cultures.groupby(["arm", "experiment"])["percent_apoptotic"].mean()
    expected = (means["control DEX + added IL-6"] - means["control DEX"]).mean()
    assert rows["estimate"].iloc[1] == pytest.approx(expected)
