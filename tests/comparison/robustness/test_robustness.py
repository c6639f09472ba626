"""How fragile findings are: which analyses change a verdict, which are counted, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import (
    AlternativeTables,
    Comparison,
    ComparisonSettings,
    compare,
    join_cultures,
)
from coculture.exchange.alternatives import AUTOMATIC_GATES, PUT_BACK, Alternative
from coculture.study.schema import schema, with_defaults
from tests.comparison.conftest import EVENTS, elisa_cultures, flow_wells
from tests.comparison.small_studies import DEX, finding

UNTREATED, TREATED = {"cells": "MM"}, {"cells": "MM", "dex_nM": 10}
HIGHER = Alternative("the Annexin V threshold a tenth of a decade higher", "threshold_moved")
POOLED = Alternative("the valley of all samples", "threshold_source", "no control tests it")


class Study:
    """A study of two arms with known percents and IL-6, and its alternatives.

    `effects` are the rises of percent apoptotic in each experiment, `ratios` the ratios of IL-6.
    """

    def __init__(
        self,
        effects: Sequence[float],
        findings: Sequence[Mapping[str, Any]],
        ratios: Sequence[float] | None = None,
    ) -> None:
        ratios = [1.0] * len(effects) if ratios is None else ratios
        rows = [
            {
                "culture": f"E{number}-{dose}-{well}",
                "experiment": f"E{number}",
                "cells": "MM",
                "stroma": "",
                "hours": 48.0,
                "dex_nM": dose,
                "replicate": well,
                "percent_apoptotic": 20.0 + number + (effect if dose else 0.0),
                "il6_pg_ml": 200.0 * number * (ratio if dose else 1.0),
            }
            for number, (effect, ratio) in enumerate(zip(effects, ratios, strict=True), 1)
            for dose in (0.0, 10.0)
            for well in (1, 2)
        ]
        self.truth = pd.DataFrame(rows)
        section = {"analytes": ["IL-6"], "findings": [dict(one) for one in findings]}
        self.settings = ComparisonSettings.from_config(
            with_defaults(section, schema("comparison")), [DEX], {"reference": "MM"}
        )
        self.wells = self._wells(self.truth)
        self.cultures = join_cultures(
            cultures=self.truth.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
            flow_wells=self.wells,
            elisa_cultures=elisa_cultures(self.truth),
            population="myeloma",
            analytes=["IL-6"],
            settings=self.settings,
        )

    @staticmethod
    def _wells(truth: pd.DataFrame) -> pd.DataFrame:
        files = truth["culture"] + ".fcs"
        return flow_wells(truth).assign(
            fcs=files, experiment=truth["experiment"], role="sample", events_population=EVENTS
        )

    def flow(
        self, alternative: Alternative, percents: "pd.Series[float]", kept: str = ""
    ) -> pd.DataFrame:
        """flow/alternatives.csv in which the cultures have other percents; NaN: left out.

        In the experiment `kept` they have their own.
        """
        changed = self._wells(self.truth.assign(percent_apoptotic=percents))
        changed["events_population"] = changed["events_population"].where(percents.notna())
        changed = changed[changed["experiment"] != kept] if kept else changed
        table = changed.drop(columns=["flags", "excluded", "percent_apoptotic", "role"])
        table = table.assign(**dict.fromkeys(["kept_because"], ""))
        if kept:
            table.loc[len(table) + 100, ["experiment", "fcs", "kept_because"]] = (
                kept,
                "",
                "there is no FMO control",
            )
        return _labelled(table, alternative)

    def elisa(self, alternative: Alternative, factors: Mapping[str, float]) -> pd.DataFrame:
        """elisa/alternatives.csv in which some cultures read a multiple of what they did."""
        rows = self.truth[self.truth["culture"].isin(list(factors))]
        table = elisa_cultures(rows).drop(columns=["flags", "excluded"])
        table["concentration_pg_ml"] *= table["culture"].map(factors)
        return _labelled(table, alternative)

    def compared(
        self, flow: Sequence[pd.DataFrame] = (), elisa: Sequence[pd.DataFrame] = ()
    ) -> Comparison:
        tables = AlternativeTables(
            flow=pd.concat(flow, ignore_index=True) if flow else pd.DataFrame(),
            elisa=pd.concat(elisa, ignore_index=True) if elisa else pd.DataFrame(),
            flow_wells=self.wells,
            population="myeloma",
        )
        return compare(self.cultures, self.settings, alternatives=tables)


def _labelled(table: pd.DataFrame, alternative: Alternative) -> pd.DataFrame:
    said = pd.DataFrame([alternative.in_columns()] * len(table), index=table.index)
    return pd.concat([said, table], axis=1)


def higher(**more: Any) -> dict[str, Any]:
    return finding("higher", "apoptosis", TREATED, [UNTREATED], **more)


def row(table: pd.DataFrame, alternative: str) -> "pd.Series[Any]":
    (found,) = [one for _, one in table.iterrows() if one["alternative"] == alternative]
    return found


def test_a_robust_finding_keeps_its_verdict() -> None:
    study = Study([10.0, 11.0, 12.0, 10.5], [higher()])
    other = study.truth["percent_apoptotic"] - 2.0
    table = study.compared([study.flow(HIGHER, other)]).robustness
    assert row(table, HIGHER.name)["verdict"] == "shown"
    assert table["sentence"].iloc[0] == "Shown by its own test in all 3 analyses."
    # As configured, the moved threshold, logits.
    assert list(table.loc[table["counted"], "choice"]) == [
        "as_configured",
        "threshold_moved",
        "scale",
    ]


def test_a_fragile_finding_names_what_changes_its_verdict() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    treated = study.truth["dex_nM"] > 0
    # Half of the experiments lose their rise.
    lost = treated & study.truth["experiment"].isin(["E1", "E3"])
    table = study.compared(
        [study.flow(HIGHER, study.truth["percent_apoptotic"].mask(lost, 18.0))]
    ).robustness
    assert row(table, HIGHER.name)["verdict"] == "not shown"
    assert table["sentence"].iloc[0] == (
        f"Shown by its own test in 2 of 3 analyses; not with {HIGHER.name}."
    )


def test_values_are_those_of_a_study_that_was_measured_so() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    other = study.truth["percent_apoptotic"] * 1.1
    found = row(study.compared([study.flow(HIGHER, other)]).robustness, HIGHER.name)
    joined = join_cultures(
        cultures=study.truth.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
        flow_wells=flow_wells(study.truth.assign(percent_apoptotic=other)),
        elisa_cultures=elisa_cultures(study.truth),
        population="myeloma",
        analytes=["IL-6"],
        settings=study.settings,
    )
    by_hand = compare(joined, study.settings).findings.iloc[0]
    for column in ("estimate", "p", "level", "unit"):
        assert found[column] == by_hand[column]


def test_what_is_not_counted_does_not_change_the_sentence() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    table = study.compared([study.flow(POOLED, study.truth["dex_nM"] * 0 + 30.0)]).robustness
    found = row(table, POOLED.name)
    assert not found["counted"]
    assert found["reason"] == "no control tests it"
    assert table["sentence"].iloc[0] == "Shown by its own test in all 2 analyses."


def test_an_alternative_that_changes_nothing_of_a_finding_is_not_listed() -> None:
    study = Study(
        [6.0, 9.0, 7.0, 8.0],
        [higher(), finding("lower", "IL-6", TREATED, [UNTREATED]) | {"id": "2"}],
        ratios=[0.5, 0.4, 0.6, 0.5],
    )
    of_culture = {"E1-10.0-1": 1.2}
    well = Alternative("well A1 of P1 left out", "well_left_out")
    table = study.compared(
        [study.flow(HIGHER, study.truth["percent_apoptotic"])], [study.elisa(well, of_culture)]
    ).robustness
    assert HIGHER.name not in set(table["alternative"])
    assert list(table.loc[table["alternative"] == well.name, "id"]) == ["2"]


def test_a_finding_says_what_it_would_be_with_the_automatic_gates() -> None:
    automatic = Alternative("the automatic gates", AUTOMATIC_GATES)
    study = Study(
        [6.0, 9.0, 7.0, 8.0],
        [higher(), finding("lower", "IL-6", TREATED, [UNTREATED]) | {"id": "2"}],
        ratios=[0.5, 0.4, 0.6, 0.5],
    )
    percents = study.truth["percent_apoptotic"]
    lost = (study.truth["dex_nM"] > 0) & study.truth["experiment"].isin(["E1", "E3"])
    for other, said in (
        (
            percents - 2.0,
            "; with the automatic gates the verdict is the same (estimate 7.5 instead",
        ),
        (percents.mask(lost, 18.0), ", and this changed the verdict: with the automatic gates it"),
    ):
        table = study.compared([study.flow(automatic, other)]).robustness
        sentences = table.groupby("id", sort=False)["with_automatic_gates"].first()
        assert sentences.iloc[0].startswith(f"Gates were set by hand{said}")
        assert sentences["2"].endswith("which changed nothing that this finding compares.")
    assert not study.compared().robustness["with_automatic_gates"].any()


def test_an_experiment_that_keeps_its_own_is_named() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    flow = study.flow(HIGHER, study.truth["percent_apoptotic"] + 1.0, kept="E2")
    found = row(study.compared([flow]).robustness, HIGHER.name)
    assert found["counted"]
    assert found["reason"] == "E2 as configured, because there is no FMO control"
    nowhere = flow[flow["fcs"] == ""]
    lost = row(study.compared([nowhere]).robustness, HIGHER.name)
    assert not lost["counted"]
    assert lost["verdict"] == ""


def test_a_file_that_is_left_out_leaves_the_other_wells() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    is_one = study.truth["culture"] == "E1-10.0-1"
    other = study.truth["percent_apoptotic"].mask(is_one)
    left_out = Alternative("E1-10.0-1.fcs left out", "file_left_out")
    flow = study.flow(left_out, other)
    table = study.compared([flow[flow["culture"] == "E1-10.0-1"]]).robustness
    # The other well of the arm has the same percent, so nothing changes.
    assert left_out.name not in set(table["alternative"])
    both = study.flow(left_out, study.truth["percent_apoptotic"].mask(
        (study.truth["experiment"] == "E1") & (study.truth["dex_nM"] > 0)
    ))  # fmt: skip
    only = both[both["events_population"].isna()]
    found = row(study.compared([only]).robustness, left_out.name)
    assert found["estimate"] == pytest.approx(8.0)


def test_sign_flips_count_from_the_floor_on() -> None:
    four = row(Study([6.0, 9.0, 7.0, 8.0], [higher()]).compared().robustness, "the sign-flip test")
    assert not four["counted"]
    assert four["p"] == pytest.approx(1 / 16)
    assert four["reason"] == (
        "its smallest possible p with 4 experiments is 0.0625, above the level of 0.025"
    )
    effects = [6.0, 9.0, 7.0, 8.0, 6.5, 7.5]
    six = row(Study(effects, [higher()]).compared().robustness, "the sign-flip test")
    assert six["counted"]
    assert (six["verdict"], six["p"]) == ("shown", pytest.approx(1 / 64))
    assert six["reason"] == "its smallest possible p with 6 experiments is 0.0156"


def test_a_margin_has_no_other_scale() -> None:
    claim = finding("not_raised", "apoptosis", TREATED, [UNTREATED], margin_points=5)
    table = Study([1.0, 0.5, 1.5, 0.8], [claim]).compared().robustness
    found = row(table, "logits in place of percentage points")
    assert not found["counted"]
    assert found["reason"] == "the margin of 5 points has no counterpart on the other scale"
    assert table["sentence"].iloc[0] == (
        "Shown by its own test; no other analysis could be tried, so its fragility is not known."
    )


def test_the_weakest_experiment_is_printed_and_not_counted() -> None:
    effects = np.array([6.0, 20.0, 7.0, 8.0])
    study = Study(list(effects), [higher()])
    table = study.compared().robustness
    (found,) = table[table["choice"] == "experiment_left_out"].to_dict("records")
    p = {}
    for place, name in enumerate(("E1", "E2", "E3", "E4")):
        by_hand = Study(list(np.delete(effects, place)), [higher()]).compared().findings
        p[name] = float(by_hand["p"].iloc[0])
    weakest = max(p, key=lambda name: p[name])
    assert found["alternative"] == f"experiment {weakest} left out"
    assert found["p"] == pytest.approx(p[weakest], rel=1e-6)
    assert not found["counted"]
    three = Study([6.0, 9.0, 7.0], [higher()]).compared().robustness
    assert "experiment_left_out" not in set(three["choice"])


def test_measurement_stands_beside_the_standard_error() -> None:
    study = Study([6.0, 9.0, 7.0, 8.0], [higher()])
    first = study.compared().robustness.iloc[0]
    share = study.truth["percent_apoptotic"] / 100
    of_well = 1e4 * share * (1 - share) / EVENTS
    of_mean = of_well.groupby([study.truth["experiment"], study.truth["dex_nM"]]).sum() / 4
    assert first["measurement_sd"] == pytest.approx(np.sqrt(of_mean.sum()) / 4, rel=0.01)
    assert first["se"] == pytest.approx(np.std([6, 9, 7, 8], ddof=1) / 2, rel=0.01)
    assert first["measurement"].startswith("The standard error of the comparison that decides is")


def test_a_finding_that_is_not_testable_says_so() -> None:
    table = Study([6.0, 9.0], [higher()]).compared().robustness
    assert table["verdict"].iloc[0] == "not testable"
    assert table["sentence"].iloc[0] == "Not testable in all 2 analyses."
    assert row(table, "the sign-flip test")["verdict"] == ""


def _excluded(study: Study, wells: Sequence[str]) -> None:
    """Exclude the flow and ELISA measurements of some cultures."""
    lost = study.truth["culture"].isin(list(wells))
    study.wells = study.wells.assign(excluded=study.wells["excluded"].mask(lost, "outlier"))
    elisa = elisa_cultures(study.truth)
    elisa = elisa.assign(
        state=elisa["state"].mask(lost, "excluded"),
        concentration_pg_ml=elisa["concentration_pg_ml"].mask(lost),
    )
    study.cultures = join_cultures(
        cultures=study.truth.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
        flow_wells=study.wells,
        elisa_cultures=elisa.assign(excluded=elisa["excluded"].mask(lost, "outlier")),
        population="myeloma",
        analytes=["IL-6"],
        settings=study.settings,
    )


def _flow_put_back(study: Study, culture: str) -> pd.DataFrame:
    alternative = Alternative(f"{culture}.fcs put back", PUT_BACK)
    rows = study.flow(alternative, study.truth["percent_apoptotic"])
    return rows[rows["culture"] == culture]


def test_wells_that_were_excluded_after_the_fact_are_put_back() -> None:
    """In two experiments the drug did nothing, and one well of each treated arm stayed out."""
    study = Study([6.0, 6.5, 6.0, 6.2], [higher()])
    bad = ["E1-10.0-1", "E2-10.0-1", "E2-10.0-2"]
    lost = study.truth["culture"].isin(bad)
    study.truth["percent_apoptotic"] -= np.where(lost, 20.0, 0.0)
    study.wells = Study._wells(study.truth)
    _excluded(study, bad)
    tables = [_flow_put_back(study, culture) for culture in bad]
    table = study.compared(tables).robustness
    assert table["verdict"].iloc[0] == "shown"
    of_all = row(table, "all excluded samples put back")
    assert of_all["counted"]
    assert of_all["verdict"] == "not shown"
    assert "not with " in table["sentence"].iloc[0]
    assert list(table["choice"]).count(PUT_BACK) == len(bad) + 1
    # The values are those of a study that excluded nothing.
    study.wells = Study._wells(study.truth)
    _excluded(study, [])
    assert study.compared().findings["p"].iloc[0] == of_all["p"]


def test_excluded_wells_of_elisa_are_put_back() -> None:
    study = Study(
        [0.0] * 4, [finding("lower", "IL-6", TREATED, [UNTREATED])], ratios=[0.5, 0.4, 0.6, 0.5]
    )
    _excluded(study, ["E1-10.0-1"])
    back = Alternative("wells A1 of P1 of E1-10.0-1 (IL-6) put back", PUT_BACK)
    table = study.compared(elisa=[study.elisa(back, {"E1-10.0-1": 5.0})]).robustness
    found = row(table, back.name)
    assert found["counted"]
    assert found["estimate"] > table["estimate"].iloc[0]
    assert "all excluded wells put back" not in set(table["alternative"])
