"""Layouts that confound arms: a note, and a caution only where the data show an effect."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import compare
from coculture.comparison.figures.inputs import FigureInputs
from coculture.exchange.flags import Flag
from tests.comparison.small_studies import DEX, finding, study

ARMS = [{"dex_nM": 0.0}, {"dex_nM": 1000.0}]
UNTREATED, TREATED = "MM untreated", "MM DEX"
SECTION = {
    "findings": [
        finding("lower", "IL-6", ARMS[1], {}),
        finding("higher", "apoptosis", ARMS[1], {}, id="2"),
    ]
}


@pytest.fixture(scope="module")
def made() -> FigureInputs:
    """Four experiments of two arms with four wells."""
    return study(ARMS, [DEX], SECTION, wells=4)


def _elisa(made: FigureInputs, place: Callable[[str, int], str], edge: float = 0.0) -> pd.DataFrame:
    """elisa/wells.csv: a plate an experiment, samples at `place`, standards in columns 1 and 2."""
    chance = np.random.default_rng(3)
    rows: list[dict[str, object]] = []

    def add(plate: str, well: str, role: str, culture: str, nominal: float, value: float) -> None:
        is_edge = well[0] in "AH" or well[1:] in ("1", "12")
        read = value * np.exp(chance.normal(0, 0.05) + edge * is_edge)
        rows.append(
            {"plate": plate, "well": well, "role": role, "analyte": "IL-6", "culture": culture}
            | {"dilution": 1.0, "nominal_pg_ml": nominal, "state": "ok", "in_well_pg_ml": read}
        )

    for experiment, cultures in made.cultures.groupby("experiment"):
        for row, nominal in zip("BCDEFG", (600, 300, 150, 75, 37, 18), strict=True):
            for column in (1, 2):
                add(f"P{experiment}", f"{row}{column}", "standard", "", nominal, nominal)
        for arm, wells in cultures.groupby("arm"):
            for position, one in enumerate(wells.to_dict("records")):
                add(
                    f"P{experiment}",
                    place(str(arm), position),
                    "sample",
                    str(one["culture"]),
                    np.nan,
                    float(one["il6_pg_ml"]),
                )
    return pd.DataFrame(rows)


def _flow(made: FigureInputs, start: Callable[[str, int], int], an_hour: float) -> pd.DataFrame:
    """flow/wells.csv with the minute at which each well was acquired, and a drift in logits."""
    chance = np.random.default_rng(4)

    def rows() -> Iterator[dict[str, object]]:
        for (_, arm), cultures in made.cultures.groupby(["experiment", "arm"]):
            for position, one in enumerate(cultures.to_dict("records")):
                minute = start(str(arm), position)
                logit = -1.4 + an_hour * minute / 60 + chance.normal(0, 0.05)
                dead = round(2000 / (1 + np.exp(-logit)))
                yield {
                    "experiment": one["experiment"],
                    "culture": one["culture"],
                    "role": "sample",
                    "excluded": "",
                    "plate": "",
                    "well": "",
                    "acquired": f"2026-01-01T{9 + minute // 60:02d}:{minute % 60:02d}:00",
                    "n_viable": 2000 - dead,
                    "n_early": dead,
                    "n_late": 0,
                    "n_necrotic": 0,
                }

    return pd.DataFrame(list(rows()))


def _found(made: FigureInputs, code: str, **tables: Any) -> list[Flag]:
    flags = compare(made.cultures, made.settings, **tables).flags
    return [flag for flag in flags if flag.code == code]


def _at_the_edge(arm: str, position: int) -> str:
    return f"A{3 + position}" if arm == TREATED else f"D{3 + position}"


def test_an_arm_only_on_edge_wells_is_a_note(made: FigureInputs) -> None:
    (flag,) = _found(made, "arms_only_on_edge_wells", elisa_wells=_elisa(made, _at_the_edge))
    assert (flag.severity, flag.concerns.finding, flag.concerns.arm) == ("note", "1", TREATED)
    assert "E1, E2, E3 and E4: MM DEX is only on edge wells" in flag.sentence
    assert flag.sentence.endswith("other material reads the same in both places.")


def test_it_is_a_caution_where_edge_wells_read_more(made: FigureInputs) -> None:
    wells = _elisa(made, _at_the_edge, edge=0.3)
    (flag,) = _found(made, "arms_only_on_edge_wells", elisa_wells=wells)
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(0.3, abs=0.06)
    assert "% more than other wells of the same material" in flag.sentence


def test_arms_inside_the_plate_or_on_both_places_have_no_flag(made: FigureInputs) -> None:
    inside = _elisa(made, lambda arm, i: f"{'C' if arm == TREATED else 'D'}{3 + i}", edge=0.3)
    both = _elisa(made, lambda arm, i: f"{'ABCD'[i]}{4 if arm == TREATED else 5}", edge=0.3)
    for wells in (inside, both):
        assert _found(made, "arms_only_on_edge_wells", elisa_wells=wells) == []


def _untreated_first(arm: str, position: int) -> int:
    return 5 * position + (0 if arm == UNTREATED else 60)


def test_an_arm_that_was_always_acquired_first_is_a_note(made: FigureInputs) -> None:
    wells = _flow(made, _untreated_first, an_hour=0.0)
    (flag,) = _found(made, "arms_acquired_in_the_same_order", flow_wells=wells)
    assert (flag.severity, flag.concerns.finding) == ("note", "2")
    assert "MM untreated was acquired before MM DEX; " in flag.sentence


def test_it_is_a_caution_where_the_wells_of_the_same_arms_drift(made: FigureInputs) -> None:
    wells = _flow(made, _untreated_first, an_hour=0.6)
    (flag,) = _found(made, "arms_acquired_in_the_same_order", flow_wells=wells)
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(0.6, abs=0.25)
    assert "apoptosis rose during the acquisition" in flag.sentence


def test_arms_that_took_turns_or_have_no_times_have_no_flag(made: FigureInputs) -> None:
    turns = _flow(made, lambda arm, i: 10 * i + (arm == TREATED), an_hour=0.6)
    for wells in (turns, turns.assign(acquired=""), turns.drop(columns="acquired")):
        assert _found(made, "arms_acquired_in_the_same_order", flow_wells=wells) == []


def _factors(ratio: float, error: float = 0.05, is_applied: bool = False) -> pd.DataFrame:
    half = np.log(ratio) / 2
    return pd.DataFrame(
        {
            "plate": ["PA", "PB"],
            "analyte": "IL-6",
            "factor": np.exp([half, -half]),
            "ln_se": error,
            "compared": "PA; PB",
            "applied": is_applied,
        }
    )


@pytest.mark.parametrize(
    ("factors", "severity", "said"),
    [
        (pd.DataFrame(), "note", "no sample or control is on all of them"),
        (_factors(1.05), "note", "they do not differ in the samples that are on both"),
        (_factors(1.4, error=0.2), "note", "they do not differ"),
        (_factors(1.4), "caution", "PA reads 1.40 times what PB reads of the same samples"),
        (_factors(1.4, is_applied=True), "note", "their values were corrected"),
        (_factors(1.4).assign(compared=["PA; PC", "PB; PD"]), "note", "no sample or control"),
    ],
)
def test_arms_on_different_plates_are_a_caution_only_if_the_plates_differ(
    made: FigureInputs, factors: pd.DataFrame, severity: str, said: str
) -> None:
    wells = _elisa(made, lambda _, i: f"D{3 + i}")
    arms = wells["culture"].map(made.cultures.set_index("culture")["arm"])
    wells["plate"] = np.where(arms == TREATED, "PA", "PB")
    flags = _found(made, "arms_on_different_plates", elisa_wells=wells, plate_factors=factors)
    assert len(flags) == 4
    assert {flag.severity for flag in flags} == {severity}
    assert said in flags[0].sentence
