"""How many parts of a study a job of a cluster does: so many that it lasts a minute or longer."""

import math
from collections.abc import Sequence

SHORTEST_S = 60
"""A shorter job waits for longer than it works, and many of them hold up everybody's queue."""

STEP_S = 3.0
"""To start a step on a node takes no less: Snakemake begins twice, for job and step."""
STEPS_OF_PART = 2
"""Of an experiment: its gates and its figures. Of a plate: its curve and its figures."""

SECONDS_OF_MB = 0.04
"""To gate and draw a megabyte of FCS files takes no less: half of what was measured (0.09)."""


def experiments_a_job(megabytes: Sequence[float]) -> int:
    """How many experiments a job does.

    Parameters
    ----------
    megabytes
        Size of the FCS files of each experiment, in 10^6 bytes. The smallest counts, because
        Snakemake decides which experiments share a job.
    """
    return _parts_a_job(len(megabytes), min(megabytes, default=0.0) * SECONDS_OF_MB)


def plates_a_job(plates: int) -> int:
    """How many ELISA plates a job does."""
    return _parts_a_job(plates, 0.0)


def _parts_a_job(parts: int, work_s: float) -> int:
    """The smallest number of parts with which every job, the last too, lasts `SHORTEST_S`.

    All parts if they last no longer together; 1 if there are none.

    Parameters
    ----------
    work_s
        How long the work on a part takes, without the start of its steps.
    """
    least = math.ceil(SHORTEST_S / (STEP_S * STEPS_OF_PART + work_s))
    sizes = (size for size in range(least, parts) if (parts % size or size) >= least)
    return next(sizes, max(parts, 1))
