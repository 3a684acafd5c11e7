# Everything installs into .venv/ and keeps its state in var/ (or AIF_DATA). `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev
FRONTEND := var/static/aif/bundles.json
LOCK := $(shell command -v uv || echo .venv/bin/uv) pip compile --quiet --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
# Stacks are started by these targets themselves: a caller's tool settings do not reach them.
export PYTHONDONTWRITEBYTECODE :=
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help demo serve test check fix bench faults backup restore-drill prove trust screenshots lock
help:
	@echo "make demo [ONCE=1] · serve · test · check · fix · bench · faults [SCALE=0.1] [ONLY=2,6] · backup [TO=folder] · restore-drill [SCALE=0.1] · prove · trust [SHOWS=\"3 7\"] [SCALE=0.1] · screenshots · lock"

demo: $(RUNTIME) $(FRONTEND)
	$(PY) -m config.demo $(if $(ONCE),--once)

serve: $(RUNTIME) $(FRONTEND)
	$(PY) -m config.stack serve

test: $(DEV) $(FRONTEND)
	.ci/system
	$(PY) -m pytest -n 3 --dist loadfile $(ARGS)

bench: $(DEV) $(FRONTEND)
	$(PY) -m config.bench

# SCALE=0.1, SEED=7, ONLY=2,6, ALLOW_SKIPPED=1: see docs/faults.md
faults: $(DEV) $(FRONTEND)
	.ci/system || echo "not all could be installed: a fault that needs what is missing says that it is skipped"
	$(PY) -m tests.faults

# Of the running stack: docs/backup.md
backup: $(RUNTIME)
	$(PY) -m config.backup take $(or $(TO),var/backups)

restore-drill: $(DEV) $(FRONTEND)
	$(PY) -m tests.recovery

prove: $(DEV) $(FRONTEND)
	.ci/system
	$(PY) -m tests.prove

# The figures of issue 7, measured in this run: var/trust.json.
trust: $(DEV) $(FRONTEND)
	.ci/system
	$(PY) -m tests.trust $(SHOWS)

check: $(DEV) $(FRONTEND)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	AIF_ENV=test $(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m bandit --quiet --recursive --configfile pyproject.toml -ll -ii aif_share clues config members
	$(PY) .ci/sbom.py
	AIF_ENV=test $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	env $$(grep -v '^#' .ci/production.env) $(PY) -W error manage.py check --deploy --fail-level WARNING
	$(PY) .ci/openapi.py --check
	$(PY) .ci/vectors.py --check
	$(PY) .ci/errors.py --check

screenshots: $(DEV) $(FRONTEND)
	.ci/system
	$(PY) -m tests.browser.screenshots

fix: $(DEV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) .ci/openapi.py
	$(PY) .ci/vectors.py
	$(PY) .ci/errors.py
	$(PY) .ci/guards.py

lock:
	$(LOCK) requirements/runtime.in -o requirements/runtime.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/node.in -o requirements/node.txt

# What the browser gets, made anew when its sources or its packages changed.
$(FRONTEND): package-lock.json $(shell find config/frontend -type f) | $(RUNTIME)
	.ci/frontend

# The stamps say which pins are installed; a stamp older than its pins is made again.
.venv/bin/python: | .ci/venv
	.ci/venv

$(RUNTIME): requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME) | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
