# The study as it was checked: its config with every default, its raw files, what is excluded, and
# the numbers that were measured elsewhere.
RECORD = STEPS.step(
    "study_record",
    config=STUDY.config,
    files=STUDY.raw_files(),
    excluded=STUDY.excluded(),
    values=STUDY.value_rows(),
    flags=STUDY.value_flags(),
)


rule study_record:
    input:
        lambda _: again(RECORD),
    output:
        config=f"{RESULTS}/study/config.yaml",
        files=f"{RESULTS}/study/files.csv",
        excluded=f"{RESULTS}/study/excluded.csv",
        values=f"{RESULTS}/study/values.csv",
        flags=f"{RESULTS}/study/flags.csv",
    log:
        f"{LOGS}/study_record.log",
    threads: 1
    message:
        "Recording the study: config, raw files and their checksums, finished numbers, exclusions"
    run:
        WORKERS.run(RECORD, input, output, log)
