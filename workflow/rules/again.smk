# What runs again, for the input of every rule.


def again(step):
    """Force the job of `step` if it has to be done again; an input function that adds no input.

    The dates and the records of Snakemake decide nothing: they are lost with .snakemake.
    """
    workflow.dag.forcefiles.update(STALE.get(step.name, []))
    # Here, because Snakemake forgets what a Snakefile sets before it plans the jobs.
    share_jobs()
    return []
