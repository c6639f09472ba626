"""The outcomes that a flow section declares, and their columns."""

from typing import Any

from coculture.exchange.outcomes import Outcome, in_columns, median_column, outcomes_of


def flow(annexin: str | None, dye: str | None, **section: Any) -> dict[str, Any]:
    return {"channels": {"annexin": annexin, "viability_dye": dye}, **section}


SYTO9 = {"name": "SYTO9", "channel": "FL1-A", "living_cells": "positive"}
PI = {"name": "PI", "channel": "FL3-A", "living_cells": "negative"}


def test_annexin_and_dye_give_apoptotic_first_then_each_quadrant() -> None:
    outcomes = outcomes_of(flow("FL1-A", "FL3-A"))
    assert [one.name for one in outcomes.outcomes] == [
        "apoptotic", "viable", "early", "late", "necrotic",
    ]  # fmt: skip
    assert outcomes.outcomes[0].classes == ("early", "late")
    assert outcomes.counts == ("n_viable", "n_early", "n_late", "n_necrotic")


def test_an_outcome_is_found_by_its_name() -> None:
    outcomes = outcomes_of(flow("FL1-A", "FL3-A"))
    assert outcomes.named("late") == Outcome("late", ("late",))
    assert outcomes.named("PI-positive") is None


def test_names_as_columns_keep_their_words_apart() -> None:
    assert in_columns("Annexin V-positive") == "annexin_v_positive"
    assert in_columns("IL-1β high") == "il_1beta_high"


def test_a_dye_alone_is_called_as_its_channel_and_nothing_is_apoptotic() -> None:
    outcomes = outcomes_of(flow(None, "7-AAD"))
    assert outcomes.outcomes == (
        Outcome("7-AAD-positive", ("7-AAD-positive",)),
        Outcome("7-AAD-negative", ("7-AAD-negative",)),
    )
    assert outcomes.counts == ("n_7_aad_negative", "n_7_aad_positive")
    assert outcomes.outcomes[0].column == "percent_7_aad_positive"
    assert outcomes.living == ("7-AAD-negative",)
    assert not outcomes.are_standard
    assert outcomes.seen_columns == ("viability_dye_seen",)


def test_annexin_alone_is_annexin_v() -> None:
    outcomes = outcomes_of(flow("FL1-A", None))
    assert [one.name for one in outcomes.outcomes] == ["Annexin V-positive", "Annexin V-negative"]
    assert outcomes.seen_columns == ("annexin_seen",)


def test_stains_take_the_place_of_the_channels_with_their_defaults() -> None:
    outcomes = outcomes_of(flow("Annexin V", "7-AAD", stains=[SYTO9]))
    assert [one.name for one in outcomes.outcomes] == ["SYTO9-negative", "SYTO9-positive"]
    assert outcomes.living == ("SYTO9-positive",)


def test_two_stains_give_each_side_and_each_combination() -> None:
    outcomes = outcomes_of(flow(None, None, stains=[PI, SYTO9]))
    assert [one.name for one in outcomes.outcomes] == [
        "PI-positive", "PI-negative", "SYTO9-negative", "SYTO9-positive",
        "PI-negative SYTO9-negative", "PI-negative SYTO9-positive",
        "PI-positive SYTO9-negative", "PI-positive SYTO9-positive",
    ]  # fmt: skip
    assert outcomes.living == ("PI-negative SYTO9-positive",)
    assert outcomes.outcomes[0].classes == (
        "PI-positive SYTO9-negative", "PI-positive SYTO9-positive",
    )  # fmt: skip


def test_outcomes_of_the_config_are_read_from_one_or_several_classes() -> None:
    wanted = [
        {"name": "dead", "cells": {"SYTO9": "negative", "PI": "positive"}},
        {"name": "damaged", "cells": [{"PI": "positive"}, {"SYTO9": "negative"}]},
    ]
    outcomes = outcomes_of(flow(None, None, stains=[SYTO9, PI], outcomes=wanted))
    dead, damaged = outcomes.outcomes
    assert (dead.name, dead.classes) == ("dead", ("SYTO9-negative PI-positive",))
    assert damaged.classes == (
        "SYTO9-negative PI-negative", "SYTO9-negative PI-positive", "SYTO9-positive PI-positive",
    )  # fmt: skip


def test_without_stains_nothing_is_read() -> None:
    assert outcomes_of(flow(None, None)).outcomes == ()


def test_a_channel_has_a_column_for_its_median() -> None:
    assert median_column("CD38-PE") == "median_cd38_pe"
