"""Both assays joined on the culture: nothing is lost without a reason."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonError, ComparisonSettings, join_cultures
from coculture.exchange import result_tables
from coculture.exchange.names import column_prefix

JoinedStudy = Callable[..., pd.DataFrame]
ELISA = pd.DataFrame(
    {
        "culture": ["a", "b"],
        "analyte": "IL-6",
        "concentration_pg_ml": [400.0, np.nan],
        "state": ["ok", "below_lloq"],
        "bound_pg_ml": [np.nan, 93.75],
        "flags": ["", "replicates_differ"],
        "excluded": "",
    }
)


@pytest.fixture
def cultures() -> pd.DataFrame:
    """Three untreated cultures of one experiment."""
    return pd.DataFrame(
        {
            "culture": ["a", "b", "c"],
            "experiment": "E1",
            "cells": "control",
            "stroma": "HS-5",
            "dex_nM": 0.0,
            "il1ra_ng_ml": 0.0,
            "il6_ng_ml": 0.0,
            "hours": 48.0,
            "replicate": [1, 2, 3],
        }
    )


def _flow(culture: str, early: int, late: int, viable: int, **more: object) -> dict[str, object]:
    apoptotic, total = early + late, early + late + viable
    return {
        "culture": culture,
        "population": "myeloma",
        "n_viable": viable,
        "n_early": early,
        "n_late": late,
        "n_necrotic": 0,
        "percent_apoptotic": 100 * apoptotic / total,
        "flags": "",
        "excluded": "",
    } | more


def _join(
    cultures: pd.DataFrame, flow: list[dict[str, object]], settings: ComparisonSettings
) -> pd.DataFrame:
    wells = pd.DataFrame(flow)
    joined = join_cultures(cultures, wells, ELISA, "myeloma", ["IL-6"], settings)
    return joined.set_index("culture")


def test_a_culture_that_one_assay_lacks_stays_with_the_reason(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    joined = _join(cultures, [_flow("a", 50, 30, 920), _flow("c", 10, 10, 980)], settings)
    assert list(joined.index) == ["a", "b", "c"]
    assert (joined["excluded"] == "").all(), "nothing that was planned is missing"
    assert joined["il6_state"].to_dict() == {"a": "ok", "b": "below_lloq", "c": "missing"}
    assert joined["il6_bound_pg_ml"]["b"] == 93.75
    assert joined["flags"]["b"] == "replicates_differ"
    assert joined["apoptosis_state"].to_dict() == {"a": "ok", "b": "missing", "c": "ok"}
    assert joined["apoptosis_reason"]["b"] == "not measured by flow cytometry"
    assert joined["il6_reason"]["c"] == "IL-6 not measured by ELISA"
    assert joined["n_apoptotic"]["a"] == 80


def test_repeated_readings_count_by_their_events(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    flow = [_flow("a", 50, 50, 900), _flow("a", 100, 100, 300), _flow("b", 1, 1, 98)]
    joined = _join(cultures, flow, settings)
    assert joined["percent_apoptotic"]["a"] == pytest.approx(100 * 300 / 1500)
    assert joined["n_events"]["a"] == 1500
    assert joined["n_apoptotic"]["a"] == 300


def test_excluded_readings_do_not_count(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    flow = [
        _flow("a", 50, 50, 900, excluded="clogged"),
        _flow("b", 50, 50, 900),
        _flow("b", 400, 400, 200, excluded="few events"),
    ]
    joined = _join(cultures, flow, settings)
    assert np.isnan(joined["percent_apoptotic"]["a"])
    assert joined["excluded"]["a"] == joined["apoptosis_reason"]["a"] == "flow: clogged"
    assert joined["apoptosis_state"]["a"] == "excluded"
    assert joined["apoptosis_state"]["b"] == "ok"
    assert joined["percent_apoptotic"]["b"] == pytest.approx(10)
    assert joined["excluded"]["b"] == "flow: few events (one of several readings)"


def test_why_its_elisa_wells_were_excluded_is_told_of_a_culture(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    elisa = ELISA.assign(state=["ok", "excluded"], bound_pg_ml=np.nan, excluded=["a", "spilled"])
    flow = pd.DataFrame([_flow("a", 50, 50, 900), _flow("b", 50, 50, 900)])
    joined = join_cultures(cultures, flow, elisa, "myeloma", ["IL-6"], settings)
    reasons = joined.set_index("culture")["excluded"]
    assert reasons["b"] == "IL-6: excluded (spilled)"
    assert reasons["a"] == ""


def test_another_population_is_not_mixed_in(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    flow = [_flow("a", 50, 50, 900), _flow("a", 500, 400, 100, population="stroma")]
    assert _join(cultures, flow, settings)["percent_apoptotic"]["a"] == pytest.approx(10)


def test_a_study_without_plates_has_no_il6(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    wells = pd.DataFrame([_flow("a", 50, 50, 900)])
    joined = join_cultures(cultures, wells, pd.DataFrame(), "myeloma", [], settings)
    assert set(joined["il6_state"]) == {"missing"}


def test_every_column_is_declared(joined_study: JoinedStudy) -> None:
    joined = joined_study()
    declared = result_tables.definitions()
    names = set(declared.loc[declared["table"] == "cultures.csv", "column"])
    factors = {"dex_nM", "il1ra_ng_ml", "il6_ng_ml"}
    analytes = {"il6_pg_ml", "il6_state", "il6_bound_pg_ml", "il6_reason"}
    assert set(joined.columns) - factors - analytes <= names


@pytest.mark.parametrize(
    ("analyte", "prefix"),
    [
        ("IL-6", "il6"),
        ("TNF-alpha (R)", "tnfalphar"),
        ("IL-1α", "il1alpha"),
        ("IL-1Β", "il1beta"),
        ("IFNγ", "ifngamma"),
        ("tnf-α", "tnfalpha"),
        ("IFN-λ", "ifnlambda"),
        ("µ-globulin", "muglobulin"),
    ],
)
def test_analytes_in_column_names(analyte: str, prefix: str) -> None:
    assert column_prefix(analyte) == prefix


def test_a_measured_analyte_does_not_overwrite_a_compared_one(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    wells = pd.DataFrame([_flow("a", 50, 50, 900)])
    with pytest.raises(ComparisonError, match='the analyte "il6" differs from "IL-6"'):
        join_cultures(cultures, wells, ELISA, "myeloma", ["il6"], settings)


def test_an_endpoint_may_have_another_name_than_its_analyte(cultures: pd.DataFrame) -> None:
    cytokine = {"name": "cytokine", "measure": "analyte", "analyte": "IL-6"}
    section = {"analytes": [], "endpoints": [cytokine], "findings": [], "contrasts": []}
    settings = ComparisonSettings.from_config(section, [], {"reference": "control"})
    assert settings.analytes == ("IL-6",)
    joined = join_cultures(
        cultures, pd.DataFrame(), ELISA, "myeloma", settings.analytes, settings
    ).set_index("culture")
    assert joined.loc["a", "cytokine_pg_ml"] == 400
    assert joined.loc["b", "cytokine_bound_pg_ml"] == 93.75
