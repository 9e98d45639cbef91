# 制度 zhidu: `make demo` shows it, `make test` checks it.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
SPARK := .venv-spark/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test torture parity lint check bench mutants docs screenshots holidays clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## into .venv, from requirements.lock

# the models are parsed once here, so that a home's first build need not
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed · 需要 Python 3.11 以上")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	cd dbt_project && ../$(BIN)/python -m warehouse.dbt_child parse
	@touch $(INSTALLED)

demo: install ## the sample organisation through everything, then the dashboards
	$(BIN)/zhidu --home var/demo demo

test: install ## all tests
	$(BIN)/python -m pytest

torture: install ## crashes, full disks, damage and hostile files in full counts, and the table of figures (long)
	@$(BIN)/python -m tests.torture; torture=$$?; ZHIDU_TORTURE=1 $(BIN)/python -m pytest tests/attacks && exit $$torture

parity: install $(SPARK) ## every model on DuckDB and on a real Spark with two executors, compared (needs Java 17)
	$(BIN)/python -m tests.parity $(SETS)

# Spark itself, in an environment of its own; half a gigabyte, so not where it could not be started
$(SPARK): requirements-spark.lock
	@command -v java >/dev/null || exit 0; \
	$(PYTHON) -m venv .venv-spark && \
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock && \
	touch $(SPARK)

lint: install ## style of the Python code
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

check: install ## lint, and weaknesses in the code and in the pinned packages
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	test -x .venv-check/bin/bandit || $(PYTHON) -m venv .venv-check
	.venv-check/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-check.lock
	.venv-check/bin/bandit --quiet --recursive --configfile pyproject.toml ingest warehouse dashboards
	$(BIN)/python -m tests.audit .venv-check/bin/pip-audit requirements.lock requirements-check.lock requirements-spark.lock

bench: install ## what it costs, each figure beside a limit measured in the same run (minutes to hours)
	$(BIN)/python -m bench $(BENCH)

mutants: install ## changes planted in the rules' SQL, and how many of them the tests notice (long)
	$(BIN)/python -m tests.mutants

docs: install ## the models' documentation as one page: docs/site/index.html
	$(BIN)/python -m warehouse.docs

screenshots: install ## the pictures of the README
	$(BIN)/python -m tests.e2e.screenshots

holidays: install ## the table of public holidays, when a new year was announced
	$(BIN)/python -m warehouse.holidays

clean: ## scratch, not the home
	rm -rf dbt_project/target dbt_project/logs .pytest_cache .ruff_cache docs/site
