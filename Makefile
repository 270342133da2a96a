# Everything a fresh machine needs besides git, make and Python >= 3.11.
# "make" alone says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: demo test check quick covered slow lint floors docs lock clean help
MAKEFLAGS += --no-print-directory

PYTHON ?=
export PYTHON
# Bytecode is compiled once, not by each of some thousand processes; and standard output
# is buffered, as it is for a user.
unexport PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED

BIN := .venv/bin
READY := .venv/ready
DEV := .venv/ready-to-test
LOCKS := pyproject.toml requirements/install requirements/find-python \
  $(wildcard requirements/*.txt)
PYTEST := $(BIN)/pytest -n auto --dist worksteal
EDITABLE := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
  --no-build-isolation --editable .

demo: $(READY) ## crawl the replica portal on this machine, without a network
	@$(BIN)/tinsach demo

test: $(DEV) ## lint, types, import contracts and every test that is not slow: some minutes
	@$(MAKE) -j2 lint quick

check: $(DEV) ## everything: the above with coverage, the slow tests, the pages as a site
	@$(MAKE) -j2 lint covered
	@$(MAKE) slow docs

quick: $(DEV)
	@$(PYTEST) -m "not slow"

covered: $(DEV)
	@COVERAGE_FILE=$(CURDIR)/.coverage $(PYTEST) -m "not slow" \
	  --cov --cov-report=term:skip-covered

slow: $(DEV)
	@$(PYTEST) -m slow

lint: $(DEV) ## what `make test` checks beside the tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >.venv/imports.log || { cat .venv/imports.log; exit 1; }

floors: $(DEV) ## quality of text and fields against bench/floors.json
	@$(BIN)/python -m bench quality --check --worst 3

docs: $(DEV) ## these pages as a site, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs --quiet build --strict

lock: ## write requirements/*.txt anew, with each supported Python on the PATH
	@requirements/lock $(if $(UPGRADE),--upgrade)

clean: ## remove the environment and every cache, not what was crawled
	rm -rf .venv .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache build dist site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

$(READY): $(LOCKS)
	@requirements/install .venv run build
	@$(EDITABLE)
	@touch $@

$(DEV): $(LOCKS)
	@requirements/install .venv dev
	@$(EDITABLE)
	@touch $(READY) $@
