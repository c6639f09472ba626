"""Without positive staining, that apoptosis is not raised or eliminated cannot be shown."""

from collections.abc import Callable

import pandas as pd

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.evaluation import unstained_arms
from coculture.exchange.vocabulary import NOT_TESTABLE

JoinedStudy = Callable[..., pd.DataFrame]


def test_arms_in_which_no_staining_was_seen(settings: ComparisonSettings) -> None:
    apoptosis = settings.quantity("apoptosis")
    assert apoptosis is not None
    cultures = pd.DataFrame(
        {
            "arm": ["a", "a", "b", "b", "c"],
            "experiment": ["E1", "E2", "E1", "E2", "E1"],
            "annexin_seen": pd.array([False, True, True, pd.NA, False], dtype="boolean"),
        }
    )
    assert unstained_arms(cultures, apoptosis) == {"a": ["E1"], "c": ["E1"]}
    assert unstained_arms(cultures.drop(columns="annexin_seen"), apoptosis) == {}


def test_only_findings_of_an_absence_need_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """1a is of IL-6, 3b claims a rise; 1b no rise, 2a to 2c that an effect is gone."""
    cultures = joined_study()
    before = compare(cultures, settings).findings.set_index("id")
    assert NOT_TESTABLE not in set(before["verdict"])
    cultures["annexin_seen"] = (cultures["experiment"] != "E1").astype("boolean")
    after = compare(cultures, settings).findings.set_index("id")
    untested = after.index[after["verdict"] == NOT_TESTABLE]
    assert list(untested) == ["1b", "2a", "2b", "2c"]
    assert set(after.loc[untested, "reason"]) == {
        "no positive Annexin V staining was seen in wells of E1"
    }
    others = before.index.difference(untested)
    # Of fewer findings that are tested, fewer are corrected for.
    same = [column for column in before if column != "holm_ratio"]
    pd.testing.assert_frame_equal(after.loc[others, same], before.loc[others, same])


def test_a_difference_that_one_unstained_arm_makes_is_not_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """3b: that an arm is higher than another one, which lacks the stain, is not shown by that."""
    cultures = joined_study()
    (finding,) = (one for one in settings.findings if one.id == "3b")
    difference = finding.differences[0]
    assert finding.kind == "higher"

    def verdict(unstained: Callable[[pd.DataFrame], "pd.Series[bool]"]) -> str:
        seen = ~(unstained(cultures) & (cultures["experiment"] == "E2"))
        changed = cultures.assign(annexin_seen=seen.astype("boolean"))
        return str(compare(changed, settings).findings.set_index("id").loc["3b", "verdict"])

    design = Design.of(cultures, settings)
    higher = design.label(design.resolve(difference.arm))
    lowers = [design.label(design.resolve(one.compared_with)) for one in finding.differences]
    assert verdict(lambda table: table["arm"] == lowers[0]) == NOT_TESTABLE
    assert verdict(lambda table: table["arm"] == higher) != NOT_TESTABLE
    assert verdict(lambda table: table["arm"].isin([higher, *lowers])) != NOT_TESTABLE
