"""Every kind of quantity, from the tables of the assays to the numbers of the comparison."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import (
    Comparison,
    ComparisonError,
    ComparisonSettings,
    check_arms,
    compare,
    join_cultures,
)
from coculture.comparison.design.arms import Arm, Design
from coculture.study.schema import faults, schema, with_defaults

FACTORS = [{"name": "LEN", "column": "len_uM", "unit": "µM", "untreated": 0}]
EXPERIMENTS = ("E1", "E2", "E3", "E4")
CELLS = 1_000
COUNTS = {0: (800, 120, 60, 20), 10: (500, 250, 200, 50)}
"""Viable, early, late and necrotic cells of a well, by dose."""
SHIFT = dict(zip(EXPERIMENTS, (-6, -2, 2, 6), strict=True))
"""Early cells more, and viable cells fewer, in each experiment."""
MEASURED = {
    "flow": {"channels": {"annexin": "AV", "viability_dye": "PI"}},
    "populations": ["myeloma", "stroma"],
    "analytes": [],
    "values": {"viability": "%", "ATP": "% of control", "IL-10": "ng/mL"},
}


def _cultures() -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"culture": f"{experiment}-{dose}-{well}", "experiment": experiment, "cells": "MM"}
        | {"stroma": "", "hours": 48.0, "replicate": well, "len_uM": float(dose)}
        for experiment in EXPERIMENTS
        for dose in (0, 10)
        for well in (1, 2)
    ]
    return pd.DataFrame(rows)


def _flow_wells() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for row in _cultures().to_dict("records"):
        viable, early, late, necrotic = COUNTS[int(row["len_uM"])]
        shift = SHIFT[row["experiment"]]
        viable, early = viable - shift, early + shift
        rows.append(
            {"culture": row["culture"], "population": "myeloma", "n_viable": viable}
            | {"n_early": early, "n_late": late, "n_necrotic": necrotic}
            | {"percent_apoptotic": (early + late) / 10, "percent_early": early / 10}
            | {"percent_viable": viable / 10, "events_singlets": 4_000, "events_population": CELLS}
            | {"median_cd38": 500.0 + shift if row["len_uM"] else 90.0}
            | {"background_median_cd38": 100.0, "flags": "", "excluded": ""}
            | {"cell_density": 2.0 if row["len_uM"] else 4.0 + shift / 10}
            | {"cell_density_unit": "counting bead"}
        )
        rows.append(rows[-1] | {"population": "stroma", "n_early": 0, "percent_early": 0.0})
    return pd.DataFrame(rows)


def _values() -> pd.DataFrame:
    rows = []
    for row in _cultures().to_dict("records"):
        shift = SHIFT[row["experiment"]]
        treated = row["len_uM"] > 0
        for name, unit, value in (
            ("viability", "%", (60.0 if treated else 90.0) + shift / 3 * (1 + treated)),
            ("ATP", "% of control", (55.0 if treated else 110.0) * (1 + shift / 100 * treated)),
            ("IL-10", "ng/mL", (2.0 if treated else 1.0) * (1 + shift / 100 * treated)),
        ):
            rows.append(
                {"culture": row["culture"], "endpoint": name, "unit": unit, "value": value}
                | {"count": 400.0 if unit == "%" else np.nan, "relation": "", "exclude": ""}
            )
    return pd.DataFrame(rows)


def _settings(endpoints: list[dict[str, Any]], **section: Any) -> ComparisonSettings:
    made = with_defaults({"endpoints": endpoints, **section}, schema("comparison"))
    return ComparisonSettings.from_config(made, FACTORS, {"reference": "MM"}, MEASURED)


def _compared(
    endpoints: list[dict[str, Any]],
    wells: pd.DataFrame | None = None,
    values: pd.DataFrame | None = None,
    **section: Any,
) -> tuple[pd.DataFrame, Comparison]:
    settings = _settings(endpoints, **section)
    joined = join_cultures(
        cultures=_cultures(),
        flow_wells=_flow_wells() if wells is None else wells,
        elisa_cultures=pd.DataFrame(),
        population="myeloma",
        analytes=[],
        settings=settings,
        values=_values() if values is None else values,
    )
    return joined, compare(joined, settings)


def _effect(tables: Comparison, endpoint: str) -> "pd.Series[Any]":
    """The effect of the drug by the primary analysis."""
    rows = tables.contrasts[
        (tables.contrasts["endpoint"] == endpoint)
        & (tables.contrasts["analysis"] == "per_experiment")
        & (tables.contrasts["family"] == "treatment against untreated")
    ]
    (row,) = (one for _, one in rows.iterrows())
    return row


def test_an_outcome_is_the_percent_of_its_classes() -> None:
    joined, tables = _compared([{"name": "early", "measure": "percent", "outcome": "early"}])
    first = joined.set_index("culture").loc["E1-0-1"]
    assert (first["percent_early"], first["n_early"], first["n_events"]) == (11.4, 114, CELLS)
    assert _effect(tables, "percent_early")["estimate"] == pytest.approx(13.0)
    odds = np.log((250 - 6 + 0.5) / (CELLS - 244 + 0.5)) - np.log((114 + 0.5) / (886 + 0.5))
    values = tables.contrast_values.set_index(["endpoint", "experiment", "analysis"])["value"]
    assert values["logit_early", "E1", "per_experiment"] == pytest.approx(odds)


def test_another_population_has_columns_of_its_own() -> None:
    joined, _ = _compared(
        [
            {"name": "early", "measure": "percent", "outcome": "early"},
            {
                "name": "early of stroma",
                "measure": "percent",
                "outcome": "early",
                "population": "stroma",
            },
        ]
    )
    assert joined["percent_early"].min() > 0
    assert set(joined["percent_early_of_stroma"]) == {0.0}


def test_specific_apoptosis_is_in_each_experiment_and_may_be_negative() -> None:
    name = {"name": "specific apoptosis", "measure": "specific", "outcome": "apoptotic"}
    _, tables = _compared([name])
    treated, untreated = (45.0, 18.0)
    each = [
        100 * (treated - untreated) / (100 - untreated - SHIFT[one] / 10) for one in EXPERIMENTS
    ]
    row = _effect(tables, "specific_apoptotic")
    assert row["estimate"] == pytest.approx(np.mean(each))
    assert np.isnan(row["ratio"])
    swapped = _flow_wells()
    swapped["n_early"] = 120.0 - 100 * swapped["culture"].str.contains("-10-")
    swapped["n_late"] = 60.0
    _, protected = _compared([name], swapped)
    assert _effect(protected, "specific_apoptotic")["estimate"] < 0


def test_a_median_at_or_below_its_background_is_a_bound() -> None:
    joined, tables = _compared([{"name": "CD38", "measure": "median", "channel": "CD38"}])
    untreated = joined[joined["len_uM"] == 0]
    assert set(untreated["cd38_state"]) == {"below_background"}
    assert set(untreated["cd38_bound"]) == {100.0}
    assert untreated["cd38_median"].isna().all()
    row = _effect(tables, "ln_cd38")
    assert row["relation"] == ">="
    assert row["ratio"] == pytest.approx(5.0, rel=0.01)


def test_a_share_and_a_number_of_cells() -> None:
    joined, tables = _compared(
        [
            {"name": "myeloma share", "measure": "share"},
            {"name": "myeloma cells", "measure": "cells", "per": "bead"},
        ]
    )
    assert set(joined["myelomashare_percent"]) == {25.0}
    assert _effect(tables, "ln_myelomacells")["ratio"] == pytest.approx(0.5, rel=0.02)
    no_volume, _ = _compared([{"name": "cells", "measure": "cells", "per": "volume"}])
    assert set(no_volume["cells_state"]) == {"excluded"}
    assert set(no_volume["cells_reason"]) == {"flow: its file gives no cells per µL"}


def test_finished_numbers_have_the_scale_of_their_unit() -> None:
    joined, tables = _compared(
        [{"name": name, "measure": "values"} for name in ("viability", "ATP", "IL-10")]
    )
    scales = tables.endpoints.set_index("endpoint")["scale"]
    assert scales.to_dict() == {"viability_value": "points", "ln_atp": "log", "ln_il10": "log"}
    assert _effect(tables, "viability_value")["estimate"] == pytest.approx(-30.0)
    assert _effect(tables, "ln_atp")["ratio"] == pytest.approx(0.5, rel=0.01)
    assert joined["viability_n_all"].eq(400).all()


def test_a_finished_number_below_a_limit_is_a_bound_and_an_excluded_one_has_its_reason() -> None:
    values = _values()
    is_il10 = values["endpoint"] == "IL-10"
    untreated = values["culture"].str.contains("-0-")
    values.loc[is_il10 & untreated, "relation"] = "<="
    values.loc[is_il10 & (values["culture"] == "E1-10-1"), "exclude"] = "spilt"
    joined, tables = _compared([{"name": "IL-10", "measure": "values"}], values=values)
    states = joined.set_index("culture")["il10_state"]
    assert (states["E1-0-1"], states["E1-10-1"], states["E1-10-2"]) == (
        *("below_limit", "excluded", "ok"),
    )
    assert joined.set_index("culture")["il10_reason"]["E1-10-1"] == "spilt"
    assert _effect(tables, "ln_il10")["relation"] == ">="


def test_without_the_key_the_study_is_compared_as_it_is_measured() -> None:
    assert _settings([]).subjects == ("apoptosis", "viability", "ATP", "IL-10")
    other = MEASURED | {
        "flow": {"channels": {"annexin": None, "viability_dye": "PI"}},
        "values": {},
    }
    section = with_defaults({}, schema("comparison"))
    alone = ComparisonSettings.from_config(section, FACTORS, {"reference": "MM"}, other)
    assert alone.subjects == ("PI-positive",)
    none = ComparisonSettings.from_config(
        section, FACTORS, {"reference": "MM"}, other | {"flow": None}
    )
    assert none.subjects == ()


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ({"measure": "percent", "outcome": "dead"}, 'has the outcome "dead". Known are: apoptotic'),
        ({"measure": "percent", "outcome": "erly"}, "Did you mean early?"),
        ({"measure": "values"}, 'takes "x" from values.csv, which has viability, ATP and IL-10'),
        ({"measure": "share", "population": "T"}, 'has the population "T", and the study has'),
        ({"measure": "cells", "per": "bead", "scale": "points"}, "cells is compared on log"),
    ],
)
def test_an_endpoint_that_is_not_measured_is_refused(endpoint: dict[str, Any], said: str) -> None:
    with pytest.raises(ComparisonError, match="endpoints") as raised:
        _settings([{"name": "x", **endpoint}])
    assert said in str(raised.value)


def test_names_that_would_share_columns_are_refused_and_signs_keep_them_apart() -> None:
    alike = [{"name": name, "measure": "values", "values": "ATP"} for name in ("A T P", "atp")]
    with pytest.raises(ComparisonError, match="would have the same columns"):
        _settings(alike)
    signed = [{"name": name, "measure": "values", "values": "ATP"} for name in ("CD38+", "CD38-")]
    assert [one.prefix for one in _settings(signed).quantities] == ["cd38pos", "cd38neg"]


@pytest.mark.parametrize("order", [1, -1])
def test_names_that_would_share_rows_of_tables_are_refused(order: int) -> None:
    """The log of the cells that are not apoptotic is ln_viable."""
    apoptosis = {"name": "apoptosis", "measure": "percent", "outcome": "apoptotic"}
    signal = {"name": "viable", "measure": "median", "channel": "AV"}
    with pytest.raises(ComparisonError, match=r'called ln_viable in tables; give "viable" another'):
        _settings([apoptosis, signal][::order])
    with pytest.raises(ComparisonError, match='"dying" and "apoptosis" are the same numbers'):
        _settings([apoptosis, apoptosis | {"name": "dying"}])


def test_keys_of_another_kind_of_endpoint_are_refused() -> None:
    entry = {"name": "x", "measure": "values", "channel": "APC-A"}
    found = {str(path[-1]) for path, *_ in faults({"endpoints": [entry]}, schema("comparison"))}
    assert found == {"channel"}


def _finding(kind: str, endpoint: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "kind": kind,
        "endpoint": endpoint,
        "statement": "It is so",
        "arm": {"len_uM": 10},
        "compared_with": {},
        **more,
    }


RATIO = {"name": "IL-10", "measure": "values"}
PERCENT = {"name": "viability", "measure": "values"}


@pytest.mark.parametrize(
    ("endpoint", "finding", "verdict", "sentence"),
    [
        (
            RATIO | {"margin_ratio": 3},
            _finding("not_raised", "IL-10"),
            "shown",
            "raised IL-10, by less than 3-fold: 200 % of the untreated level",
        ),
        (
            RATIO,
            _finding("not_raised", "IL-10", margin_ratio=1.5),
            "not shown",
            "LEN raised IL-10 by 2.0-fold",
        ),
        (PERCENT, _finding("not_lowered", "viability"), "not shown", "lowered viability by 30.0"),
        (
            PERCENT,
            _finding("not_lowered", "viability", margin_points=40),
            "shown",
            "lowered viability, by less than 40 points: −30.0 points",
        ),
        (PERCENT, _finding("lower", "viability"), "shown", "LEN lowered viability: 30.0 points"),
    ],
)
def test_findings_about_any_endpoint(
    endpoint: dict[str, Any], finding: dict[str, Any], verdict: str, sentence: str
) -> None:
    _, tables = _compared([endpoint], findings=[finding])
    (row,) = tables.findings.to_dict("records")
    assert row["verdict"] == verdict
    assert sentence in row["sentence"]


def test_a_finding_that_needs_a_margin_and_has_none_is_refused() -> None:
    settings = _settings([RATIO], findings=[_finding("not_raised", "IL-10")])
    (problem,) = check_arms(_cultures(), settings, ["IL-10"])
    assert "give the finding or its endpoint margin_ratio, for example 1.5" in problem.message
    _, tables = _compared([RATIO], findings=[_finding("not_raised", "IL-10")])
    assert tables.findings["verdict"].item() == "not testable"


def test_the_interval_of_an_arm_keeps_the_bounds_of_a_percent_and_a_difference_does_not() -> None:
    values = _values()
    is_viability = values["endpoint"] == "viability"
    shifts = values["culture"].str[:2].map(SHIFT)
    values.loc[is_viability, "value"] = 97 + shifts / 2
    treated = is_viability & values["culture"].str.contains("-10-")
    values.loc[treated, "value"] = 40 - 5 * shifts[treated]
    contrasts = [
        {
            "name": "untreated alone",
            "endpoint": "viability",
            "weights": [{"arm": {}, "weight": 1}],
        }
    ]
    _, tables = _compared([PERCENT], values=values, contrasts=contrasts)
    own = tables.contrasts.set_index(["contrast", "analysis"])
    assert own.loc[("untreated alone", "per_experiment"), "upper"] == 100.0
    assert _effect(tables, "viability_value")["lower"] < -100


def test_a_finished_number_may_have_a_name_of_one_letter() -> None:
    entry = {"name": "v", "measure": "values", "values": "v"}
    assert [*faults({"endpoints": [entry]}, schema("comparison"))] == []
    (fault,) = faults({"endpoints": [{**entry, "values": ""}]}, schema("comparison"))
    assert fault[0][-1] == "values"


def test_what_is_added_says_nothing_of_any_endpoint_that_measures_it() -> None:
    """By whatever name; and an endpoint that is only called so is compared."""
    drug = {"name": "IL-6", "column": "il6", "unit": "ng/mL", "untreated": 0}
    added = [drug | {"adds_analyte": "IL-6"}]
    measured = MEASURED | {"analytes": ["IL-6", "IL-8"]}
    endpoints = [
        {"name": "secretion", "measure": "analyte", "analyte": "IL-6"},
        {"name": "IL-6", "measure": "analyte", "analyte": "IL-8"},
    ]
    made = with_defaults({"endpoints": endpoints}, schema("comparison"))
    settings = ComparisonSettings.from_config(made, added, {"reference": "MM"}, measured)
    design = Design.from_arms(
        [Arm("MM", "", 48.0, (dose,)) for dose in (0.0, 10.0)], settings.factors, "MM", {}
    )
    given = next(arm for arm in design.arms if arm.levels == (10.0,))
    assert [one.name for one in design.added(given, "secretion")] == ["IL-6"]
    assert design.added(given, "IL-6") == []
    twice = [endpoints[0], endpoints[0] | {"name": "IL6 again"}]
    with pytest.raises(ComparisonError, match='"IL6 again" and "secretion" are the same numbers'):
        ComparisonSettings.from_config(
            with_defaults({"endpoints": twice}, schema("comparison")),
            added,
            {"reference": "MM"},
            measured,
        )
