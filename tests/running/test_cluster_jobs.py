"""What Slurm says of a job that it refused or ended becomes one sentence."""

import pytest

from coculture.running.cluster_jobs import reason


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            "SLURM sbatch failed. The error message was 'sbatch: error: Batch job submission "
            "failed: Required partition not available (inactive or drain)'.\n    sbatch call:\n"
            "        sbatch --parsable --job-name 'a'.\n",
            "Slurm did not take a job: Required partition not available (inactive or drain). "
            "Run again when it does.",
        ),
        (
            "SLURM sbatch failed. The error message was 'sbatch: error: AssocMaxSubmitJobLimit\n"
            "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job "
            "submit limit, user's size and/or time limits)'.\n    sbatch call:\n",
            "Slurm did not take a job: Job violates accounting/QOS policy (job submit limit, "
            "user's size and/or time limits). Run again when it does.",
        ),
        (
            "SLURM-job '12_3' failed due to a node failure, SLURM status is: 'NODE_FAIL'. Failed "
            "nodes will be excluded from future job submissions.",
            "Slurm ended job 12_3: its node was lost. Run again.",
        ),
        (
            "SLURM-job '4' failed, SLURM status is: 'OUT_OF_MEMORY'. Reason: OutOfMemory.",
            "Slurm ended job 4: it needed more memory than it had. Set a larger mem_mb and run "
            "again.",
        ),
        (
            "SLURM-job '4' failed, SLURM status is: 'ODD'.",
            "Slurm ended job 4: its state is ODD. Run again.",
        ),
        (
            "Job submission failed with exception: no munge\nmore",
            "Slurm: Job submission failed with exception: no munge",
        ),
    ],
)
def test_one_sentence(told: str, says: str) -> None:
    assert reason(told) == says
