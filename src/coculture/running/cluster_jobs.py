"""Why Slurm refused or ended a job, from the messages of Snakemake's plug-in."""

import re

_REFUSED = re.compile(r"The error message was '(.*?)'\.\s", re.DOTALL)
_ENDED = re.compile(r"SLURM-job '([^']+)' failed.*?SLURM status is: '(\w+)'", re.DOTALL)
_BEFORE_THE_REASON = ("sbatch: ", "error: ", "Batch job submission failed: ")
_STATES = {
    "NODE_FAIL": "its node was lost. Run again",
    "BOOT_FAIL": "its node did not start. Run again",
    "TIMEOUT": "it reached its time limit. Set a longer runtime and run again",
    "DEADLINE": "it reached its time limit. Set a longer runtime and run again",
    "OUT_OF_MEMORY": "it needed more memory than it had. Set a larger mem_mb and run again",
    "CANCELLED": "somebody cancelled it. Run again",
    "PREEMPTED": "another job took its place. Run again",
}


def reason(message: str) -> str:
    """A message of the plug-in on a job that Slurm refused or ended, as a sentence for the user.

    >>> reason("SLURM-job '7' failed due to a node failure, SLURM status is: 'NODE_FAIL'. ...")
    'Slurm ended job 7: its node was lost. Run again.'
    """
    if refused := _REFUSED.search(f"{message}\n"):
        return f"Slurm did not take a job: {_last_line(refused[1])}. Run again when it does."
    if ended := _ENDED.search(message):
        job, state = ended.groups()
        return f"Slurm ended job {job}: {_STATES.get(state, f'its state is {state}. Run again')}."
    return f"Slurm: {message.strip().partition(chr(10))[0]}"


def _last_line(text: str) -> str:
    """The last line, with neither the names of programs before it nor a full stop."""
    line = text.strip().rpartition("\n")[2]
    for before in _BEFORE_THE_REASON:
        line = line.removeprefix(before)
    return line.rstrip(". ")
