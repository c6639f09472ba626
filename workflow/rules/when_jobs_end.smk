# When Snakemake looks for jobs that it can start, and at how many.


def look_when_jobs_end():
    """Let it look when a job has ended, and not every second as well.

    For its limit of jobs a second it would look once more often every second for each job that has
    ended. On one machine the processors are the limit; as many jobs can begin at once.
    """
    settings = workflow.scheduling_settings
    # None where Snakemake is asked something, as --summary, and runs nothing.
    if workflow.local_exec and settings is not None:
        settings.max_jobs_per_timespan = None
        if settings.subsample:
            cores = workflow.resource_settings.cores or 1
            settings.subsample = max(settings.subsample, cores)
