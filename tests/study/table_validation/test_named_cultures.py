"""Which cultures other tables may and must name, checked on rows made by hand."""

import pytest

from coculture.study.table_validation import named_cultures
from tests.study.table_validation.made_up_rows import CULTURE, FILE, WELL, numbered


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["E1 day2 ctrl1"], "this culture is not in cultures.csv. Known are: E1 day2 ctrl1."),
        (["E1 day2 ctrl1", "E2 day2 ctrl1"], "2 cultures are called so (E1 day2 ctrl1 and E2 day"),
    ],
)
def test_a_label_without_its_experiment_may_mean_several_cultures(
    known: list[str], said: str
) -> None:
    table = numbered({**WELL, "culture": "ctrl1"})
    cultures = numbered(*({**CULTURE, "culture": one} for one in known))
    (problem,) = named_cultures.references("elisa.csv", table, cultures)
    assert problem.message.startswith(said)


def test_a_spike_is_no_measurement_of_its_culture() -> None:
    cultures = numbered({**CULTURE, "culture": "c"})
    wells = numbered({**WELL, "role": "spike", "culture": "c"})
    (problem,) = named_cultures.unmeasured_cultures(
        cultures, {"flow.csv": numbered(FILE), "elisa.csv": wells}
    )
    assert problem.message.startswith("this culture is in neither flow.csv nor elisa.csv")
