"""Whole studies with categories, a vehicle in every well, several media or times."""

from itertools import product

import numpy as np
import pytest
from matplotlib.text import Text

from coculture.comparison import check_arms
from coculture.comparison.design.arms import sentence_of
from coculture.comparison.design.families import AGAINST_UNTREATED
from coculture.comparison.figures.registry import drawings, every
from tests.comparison.small_studies import DEX, SIRNA, contrasts, finding, study

SIRNA_ARMS = [
    {"sirna": sirna, "dex_nM": dex} for sirna, dex in product(("scrambled", "siIL6"), (0.0, 1000.0))
]


def test_named_levels_are_arms_with_the_control_named() -> None:
    found = study(
        SIRNA_ARMS,
        [SIRNA, DEX],
        {"findings": [finding("lower", "IL-6", {"sirna": "siIL6"}, {})]},
        percent=lambda arm: 20 + 15 * (arm["dex_nM"] > 0) + 10 * (arm["sirna"] == "siIL6"),
        il6=lambda arm: 50.0 if arm["sirna"] == "siIL6" else 200.0,
    )
    labels = [found.design.label(arm) for arm in found.design.arms]
    assert labels == ["MM scrambled", "MM siIL6", "MM scrambled + DEX", "MM siIL6 + DEX"]
    against = contrasts(found.tables, "percent_apoptotic", "treatment against untreated")
    assert against.to_dict() == {
        "MM: siIL6 against scrambled": pytest.approx(10, abs=2),
        "MM: scrambled + DEX against scrambled": pytest.approx(15, abs=2),
        "MM: siIL6 + DEX against scrambled": pytest.approx(25, abs=2),
    }
    parts = contrasts(found.tables, "percent_apoptotic", "combination against its parts")
    assert set(parts.index) == {
        "MM: siIL6 + DEX against scrambled + DEX",
        "MM: siIL6 + DEX against siIL6",
    }
    crossed = contrasts(found.tables, "percent_apoptotic", "interaction of two factors")
    assert crossed.to_dict() == {"MM: siIL6 × DEX": pytest.approx(0, abs=3)}
    row = found.tables.findings.iloc[0]
    assert row["verdict"] == "shown"
    assert row["estimate"] == pytest.approx(0.25, rel=0.1)
    assert "siIL6 lowered IL-6 to 2" in row["sentence"]
    assert "of the level with scrambled" in row["sentence"]
    assert sentence_of(found.design) == ("siRNA scrambled and siIL6, DEX 1000 nM; 48 h.")


def test_the_interaction_is_drawn_from_the_control_level() -> None:
    found = study(SIRNA_ARMS, [SIRNA, DEX])
    figure = dict(drawings(found, every({"apoptosis": "apoptosis"})))[
        "interaction_apoptosis"
    ].figure
    (axis,) = (one for one in figure.axes if one.get_visible())
    assert [one.get_text() for one in axis.get_xticklabels()] == ["scrambled", "siIL6"]


def test_a_category_without_levels_takes_them_from_the_cultures() -> None:
    factor = {"name": "antibody", "column": "antibody", "untreated": "none"}
    found = study([{"antibody": "none"}, {"antibody": "anti-IL-6"}], [factor])
    labels = [found.design.label(arm) for arm in found.design.arms]
    assert labels == ["MM untreated", "MM anti-IL-6"]
    assert sentence_of(found.design).startswith("antibody anti-IL-6; ")


def test_a_vehicle_in_every_well_is_no_treatment() -> None:
    vehicle = {"name": "DMSO", "column": "dmso_percent", "unit": "%", "untreated": 0}
    arms = [{"dmso_percent": 0.1, "dex_nM": dex} for dex in (0.0, 1000.0)]
    section = {
        "findings": [
            finding("higher", "IL-6", {"dex_nM": 1000}, {}),
            finding("higher", "IL-6", {"dex_nM": 1000}, {"dmso_percent": 0.1}, id="2"),
        ]
    }
    found = study(arms, [vehicle, DEX], section, il6=lambda arm: 200 + arm["dex_nM"])
    assert [found.design.label(arm) for arm in found.design.arms] == ["MM untreated", "MM DEX"]
    assert list(contrasts(found.tables, "ln_il6").index) == ["MM: DEX against untreated"]
    assert list(found.tables.findings["verdict"]) == ["shown", "shown"]
    assert sentence_of(found.design) == ("DMSO 0.1 % in every culture, DEX 1000 nM; 48 h.")


def test_doses_without_an_untreated_one_are_compared_with_the_lowest_by_name() -> None:
    found = study([{"dex_nM": dex} for dex in (10.0, 100.0, 1000.0)], [DEX])
    assert [found.design.label(arm) for arm in found.design.arms] == [
        "MM DEX 10 nM",
        "MM DEX 100 nM",
        "MM DEX 1000 nM",
    ]
    assert list(contrasts(found.tables, "ln_il6").index) == [
        "MM: DEX 100 nM against DEX 10 nM",
        "MM: DEX 1000 nM against DEX 10 nM",
        # Each against the next lower one, and the trend.
        "MM: DEX 100 nM against DEX 10 nM",
        "MM: DEX 1000 nM against DEX 100 nM",
        "MM: trend over 3 levels of DEX",
    ]


def test_an_analyte_that_was_added_to_every_culture_is_not_compared() -> None:
    il6 = {"name": "IL-6", "column": "il6", "unit": "ng/mL", "adds_analyte": "IL-6"}
    arms = [{"il6": 10.0, "dex_nM": dex} for dex in (0.0, 1000.0)]
    found = study(arms, [il6, DEX])
    assert contrasts(found.tables, "ln_il6").empty
    assert list(contrasts(found.tables, "percent_apoptotic").index) == ["MM: DEX against untreated"]


TIMES = [
    {"hours": 0.0, "dex_nM": 0.0},
    *({"hours": hours, "dex_nM": dex} for hours in (24.0, 48.0) for dex in (0.0, 1000.0)),
]


def test_arms_of_later_times_are_compared_with_the_baseline_of_their_cells() -> None:
    found = study(
        [arm | {"cells": cells} for cells in ("MM", "U266") for arm in TIMES],
        [DEX],
        {
            "findings": [
                finding("higher", "IL-6", {"cells": "MM", "hours": 48}, {"cells": "MM", "hours": 0})
            ]
        },
        percent=lambda arm: 10 + arm["hours"] / 8 + 10 * (arm["dex_nM"] > 0),
        il6=lambda arm: 20 + 10 * arm["hours"],
    )
    baseline = contrasts(found.tables, "percent_apoptotic", "against the baseline")
    assert {
        name: round(value) for name, value in baseline.items() if str(name).startswith("MM")
    } == {
        "MM 24 h: untreated against baseline": pytest.approx(3, abs=1),
        "MM 24 h: DEX against baseline": pytest.approx(13, abs=1),
        "MM 48 h: untreated against baseline": pytest.approx(6, abs=1),
        "MM 48 h: DEX against baseline": pytest.approx(16, abs=1),
    }
    against = contrasts(found.tables, "percent_apoptotic", "treatment against untreated")
    assert [name for name in against.index if str(name).startswith("MM")] == [
        "MM 24 h: DEX against untreated",
        "MM 48 h: DEX against untreated",
    ]
    between = contrasts(found.tables, "percent_apoptotic", "between cell types").index
    assert "untreated: U266 0 h against MM" in between
    assert not any("baseline" in name for name in between)
    assert found.tables.findings["verdict"].item() == "shown"
    assert sentence_of(found.design) == "DEX 1000 nM; 0, 24 and 48 h."


def test_media_and_stromas_are_settings_of_arms() -> None:
    places = product(("", "HS-5"), ("RPMI", "IMDM"), (0.0, 1000.0))
    arms = [{"stroma": s, "medium": m, "dex_nM": dex} for s, m, dex in places]
    found = study(arms, [DEX], percent=lambda arm: 10 + 20 * (arm["medium"] == "IMDM"))
    labels = [found.design.label(arm) for arm in found.design.arms]
    assert labels[:2] == [
        "MM without stroma in IMDM, untreated",
        "MM without stroma in IMDM, DEX",
    ]
    assert len(set(labels)) == 8
    against = contrasts(found.tables, "percent_apoptotic", AGAINST_UNTREATED)
    assert len(against) == 4
    assert np.allclose(against, 0, atol=2)
    assert "MM on HS-5 in RPMI: DEX against untreated" in against.index
    pattern = {"medium": "RPMI", "stroma": "HS-5"}
    assert found.design.label(found.design.resolve(pattern)) == "MM on HS-5 in RPMI, untreated"
    assert sentence_of(found.design).endswith("48 h without stroma and on HS-5 in IMDM and RPMI.")


def test_every_figure_of_each_design_is_drawn() -> None:
    endpoints = {"apoptosis": "apoptosis", "IL-6": "il6"}
    media = [{"medium": m, "dex_nM": dex} for m in ("RPMI", "IMDM") for dex in (0.0, 1000.0)]
    for found in (study(SIRNA_ARMS, [SIRNA, DEX]), study(TIMES, [DEX]), study(media, [DEX])):
        drawn = dict(drawings(found, every(endpoints)))
        assert list(drawn) == [one.name for one in every(endpoints)]
        arms = drawn["arms_il6"].shown
        assert set(arms["arm"].dropna()) == {found.design.label(a) for a in found.design.arms}


TOCI = {
    "name": "Toci",
    "column": "toci",
    "unit": "µg/mL",
    "interferes_with": {"IL-6": "it keeps IL-6 from being taken up"},
}
TOCI_ARMS = [{"toci": toci, "dex_nM": dex} for toci, dex in product((0.0, 10.0), (0.0, 1000.0))]


def test_a_drug_that_interferes_with_an_assay_labels_what_it_touches() -> None:
    section = {
        "findings": [
            finding("higher", "IL-6", {"toci": 10}, {}),
            finding("lower", "IL-6", {"dex_nM": 1000}, {}, id="2"),
            finding("higher", "apoptosis", {"toci": 10}, {}, id="3"),
        ]
    }
    found = study(
        TOCI_ARMS,
        [TOCI, DEX],
        section,
        percent=lambda arm: 20 + arm["toci"],
        il6=lambda arm: 200 - arm["dex_nM"] / 10 + 100 * arm["toci"],
    )
    verdicts = found.tables.findings.set_index("id")
    assert verdicts["verdict"].to_dict() == {"1": "not testable", "2": "shown", "3": "shown"}
    assert verdicts.loc["1", "reason"] == (
        "Toci interferes with IL-6 in MM Toci: it keeps IL-6 from being taken up"
    )
    assert verdicts.loc["1", "advice"] == "Compare IL-6 only in arms without Toci."
    rows = found.tables.contrasts.set_index(["endpoint", "analysis", "contrast"])["interference"]
    rows = rows.sort_index()
    of_il6 = rows["ln_il6", "per_experiment"]
    label = "Toci: it keeps IL-6 from being taken up"
    assert of_il6.to_dict() == {name: label if "Toci" in name else "" for name in of_il6.index}
    assert set(rows["percent_apoptotic"]) == {""}
    (flag,) = (flag for flag in found.tables.flags if flag.code == "interference")
    assert (flag.severity, flag.concerns.analyte) == ("caution", "IL-6")
    drawn = dict(drawings(found, every({"apoptosis": "apoptosis", "IL-6": "il6"})))
    for name, touched in (("arms_il6", 1), ("interaction_il6", 1), ("arms_apoptosis", 0)):
        texts = [one for one in drawn[name].figure.findobj(Text) if isinstance(one, Text)]
        written = " ".join(" ".join(one.get_text().split()) for one in texts)
        assert ("it keeps IL-6 from being taken up" in written) == touched, name


def test_interference_with_apoptosis_is_no_less_than_with_an_analyte() -> None:
    glowing = TOCI | {"interferes_with": {"apoptosis": "it glows in the channel of Annexin V"}}
    section = {"findings": [finding("higher", "apoptosis", {"toci": 10}, {})]}
    found = study(TOCI_ARMS, [glowing, DEX], section)
    assert found.tables.findings["verdict"].item() == "not testable"
    rows = found.tables.contrasts
    touched = rows[rows["interference"] != ""]
    assert set(touched["endpoint"]) == {"percent_apoptotic", "logit_apoptotic", "ln_viable"}


def test_a_drug_in_every_well_interferes_everywhere() -> None:
    section = {"findings": [finding("lower", "IL-6", {"dex_nM": 1000}, {})]}
    found = study([arm for arm in TOCI_ARMS if arm["toci"]], [TOCI, DEX], section)
    assert found.tables.findings["verdict"].item() == "not testable"
    assert (found.tables.contrasts.query("endpoint == 'ln_il6'")["interference"] != "").all()


def test_an_endpoint_that_is_disturbed_must_be_one_of_the_study() -> None:
    typed = TOCI | {"interferes_with": {"IL6": "it binds IL-6"}}
    found = study(TOCI_ARMS, [typed, DEX])
    (problem,) = check_arms(found.cultures, found.settings)
    assert problem.value == "IL6"
    assert "is not an endpoint of this study" in problem.message
