# The study as it was checked: its config with every default, its raw files, what is excluded.


rule study_record:
    output:
        config=f"{RESULTS}/study/config.yaml",
        files=f"{RESULTS}/study/files.csv",
        excluded=f"{RESULTS}/study/excluded.csv",
    log:
        f"{LOGS}/study_record.log",
    benchmark:
        f"{BENCHMARKS}/study_record.tsv"
    threads: 1
    params:
        config=STUDY.config,
        files=STUDY.raw_files(),
        excluded=STUDY.excluded(),
        code=CODE["study_record"],
        packages=PACKAGES,
    message:
        "Recording the study: config, raw files and their checksums, exclusions"
    script:
        "../../scripts/study_record.py"
