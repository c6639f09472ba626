# What did the drug do to these cells?
#
#   snakemake                                    the embedded example study
#   snakemake --configfile config/mine.yaml      your own
#
# The steps are in workflow/rules, one file for each stage. Each runs a script in scripts/; the code
# that computes is in src/coculture.
import atexit
import signal
import sys
import time
from pathlib import Path

from snakemake.utils import min_version

from coculture import provenance
from coculture.running import fingerprint, lock, step
from coculture.study import StudyError, load

min_version("9.20")

if len(workflow.configfiles) > 1 or workflow.config_settings.config:
    sys.exit(
        "One study at a time, all of it in its own file: one --configfile and no --config."
    )

try:
    STUDY = load(*workflow.configfiles or [f"{workflow.basedir}/config/config.yaml"])
except StudyError as error:
    sys.exit(str(error))

RESULTS = f"results/{STUDY.name}"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"
RUNNING = f".snakemake/running/{STUDY.name}"
PACKAGES = fingerprint.of_file(f"{workflow.basedir}/requirements.lock")
# Of each script and the modules that it imports: a step runs again when its code has changed.
CODE = fingerprint.of_scripts(f"{workflow.basedir}/scripts")
STARTED = time.time()


wildcard_constraints:
    experiment="[^/]+",
    plate="[^/]+",


include: "workflow/rules/study.smk"
include: "workflow/rules/flow.smk"
include: "workflow/rules/elisa.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/clinical.smk"
include: "workflow/rules/provenance_software.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/provenance.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        f"{RESULTS}/report.xlsx",
        f"{RESULTS}/checksums.txt",
        f"{RESULTS}/ro-crate-metadata.json",


onstart:
    # Snakemake's handler of this signal takes a lock that the interrupted thread may hold, and then
    # waits for ever. A run that is asked to end therefore ends as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Snakemake's locks remain after a crash (the profile turns them off); those of the operating
    # system do not.
    try:
        if not lock.take(RUNNING, provenance.started(sys.argv)):
            print(
                "This disk has no file locks: make sure that nobody else runs this study here."
            )
    except lock.AnotherRunError as another:
        sys.exit(str(another))
    lock.end_orphans(".snakemake/running", ".snakemake/scripts")
    # Not in `onerror`: Snakemake does not reach it when the disk is full.
    # Absolute paths, because Snakemake has left the folder by then.
    atexit.register(
        step.say_why_it_stopped,
        Path(RESULTS).absolute(),
        Path(LOGS).absolute(),
        STARTED,
        STUDY.raw_paths(),
    )


onsuccess:
    atexit.unregister(step.say_why_it_stopped)
    print(f"Done. The report: {RESULTS}/report.html")
