# `make help` lists the commands. The environment (.venv) is made on first use and again when a lock changes.
STUDY ?= config/config.yaml
CORES ?= all
PYTHON ?= python3

export UV_PYTHON_DOWNLOADS = never
export UV_PYTHON_PREFERENCE = only-system
# Where an institution signs its network's certificates itself, only the system's store knows them.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/*),true,false)
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
BIN := .venv/bin
LOCK := $(UV) pip compile pyproject.toml --universal --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet
# With the folder that `make bundle` fills, nothing is asked of the network. Hashes are checked as ever.
FROM := $(if $(wildcard bundle/*.whl),--no-index --find-links bundle)
STEPS := --configfile $(STUDY) --cores $(CORES)

.DEFAULT_GOAL := help
.PHONY: help new run again check gates plan archive pin pin-findings verify bundle cluster test test-all test-cluster audit lint wheel lock lock-in-date example document benchmark mutation clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## run a study and write its report: make run STUDY=config/mine.yaml
	@mkdir -p .snakemake results 2>/dev/null && [ -w .snakemake ] && [ -w results ] || { \
	  echo "$(CURDIR): nothing can be written here. Use a folder of your own." >&2; exit 1; }
	@$(BIN)/snakemake $(STEPS)

new: .venv/installed ## begin a study from raw files: make new NAME=mine FLOW=folder ELISA=folder
	@$(BIN)/coculture new $(NAME) $(if $(FLOW),--flow "$(FLOW)") $(if $(ELISA),--elisa "$(ELISA)") \
	    $(if $(MAPS),--maps "$(MAPS)") $(if $(PATTERN),--pattern "$(PATTERN)")

check: .venv/installed ## check a study's tables and files without running anything
	@$(BIN)/coculture check $(STUDY)

pin: .venv/installed ## record the checksums of a study's raw files, to check them in later runs
	@$(BIN)/coculture pin $(STUDY)

pin-findings: .venv/installed ## record the findings, their limits and the time, before the data: needs no data
	@$(BIN)/coculture pin-findings $(STUDY)

verify: .venv/installed ## run a study twice from scratch and compare every byte
	@folder=$$(mktemp -d) && echo "Two runs in $$folder: the second in another time zone and on one core." && \
	$(BIN)/snakemake --directory $$folder/first --configfile $(abspath $(STUDY)) --cores $(CORES) && \
	LC_ALL=C TZ=Asia/Tokyo $(BIN)/snakemake --directory $$folder/second --configfile $(abspath $(STUDY)) --cores 1 && \
	$(BIN)/coculture compare $$folder/first/results $$folder/second/results && rm -rf $$folder

again: .venv/installed ## run a study into the folder again/, and say what differs from its results
	@rm -rf again && $(BIN)/snakemake --directory again --configfile $(abspath $(STUDY)) --cores $(CORES) && \
	study=$$(ls again/results) && $(BIN)/coculture diff results/$$study again/results/$$study

archive: run ## a study with results and code in one .zip: make archive STUDY=config/mine.yaml RAW=include
	@$(BIN)/coculture archive $(STUDY) $(if $(filter include,$(RAW)),--raw)

bundle: .venv/bin/python ## the locked packages in the folder bundle, for computers without a network
	@rm -rf bundle && $(PYTHON) -m pip --python $(BIN)/python download --quiet --no-deps --require-hashes \
	    --dest bundle --requirement requirements.lock --requirement requirements-uv.lock
	@$(BIN)/python -c "import platform as p; print('bundle: for Python', p.python_version(), 'on', p.system(), p.machine())"
	@echo "Copy bundle beside the Makefile of a checkout there; make run then needs no network."

cluster: .venv/installed-slurm ## run a study on a cluster with Slurm: make cluster STUDY=config/mine.yaml
	@$(BIN)/snakemake --workflow-profile profiles/slurm --configfile $(STUDY) $(OPTIONS)

gates: .venv/installed ## see and move the gates of a study that was run: make gates STUDY=config/mine.yaml
	@$(BIN)/coculture gates serve $(STUDY)

plan: .venv/installed ## how many experiments each finding needs, from a study that was run
	@$(BIN)/coculture plan $(STUDY)

test: .venv/installed-dev ## run the tests (about 15 minutes on 2 cores)
	@$(BIN)/pytest -m "not long and not cluster" --numprocesses auto --dist loadfile --durations 20

test-all: .venv/installed-dev ## run every test, the long ones too
	@$(BIN)/pytest -m "not cluster" --numprocesses auto --dist loadfile --durations 20

test-cluster: .venv/installed-dev .venv/installed-slurm ## run a small study on a Slurm of this machine; LONG=1: lost nodes, too
	@.ci/cluster -m "cluster$(if $(LONG),, and not long)"

wheel: .venv/installed ## build the package and try it without the checkout
	@.ci/wheel $(abspath $(UV))

lint: .venv/installed-dev ## formatting, types, import contracts, snakemake --lint
	@.ci/lint

example: .venv/installed ## regenerate the embedded example study from its seed
	@$(BIN)/coculture example

audit: .venv/installed-dev ## look for known vulnerabilities in the locked packages (asks the network)
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict

document: .venv/installed ## generate config/README.md from the schemas
	@$(BIN)/coculture document

benchmark: .venv/installed-dev ## measure speed and error rates (minutes)
	@for measured in benchmarks/*.py; do echo "== $$measured"; \
	  $(BIN)/python -m benchmarks.$$(basename $$measured .py) || exit 1; done

mutation: .venv/installed-dev ## how many of 300 changes of the code its tests notice (an hour or more)
	@$(BIN)/python -m mutation

lock: $(UV) ## resolve the dependencies again and write the hashed locks
	@$(LOCK) --group build --upgrade --output-file requirements.lock
	@$(LOCK) --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock
	@$(LOCK) --group build --group slurm --constraints requirements.lock --output-file requirements-slurm.lock

lock-in-date: $(UV) ## fail if the locks do not match pyproject.toml
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
	@$(PYTHON) -m pip install $(FROM) --quiet --disable-pip-version-check --upgrade --require-hashes \
	    --target .tools --requirement requirements-uv.lock
	@touch $@

.venv/bin/python: | $(UV)
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
