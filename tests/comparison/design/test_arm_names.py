"""One naming of arms: stroma, doses with their units, drugs together."""

from typing import Any

import pandas as pd
import pytest

from coculture.comparison.design.arms import Design, arms_of, sentence_of
from coculture.comparison.design.families import contrasts_of
from coculture.comparison.settings import ComparisonError, Factor

FACTORS = [
    Factor.from_config(one)
    for one in (
        {"name": "BTZ", "column": "btz_nM"},
        {"name": "TOC", "column": "toc", "unit": "ug/mL"},
        {"name": "IL-6", "column": "il6_ng_ml", "adds_analyte": "IL-6"},
    )
]
LABELS = {"mm1s": "MM.1S"}


def design(*rows: tuple[str, str, float, float], **columns: list[Any]) -> Design:
    """The design of cultures: cells, stroma, BTZ and TOC of each."""
    table = pd.DataFrame(rows, columns=["cells", "stroma", "btz_nM", "toc"])
    table = table.assign(hours=48.0, il6_ng_ml=0.0).assign(**columns)
    return Design.from_arms(arms_of(table, FACTORS), FACTORS, "mm1s", LABELS)


DOSES = [
    *(("mm1s", "HS-5", dose, toc) for dose in (0.0, 2.5, 10.0) for toc in (0.0, 10.0)),
    ("u266", "", 0.0, 0.0),
    ("u266", "", 10.0, 0.0),
    ("", "HS-5", 0.0, 0.0),
    ("", "HS-5", 10.0, 0.0),
]


def test_stroma_and_doses_are_said_in_every_name() -> None:
    of_study = design(*DOSES)
    assert [of_study.display_label(arm) for arm in of_study.arms] == [
        "MM.1S on HS-5, untreated",
        "MM.1S on HS-5, BTZ 2.5 nM",
        "MM.1S on HS-5, BTZ 10 nM",
        "MM.1S on HS-5, TOC",
        "MM.1S on HS-5, BTZ 2.5 nM + TOC",
        "MM.1S on HS-5, BTZ 10 nM + TOC",
        "u266 without stroma, untreated",
        "u266 without stroma, BTZ 10 nM",
        "HS-5 alone, untreated",
        "HS-5 alone, BTZ 10 nM",
    ]
    assert of_study.label(of_study.arms[0]) == "mm1s on HS-5, untreated"
    assert [of_study.cells_and_setting(arm) for arm in of_study.arms[::4]] == [
        "MM.1S cells on HS-5",
        "MM.1S cells on HS-5",
        "HS-5 alone",
    ]
    assert sentence_of(of_study) == (
        "BTZ 2.5 and 10 nM, TOC 10 µg/mL; 48 h without stroma and on HS-5; also HS-5 alone."
    )


def test_no_contrast_says_none_or_leaves_a_gap() -> None:
    names = [one.name for one in contrasts_of(design(*DOSES), "mm1s")]
    assert "mm1s on HS-5: BTZ 10 nM against untreated" in names
    assert "HS-5 alone: BTZ 10 nM against untreated" in names
    assert "untreated: HS-5 alone against mm1s on HS-5" in names
    backgrounds = [one.background for one in contrasts_of(design(*DOSES), "mm1s")]
    assert not any(word in name for name in names + backgrounds for word in ("none", "  ", "no s"))
    assert "on HS-5" in backgrounds


def test_short_names_where_all_cells_grow_on_the_same() -> None:
    of_study = design(("mm1s", "HS-5", 0.0, 0.0), ("mm1s", "HS-5", 10.0, 0.0))
    assert [of_study.label(arm) for arm in of_study.arms] == ["mm1s untreated", "mm1s BTZ"]


def test_medium_and_hours_in_long_and_short_names() -> None:
    media = ["RPMI", "IMDM"]
    short = design(("mm1s", "", 0, 0), ("mm1s", "", 10, 0), medium=media, hours=[24, 48])
    assert short.label(short.arms[-1]) == "mm1s RPMI 24 h untreated"
    long = design(("mm1s", "", 0, 0), ("mm1s", "HS-5", 10, 0), medium=media, hours=[24, 48])
    assert long.label(long.arms[-1]) == "mm1s on HS-5 in IMDM at 48 h, BTZ"


def test_an_arm_is_named_without_cells_only_where_that_is_meant() -> None:
    of_study = design(*DOSES[:6], *DOSES[-2:])
    assert of_study.label(of_study.resolve({"stroma": "HS-5"})) == "mm1s untreated"
    alone = of_study.resolve({"cells": "", "btz_nM": 10})
    assert of_study.label(alone) == "HS-5 alone, BTZ 10 nM"


@pytest.mark.parametrize("written", ["", "none", "None", "without"])
def test_no_stroma_can_be_written_in_several_ways(written: str) -> None:
    of_study = design(*DOSES)
    arm = of_study.resolve({"cells": "u266", "stroma": written})
    assert of_study.display_label(arm) == "u266 without stroma, untreated"


def test_stroma_has_to_be_named_where_it_differs() -> None:
    with pytest.raises(ComparisonError, match="does not name its stroma"):
        design(*DOSES).resolve({"cells": "mm1s"})


@pytest.mark.parametrize(
    ("entry", "unit"),
    [
        ({"column": "dex_nM"}, "nM"),
        ({"column": "dex_uM"}, "µM"),
        ({"column": "dex", "unit": "uM"}, "µM"),
        ({"column": "dex", "unit": "μM"}, "µM"),
        ({"column": "toc_ug_ml"}, "µg/mL"),
        ({"column": "dex"}, ""),
        ({"column": "clone_nM", "untreated": "wild type"}, ""),
    ],
)
def test_units_are_shown_in_one_way(entry: dict[str, Any], unit: str) -> None:
    assert Factor.from_config({"name": "DEX", **entry}).unit == unit
