# What did the drug do to these cells?
#
#   snakemake                                    the embedded example study
#   snakemake --configfile config/mine.yaml      your own
#
# The steps are in workflow/rules, one file for each stage. Each runs `main` of the script in scripts/
# that has its name, in a process of its own; the code that computes is in src/coculture.
import atexit
import platform
import sys
import time
from pathlib import Path

from snakemake.utils import min_version

from coculture import provenance
from coculture.exchange import result_tables
from coculture.exchange.problems import CocultureError
from coculture.running import (
    disk,
    embedding,
    fingerprint,
    leftovers,
    lock,
    project_folder,
    stale,
    stopped_run,
)
from coculture.running.code_files import PACKAGE, CodeFiles
from coculture.running.step import Steps
from coculture.running.workers import Workers
from coculture.study import load, require_sound_controls, summary

min_version("9.20")

# Of the workflow itself, also where another Snakefile includes it or uses it as a module.
BASE = str(workflow.current_basedir)
IS_MODULE = not workflow.modifier.is_main_snakefile()
try:
    project_folder.require_usable(BASE, Path.cwd())
    CONFIG = (
        embedding.config_of_module(config, workflow.configfiles)
        if IS_MODULE
        else embedding.own_config(
            workflow.configfiles,
            workflow.config_settings.config,
            f"{BASE}/config/config.yaml",
        )
    )
    STUDY = load(
        CONFIG,
        Path(f".snakemake/checksums/{Path(CONFIG).stem}.json"),
        with_events=False,
    )
except CocultureError as error:
    sys.exit(str(error))

RESULTS = f"results/{STUDY.name}"
LOGS = f"{RESULTS}/logs"
RUNNING = f".snakemake/running/{STUDY.name}"
RULES = f"{BASE}/workflow/rules"
SCRIPTS = f"{BASE}/scripts"
LOCK = f"{BASE}/requirements.lock"
CODE = CodeFiles(PACKAGE, SCRIPTS, RULES, LOCK, f"{BASE}/Snakefile")
# A step runs again when its `made_from` changes: its code, packages, settings and raw files, and those
# of all the steps before it.
STEPS = Steps(
    SCRIPTS,
    platform.python_version(),
    fingerprint.of_folder(RULES),
    fingerprint.of_file(LOCK),
    fingerprint.of_table(result_tables.definitions()[["table", "column", "type"]]),
    code=fingerprint.Code(Path(".snakemake/fingerprints.json")),
)
WORKERS = Workers(RESULTS, CODE, lock.held)
TEMPLATE = fingerprint.of_folder(PACKAGE / "report/template")
STARTED = time.time()


report: "workflow/report/study.rst"


wildcard_constraints:
    experiment="[^/]+",
    plate="[^/]+",


include: "workflow/rules/again.smk"
include: "workflow/rules/shown.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/flow.smk"
include: "workflow/rules/elisa.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/clinical.smk"
include: "workflow/rules/gate_page.smk"
include: "workflow/rules/provenance_software.smk"
include: "workflow/rules/report_flags.smk"
include: "workflow/rules/differences.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/begin_and_end.smk"
include: "workflow/rules/cluster.smk"
include: "workflow/rules/when_jobs_end.smk"
include: "workflow/rules/dependencies.smk"


each_output_has_one_rule()
STUDY.checksums.save()
PLAN = [
    (
        step,
        expand(
            getattr(rules, step.script.stem).output,
            experiment=step.part,
            plate=step.part,
        ),
    )
    for step in EVERY_STEP
]
# A job of a cluster is a process of its own, which is given what to do.
STALE = stale.outputs(WORKERS.records, PLAN) if workflow.is_main_process else {}
if not STALE and all(WORKERS.records.of(step.name) for step in EVERY_STEP):
    dates_decide_nothing()
    if workflow.is_main_process:
        # Not to the standard output, which may be read by another program (--dag, --summary).
        print(f"The report is up to date: {RESULTS}/report.html", file=sys.stderr)


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        f"{RESULTS}/report.xlsx",
        f"{RESULTS}/checksums.txt",
        f"{RESULTS}/ro-crate-metadata.json",


onstart:
    begin()


onsuccess:
    end()


if IS_MODULE:
    # Of a module Snakemake calls no handlers.
    workflow._onstart = embedding.in_turn(workflow._onstart, begin)
    workflow._onsuccess = embedding.in_turn(workflow._onsuccess, end)
