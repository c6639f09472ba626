# What is done before the first job and after the last.


def begin(*_):
    """Before the first job: one run at a time, of a sound study, in a folder without leftovers."""
    WORKERS.stop_on_signals()
    # Snakemake's locks remain after a crash (the profile turns them off); those of the operating
    # system do not.
    try:
        if not lock.take(RUNNING, provenance.started(sys.argv)):
            print(
                "This disk has no file locks: make sure that nobody else runs this study here."
            )
        require_sound_controls(STUDY)
        print(summary(STUDY))
        leftovers.require_none_edited(WORKERS.records)
    except CocultureError as refused:
        sys.exit(str(refused))
    except OSError as failed:
        sys.exit(f"Nothing was run. {disk.sentence(failed, RUNNING)}")
    for line in leftovers.remove(WORKERS.records, RESULTS, PLAN):
        print(line)
    # Not in `onerror`: Snakemake does not reach it when the disk is full.
    # Absolute paths, because Snakemake has left the folder by then.
    atexit.register(STUDY.checksums.forget)
    atexit.register(
        stopped_run.say_why,
        Path(RESULTS).absolute(),
        Path(LOGS).absolute(),
        STARTED,
        WORKERS.failures,
        ended_jobs(),
        STUDY.raw_paths(),
    )


def end(*_):
    """After the last job, if all went well."""
    atexit.unregister(stopped_run.say_why)
    atexit.unregister(STUDY.checksums.forget)
    if has_report():
        print(f"Done. The report: {RESULTS}/report.html")
    else:
        print("Done with what was asked for, which was not the report.")


def has_report():
    """Whether the report is there and of this study as it is now: a run can be asked for less."""
    dag = workflow.dag
    return any(
        f"{RESULTS}/report.html" in job.output
        and (dag.finished(job) or not dag.needrun(job))
        for job in dag.jobs
    )
