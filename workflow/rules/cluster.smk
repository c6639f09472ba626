# What concerns a cluster alone: which steps share a job is in profiles/slurm, how many parts here.
from coculture.running import batches, cluster_jobs


# It takes a second, and all plates wait for it.
localrules:
    elisa_variance,


PARTS_A_JOB = {
    "flow": batches.experiments_a_job(
        [
            sum(Path(path).stat().st_size for path in paths) / 1e6
            for paths in FCS_PATHS.values()
        ]
    ),
    "plates": batches.plates_a_job(len(STUDY.plates)),
}


def share_jobs():
    """Put `PARTS_A_JOB` into a job, unless the command line says how many."""
    if not workflow.group_settings.group_components:
        workflow.group_settings.group_components = PARTS_A_JOB


def ended_jobs():
    """Sentences about jobs that the cluster refuses or ends, to which each such job adds one.

    Snakemake does not print why a job of several steps failed.
    """
    reasons = []
    if workflow.local_exec:
        return reasons
    executor = workflow.scheduler._executor
    tell = executor.report_job_error

    def note(job, msg=None, **given):
        if msg:
            reasons.append(cluster_jobs.reason(msg))
        tell(job, msg=msg, **given)

    executor.report_job_error = note
    return reasons
