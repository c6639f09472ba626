"""The outcomes that a flow section declares, and their columns."""

from coculture.exchange.outcomes import Outcome, in_columns, outcomes_of


def flow(annexin: str | None, dye: str | None) -> dict[str, dict[str, str | None]]:
    return {"channels": {"annexin": annexin, "viability_dye": dye}}


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
