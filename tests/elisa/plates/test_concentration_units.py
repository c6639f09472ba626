"""Units as people write them."""

import pytest

from coculture.elisa.plates.concentration_units import pg_ml_per, unit_in


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 pg/ml", "pg/mL"),
        ("5ng/mL", "ng/mL"),
        ("concentration_ug_ml", "ug/mL"),
        ("1 \u00b5g/mL", "ug/mL"),
        ("1 \u03bcg/mL", "ug/mL"),
        ("30 U/mL", "U/mL"),
        ("30 IU/mL", "U/mL"),
        ("STD 5", None),
        ("c01 ng", None),
    ],
)
def test_units_are_recognised(text: str, unit: str | None) -> None:
    assert unit_in(text) == unit


def test_units_of_mass_have_a_factor_and_activity_only_a_stated_one() -> None:
    assert [pg_ml_per(unit, "IL-6", {}) for unit in ("pg/mL", "ng/mL", "ug/mL")] == [1, 1e3, 1e6]
    assert pg_ml_per("U/mL", "IL-6", {"IL-8": 3.0}) is None
    assert pg_ml_per("U/mL", "IL-6", {"IL-6": 8.0}) == 8
