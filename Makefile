# The environment is .venv; requirements.txt locks its packages, requirements-engines.txt the database drivers,
# requirements-browser.txt what drives Chromium.

PYTHON ?= python3
DATA   ?= build/sample
OUT    ?= reports/latest
ARGS   ?=
ONLY   ?=

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Without bytecode, packages would be compiled again at every start of a kernel.
unexport PYTHONDONTWRITEBYTECODE
# Settings of the caller's environment must not reach .venv.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.PHONY: help setup report test lint types layers nbval pytest coverage test-engines test-browser dashboard lab bench stubs docs notebooks translations lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## create .venv with the locked packages and revkit itself

$(VENV)/pyvenv.cfg:
	@command -v "$(PYTHON)" > /dev/null || { echo "revkit needs Python 3.11 or later, and there is no '$(PYTHON)' here. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit("revkit needs Python 3.11 or later; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# uv comes from the lock as well, so that its hash is checked.
$(VENV)/.locked: requirements.txt $(VENV)/pyvenv.cfg
	@echo "installing the locked packages into $(VENV)"
	@awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.txt > $(VENV)/uv.txt
	@if $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt; then \
	    $(BIN)/uv pip install --quiet --python $(PY) --compile-bytecode --require-hashes -r requirements.txt; \
	else \
	    echo "uv cannot be installed here; using pip, which takes about a minute longer"; \
	    $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; \
	fi
	@touch $@

$(VENV)/.ready: pyproject.toml $(VENV)/.locked
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

build/.sample: generate_sample_data.py $(wildcard revkit/synth/*.py revkit/synth/*/* revkit/synth/*/*/*) | $(VENV)/.ready
	@rm -rf build/sample build/sample-truth
	@$(PY) generate_sample_data.py --out build/sample
	@touch $@

report: $(VENV)/.ready $(if $(filter build/sample,$(DATA)),build/.sample)  ## write a report on the sample company (on yours: DATA=folder ARGS='--mapping file')
	@$(BIN)/revkit report --data $(DATA) --out $(OUT) $(ARGS)

test: lint types layers nbval pytest  ## run all checks: ruff, mypy, import-linter, nbval, doctests and pytest

lint: $(VENV)/.ready
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.ready
	@$(BIN)/mypy

layers: $(VENV)/.ready
	@$(BIN)/lint-imports

nbval: $(VENV)/.ready
	@$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-current-env \
	    --nbval-sanitize-with tests/data/nbval.cfg --nbval-kernel-startup-timeout 180 notebooks

pytest: $(VENV)/.ready
	@$(BIN)/pytest -n 2 --dist worksteal --ignore tests/engines --ignore tests/browser tests revkit

# Apart from `test`, because measuring coverage makes the tests two thirds slower.
coverage: $(VENV)/.ready  ## run the tests and show which lines and branches they reach
	@$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term --ignore tests/engines --ignore tests/browser tests revkit

$(VENV)/.engines: requirements-engines.txt $(VENV)/.ready
	@echo "installing the drivers of PostgreSQL and Spark into $(VENV)"
	@$(BIN)/uv pip install --quiet --python $(PY) --require-hashes --no-deps -r requirements-engines.txt \
	    || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-engines.txt
	@touch $@

test-engines: $(VENV)/.engines  ## compare every metric on DuckDB, PostgreSQL and Spark (build/engines.csv)
	@$(BIN)/pytest -n 2 --dist loadscope tests/engines

$(VENV)/.browser: requirements-browser.txt $(VENV)/.ready
	@echo "installing what drives Chromium into $(VENV)"
	@$(BIN)/uv pip install --quiet --python $(PY) --require-hashes --no-deps -r requirements-browser.txt \
	    || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-browser.txt
	@touch $@

test-browser: $(VENV)/.browser  ## open reports, notebooks and the dashboard in Chromium, where that is installed
	@$(BIN)/pytest -n 2 --dist loadfile tests/browser

dashboard: $(VENV)/.ready $(if $(filter build/sample,$(DATA)),build/.sample)  ## show metrics to colleagues, with drop-downs and sliders (on yours: DATA=folder ARGS='--mapping file')
	@$(BIN)/revkit dashboard --data $(DATA) $(ARGS)

lab: $(VENV)/.ready  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir=. notebooks/00_tour.ipynb

bench: $(VENV)/.ready  ## time the metrics against hand-written SQL and pandas
	@$(PY) -m benchmarks

stubs: $(VENV)/.ready  ## write the type stubs of the public names and the metrics
	@$(PY) -m revkit.catalogue.stubs

docs: $(VENV)/.ready  ## write the metric reference, the table of definitions and the schema of mappings
	@$(PY) -m revkit.catalogue.reference
	@$(PY) -m revkit.catalogue.definitions
	@$(PY) -m revkit.sources.mapping.editor_schema

notebooks: $(VENV)/.ready  ## run the notebooks again and write their outputs (one: ONLY=03_upsell)
	@$(PY) -m revkit.report.refresh $(ONLY)

translations: $(VENV)/.ready  ## collect the texts to be translated into revkit/language/locale/*/LC_MESSAGES/revkit.po
	@mkdir -p build
	@$(BIN)/pybabel -q extract --mapping pyproject.toml --keyword message --keyword Reason \
	    --no-location --sort-output --no-wrap --project revkit --output build/revkit.pot .
	@$(BIN)/pybabel -q update --domain revkit --input-file build/revkit.pot --no-wrap \
	    --output-dir revkit/language/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: $(VENV)/.ready  ## update requirements.txt and requirements-engines.txt from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	    --custom-compile-command "make lock" --quiet --output-file requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --extra pdf --extra postgres --extra spark --constraints requirements.txt \
	    --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	    $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.txt) \
	    --custom-compile-command "make lock" --quiet --output-file requirements-engines.txt
	@$(BIN)/uv pip compile --group browser --constraints requirements.txt \
	    --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	    $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.txt) \
	    --custom-compile-command "make lock" --quiet --output-file requirements-browser.txt

clean:  ## delete everything that make has written
	@rm -rf $(VENV) build dist reports .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
