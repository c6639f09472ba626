"""Headings of the figures, for the analytes of any study."""

from coculture.report import captions

ANALYTES = {"il1beta": "IL-1β", "tnfalpha": "TNF-α"}


def test_analytes_are_called_as_the_study_calls_them() -> None:
    assert captions.title("arms_il1beta", ANALYTES) == "IL-1β, by arm"
    assert captions.title("interaction_tnfalpha_pooled_error", ANALYTES) == (
        "Does one drug change what the other does to TNF-α?"
    )
    assert captions.title("arms_apoptosis", ANALYTES) == "Percent apoptotic, by arm"


def test_figures_of_one_family_stand_together_whatever_the_analyte() -> None:
    kinds = ["plates", "interaction_tnfalpha", "arms_tnfalpha", "arms_apoptosis", "findings"]
    assert sorted(kinds, key=captions.order) == [
        "findings", "arms_apoptosis", "arms_tnfalpha", "interaction_tnfalpha", "plates",
    ]  # fmt: skip
