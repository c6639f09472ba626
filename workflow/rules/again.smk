# What runs again, for the input of every rule.
from snakemake.io import flag


def again(step):
    """Force the job of `step` if it has to be done again; an input function that adds no input.

    The dates and the records of Snakemake decide nothing: they are lost with .snakemake.
    """
    workflow.dag.forcefiles.update(STALE.get(step.name, []))
    # Here, because Snakemake forgets what a Snakefile sets before it plans the jobs.
    share_jobs()
    look_when_jobs_end()
    return []


def dated(path):
    """`path` of an input, whose date counts until `dates_decide_nothing`."""
    # A text of its own: Snakemake would mark the output whose path it is, too.
    return flag(path if callable(path) else str(path), "ancient", False)


inputflags:
    dated,


def dates_decide_nothing():
    """Where all is done. Elsewhere Snakemake needs the dates to go from one job to the next."""
    for step in EVERY_STEP:
        for path in getattr(rules, step.script.stem).rule.input:
            path.flags["ancient"] = True
