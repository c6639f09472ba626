"""A job of a cluster lasts a minute or longer, the last one too."""

import pytest

from coculture.running.batches import (
    SECONDS_OF_MB,
    SHORTEST_S,
    STEP_S,
    STEPS_OF_PART,
    experiments_a_job,
    plates_a_job,
)

START_S = STEP_S * STEPS_OF_PART


@pytest.mark.parametrize("experiments", [*range(1, 40), 105, 1000])
@pytest.mark.parametrize("megabytes", [0.5, 80.0, 800.0, 20_000.0])
def test_every_job_lasts_long_enough_and_no_longer_than_it_must(
    experiments: int, megabytes: float
) -> None:
    each_s = START_S + megabytes * SECONDS_OF_MB

    def long_enough(size: int) -> bool:
        jobs = [size] * (experiments // size) + [experiments % size or size]
        return all(job * each_s >= SHORTEST_S for job in jobs)

    size = experiments_a_job([megabytes] * experiments)
    assert long_enough(size) or size == experiments
    assert not any(long_enough(smaller) for smaller in range(1, size))


def test_the_smallest_experiment_counts() -> None:
    assert experiments_a_job([1.0, *[10_000.0] * 99]) == experiments_a_job([1.0] * 100)


@pytest.mark.parametrize(("plates", "size"), [(0, 1), (1, 1), (2, 2), (25, 13), (250, 10)])
def test_plates(plates: int, size: int) -> None:
    assert plates_a_job(plates) == size


def test_a_large_experiment_is_a_job_of_its_own() -> None:
    assert experiments_a_job([20_000.0] * 10) == 1


def test_no_experiments() -> None:
    assert experiments_a_job([]) == 1
