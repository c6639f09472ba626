"""Standards in the wrong order."""

from collections.abc import Callable

import pytest

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.check_result import CheckResult

ChecksOf = Callable[..., dict[str, CheckResult]]


def test_a_fall_at_the_highest_standard_is_a_hook_and_no_wrong_order(
    checks_of: ChecksOf, rising: list[float]
) -> None:
    found = checks_of([*rising[:-1], 1.6])
    assert (found["order_of_standards"].number, found["order_of_standards"].verdict) == (0, "pass")
    assert found["high_dose_hook"].verdict == "warning"


@pytest.mark.parametrize("step", range(6))
def test_a_fall_at_any_lower_step_is_a_wrong_order(
    checks_of: ChecksOf, rising: list[float], step: int
) -> None:
    means = rising.copy()
    means[step], means[step + 1] = means[step + 1], means[step]
    order = checks_of(means)["order_of_standards"]
    assert (order.number, order.limit, order.verdict) == (1, 0, "warning")


def test_every_wrong_step_below_the_highest_is_counted(checks_of: ChecksOf) -> None:
    # Turned: 0.2 and 0.4, 1.2 and 1.8, 2.4 and 2.9; the last pair is the highest step.
    order = checks_of([0.05, 0.4, 0.2, 0.7, 1.8, 1.2, 2.9, 2.4])["order_of_standards"]
    assert order.number == 2


def test_a_fall_within_the_scatter_is_no_wrong_order(
    checks_of: ChecksOf, rising: list[float]
) -> None:
    """Wells at 1.2 have an SD of 0.06, so means of two differ by 0.06; z of 0.995 is 2.58."""
    for fall, count in ((0.14, 0), (0.17, 1)):
        means = [*rising[:4], 1.2 + fall / 2, 1.2 - fall / 2, *rising[6:]]
        assert checks_of(means)["order_of_standards"].number == count


def test_the_warning_counts_the_steps_and_names_the_table(checks_of: ChecksOf) -> None:
    order = checks_of([0.05, 0.4, 0.2, 0.7, 1.8, 1.2, 2.4, 2.9])["order_of_standards"]
    flag = order.flag(subjects.curve("P1", "IL-6"))
    assert (flag.code, flag.severity) == ("order_of_standards", "caution")
    assert (flag.value, flag.limit, flag.unit) == (2, 0, "steps")
    assert (flag.concerns.kind, flag.concerns.plate) == ("curve", "P1")
    assert flag.sentence.startswith("2 steps")
    assert "elisa.csv" in flag.sentence
