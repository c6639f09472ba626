# `make help` lists the commands. The environment (.venv) is made on first use and again when a lock changes.
STUDY ?= config/config.yaml
CORES ?= all
PYTHON ?= python3
define LINE_BREAK


endef
ifneq ($(findstring :,$(CURDIR))$(findstring $(LINE_BREAK),$(CURDIR)),)
$(error The path of the folder '$(CURDIR)' has a colon or a line break, with which Python's environments do not work. Rename the folder)
endif
# What is given is text: neither make nor a shell runs any of it. A recipe has it as "$$STUDY", so that
# it may hold spaces and quotes. This comes before everything that starts a shell.
GIVEN := STUDY CORES PYTHON NAME FLOW ELISA VALUES MAPS PATTERN RAW OPTIONS LONG
GIVEN += $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
$(foreach name,$(GIVEN),$(eval override $(name) := $$(value $(name))))
export $(GIVEN)
# Those of another Python, which a cluster's modules set, would give this one foreign packages.
unexport PYTHONPATH PYTHONHOME

export UV_PYTHON_DOWNLOADS = never
export UV_PYTHON_PREFERENCE = only-system
# Where an institution signs its network's certificates itself, only the system's store knows them.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/*),true,false)
UV := $(if $(shell command -v uv 2>/dev/null),uv,.tools/bin/uv)
OWN_UV := $(filter .tools/%,$(UV))
BIN := .venv/bin
# Not the programs in .venv/bin: their first line has the folder's path, which may hold a quote.
COCULTURE := $(BIN)/python -P -m coculture
SNAKEMAKE := $(BIN)/python -P -m snakemake
LOCK := $(UV) pip compile pyproject.toml --universal --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet
# With the folder that `make bundle` fills, nothing is asked of the network. Hashes are checked as ever.
FROM := $(if $(wildcard bundle/*.whl),--no-index --find-links bundle)
STEPS := --configfile "$$STUDY" --cores "$$CORES"
# One sentence where there is no such study, or nothing can be written, before Snakemake ends with a traceback.
READY := $(BIN)/python -P -m coculture.running.ready
# For a run in another folder.
ABSOLUTE := case $$STUDY in /*) ;; *) STUDY=$$PWD/$$STUDY ;; esac

.DEFAULT_GOAL := help
.PHONY: help new run again check gates plan archive pin pin-findings verify verify-kernels bundle cluster test test-all test-pythons test-cluster audit lint wheel lock lock-in-date example document benchmark mutation clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## run a study and write its report: make run STUDY=config/mine.yaml
	@$(READY) && $(SNAKEMAKE) $(STEPS)

new: .venv/installed ## begin a study: make new NAME=mine FLOW=folder ELISA=folder MAPS=workbook VALUES=table PATTERN=names
	@$(COCULTURE) new $${FLOW:+--flow "$$FLOW"} $${ELISA:+--elisa "$$ELISA"} $${VALUES:+--values "$$VALUES"} \
	    $${MAPS:+--maps "$$MAPS"} $${PATTERN:+--pattern "$$PATTERN"} -- "$$NAME"

check: .venv/installed ## check a study's tables and files without running anything
	@$(COCULTURE) check -- "$$STUDY"

pin: .venv/installed ## record the checksums of a study's raw files, to check them in later runs
	@$(COCULTURE) pin -- "$$STUDY"

pin-findings: .venv/installed ## record the findings, their limits and the time, before the data: needs no data
	@$(COCULTURE) pin-findings -- "$$STUDY"

verify: .venv/installed ## run a study twice from scratch and compare every byte
	@$(READY) && { $(ABSOLUTE); } && folder=$$(mktemp -d) && \
	echo "Two runs in $$folder: the second in another time zone and on one core." && \
	$(SNAKEMAKE) --directory "$$folder/first" $(STEPS) && \
	LC_ALL=C TZ=Asia/Tokyo $(SNAKEMAKE) --directory "$$folder/second" --configfile "$$STUDY" --cores 1 && \
	$(COCULTURE) compare "$$folder/first/results" "$$folder/second/results" && rm -rf "$$folder"

verify-kernels: .venv/installed ## run a study with each kind of processor's arithmetic and compare every byte
	@$(READY) && { $(ABSOLUTE); } && .ci/verify-kernels "$$STUDY" "$$CORES"

again: .venv/installed ## run a study into the folder again/, and say what differs from its results
	@$(READY) && { $(ABSOLUTE); } && rm -rf again && $(SNAKEMAKE) --directory again $(STEPS) && \
	study=$$(ls again/results) && $(COCULTURE) diff -- "results/$$study" "again/results/$$study"

archive: run ## a study with results and code in one .zip: make archive STUDY=config/mine.yaml RAW=include
	@$(COCULTURE) archive $(if $(filter include,$(RAW)),--raw) -- "$$STUDY"

bundle: .venv/bin/python ## the locked packages in the folder bundle, for computers without a network
	@rm -rf bundle && "$$PYTHON" -m pip --python $(BIN)/python download --quiet --no-deps --require-hashes \
	    --dest bundle --requirement requirements.lock --requirement requirements-uv.lock
	@$(BIN)/python -c "import platform as p; print('bundle: for Python', p.python_version(), 'on', p.system(), p.machine())"
	@echo "Copy bundle beside the Makefile of a checkout there; make run then needs no network."

cluster: .venv/installed-slurm ## run a study on a cluster with Slurm: make cluster STUDY=config/mine.yaml
	@set -f; $(READY) && $(SNAKEMAKE) --workflow-profile profiles/slurm --configfile "$$STUDY" $$OPTIONS

gates: .venv/installed ## see and move the gates of a study that was run: make gates STUDY=config/mine.yaml
	@$(COCULTURE) gates serve -- "$$STUDY"

plan: .venv/installed ## how many experiments each finding needs, from a study that was run
	@$(COCULTURE) plan -- "$$STUDY"

test: .venv/installed-dev ## run the tests (about 15 minutes on 2 cores)
	@$(BIN)/pytest -m "not long and not cluster" --numprocesses auto --dist loadfile --durations 20

test-all: .venv/installed-dev ## run every test, the long ones too
	@$(BIN)/pytest -m "not cluster" --numprocesses auto --dist loadfile --durations 20

test-pythons: .venv/installed-dev ## run the tests and the example with every other Python that is here
	@.ci/pythons "$(UV)"

test-cluster: .venv/installed-dev .venv/installed-slurm ## run a small study on a Slurm of this machine; LONG=1: lost nodes, too
	@.ci/cluster -m "cluster$(if $(LONG),, and not long)"

wheel: .venv/installed ## build the package and try it without the checkout
	@.ci/wheel "$(UV)"

lint: .venv/installed-dev ## formatting, types, import contracts, snakemake --lint
	@.ci/lint

example: .venv/installed ## regenerate the embedded example study from its seed
	@$(COCULTURE) example

audit: .venv/installed-dev ## look for known vulnerabilities in the locked packages (asks the network)
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict

document: .venv/installed ## generate config/README.md from the schemas
	@$(COCULTURE) document

benchmark: .venv/installed-dev ## measure speed and error rates (minutes)
	@for measured in benchmarks/*.py; do echo "== $$measured"; \
	  $(BIN)/python -m benchmarks.$$(basename $$measured .py) || exit 1; done

mutation: .venv/installed-dev ## how many of 300 changes of the code its tests notice (an hour or more)
	@$(BIN)/python -m mutation

lock: $(OWN_UV) ## resolve the dependencies again and write the hashed locks
	@$(LOCK) --group build --upgrade --output-file requirements.lock
	@$(LOCK) --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock
	@$(LOCK) --group build --group slurm --constraints requirements.lock --output-file requirements-slurm.lock

lock-in-date: $(OWN_UV) ## fail if the locks do not match pyproject.toml
	@for group in "requirements.lock:--group build" "requirements-dev.lock:--group build --group dev" \
	    "requirements-slurm.lock:--group build --group slurm"; do \
	  lock=$${group%%:*}; fresh=$$(mktemp); cp $$lock $$fresh; \
	  $(LOCK) $${group#*:} --output-file $$fresh >/dev/null && cmp -s $$lock $$fresh \
	    || { echo "$$lock is out of date: run make lock"; exit 1; }; rm -f $$fresh; \
	done; echo "The locks are in date."

clean: ## remove the environment; results stay
	rm -rf .venv .tools

.tools/bin/uv: requirements-uv.lock
	@echo "Installing uv, which makes the environment, into .tools ..."
	@"$$PYTHON" -m pip install $(FROM) --quiet --disable-pip-version-check --upgrade --require-hashes \
	    --target .tools --requirement requirements-uv.lock
	@touch $@

.venv/bin/python: | $(OWN_UV)
	@$(UV) venv --quiet --allow-existing --python ">=3.11" .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages into .venv ..."
	@$(UV) pip sync $(if $(FROM),--offline $(FROM)) --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.lock
	@$(UV) pip install $(if $(FROM),--offline $(FROM)) --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing the locked developers' packages into .venv ..."
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python \
	    --requirement requirements-dev.lock
	@touch $@

.venv/installed-slurm: requirements-slurm.lock .venv/installed
	@echo "Installing Snakemake's plug-in for Slurm into .venv ..."
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python \
	    --requirement requirements-slurm.lock
	@touch $@
