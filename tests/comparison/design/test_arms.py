"""Arms: their order and their names."""

from collections.abc import Callable

import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.design.arms import Design, arms_of, sentence_of

JoinedStudy = Callable[..., pd.DataFrame]


def test_arms_are_ordered_and_named_by_the_factors(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = Design.of(joined_study(), settings)
    assert [design.label(arm) for arm in design.arms] == [
        "control untreated",
        "control DEX",
        "control IL-1Ra",
        "control DEX + IL-1Ra",
        "control added IL-6",
        "control DEX + added IL-6",
        "il1b untreated",
        "il1b DEX",
        "il1b IL-1Ra",
        "il1b DEX + IL-1Ra",
        "il1b IL-1Ra + added IL-6",
        "il1b DEX + IL-1Ra + added IL-6",
    ]


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("hours", (48.0, 48.0000001), ("48 h", "48.0000001 h")),
        ("dex_nM", (1_000_000.1, 1_000_000.2), ("DEX 1000000.1 nM", "DEX 1000000.2 nM")),
        ("dex_nM", (0.1 + 0.2, 0.3), ("DEX 0.30000000000000004 nM", "DEX 0.3 nM")),
    ],
)
def test_levels_that_lie_close_have_names_of_their_own(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    column: str,
    values: tuple[float, float],
    words: tuple[str, str],
) -> None:
    cultures = joined_study()
    treated = cultures[column] > 0
    second = treated & (cultures["replicate"] == 2)
    cultures[column] = (
        cultures[column].astype(float).mask(treated, values[0]).mask(second, values[1])
    )
    design = Design.of(cultures, settings)
    names = [design.label(arm) for arm in design.arms]
    assert len(set(names)) == len(names)
    for words_of_level in words:
        assert any(words_of_level in name for name in names)
    labelled = cultures.assign(
        arm=[design.label(arm) for arm in arms_of(cultures, settings.factors)]
    )
    assert set(compare(labelled, settings).arms["arm"]) == set(names)


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    """The example's design, with IL-6 below 200 pg/mL out of range."""
    return joined_study(seed=3, lloq_pg_ml=200.0)


def test_the_design_in_one_sentence(cultures: pd.DataFrame, settings: ComparisonSettings) -> None:
    first, last = cultures.head(1), cultures.tail(1)
    varied = pd.concat(
        [
            cultures,
            first.assign(dex_nM=0.5, hours=24.0),
            last.assign(dex_nM=1e6, hours=72.0, stroma=""),
        ]
    )
    assert sentence_of(Design.of(varied, settings)) == (
        "DEX 0.5, 1000 and 1000000 nM, IL-1Ra 500 ng/mL, added IL-6 10 ng/mL; "
        "24, 48 and 72 h without stroma and on HS-5."
    )
    bare = cultures[cultures["arm"] == "control untreated"]
    assert sentence_of(Design.of(bare, settings)) == "48 h on HS-5."
