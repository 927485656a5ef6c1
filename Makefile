# Every target sets up what it needs by itself: a virtual environment in .venv, pinned by
# constraints.txt. Only Python 3.11+, make and git have to be there.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SYSTEM_STAMP := $(VENV)/.system
OUT ?= .demo

.DEFAULT_GOAL := help
.PHONY: help demo test lint types docs bench soak clean system

help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@if ! $(PYTHON) -m venv $(VENV) >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	  else echo "The venv module is missing: install your system's python3-venv package."; exit 2; fi; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The browser tests look at the report in Chromium; without root they are skipped, visibly.
$(SYSTEM_STAMP): | $(STAMP)
	@if ! command -v chromium >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser tests ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >$(VENV)/apt.log 2>&1 \
	    || echo "Chromium could not be installed (see $(VENV)/apt.log); the browser tests will be skipped."; fi
	@touch $@

demo: $(STAMP) ## Simulated: export an organisation with report, activate a site twice; into .demo/
	@$(BIN)/python -m samples.demo $(OUT)

test: $(STAMP) $(SYSTEM_STAMP) ## Run every check: lint, types, tests with coverage
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest --cov --cov-report= && $(BIN)/python -m coverage report --format=total | sed 's/^/coverage % /'

lint: $(STAMP) ## Check style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(STAMP) ## Check types, strictly
	@$(BIN)/mypy

docs: $(STAMP) ## Write the generated reference pages again
	@$(BIN)/python -m docs.generate

bench: $(STAMP) ## Measure against bare aiohttp and the SDK; minutes, results in bench/results/
	@$(BIN)/python -m bench.inventory && $(BIN)/python -m bench.pacing && $(BIN)/python -m bench.provision

soak: $(STAMP) ## Run the long tests: 21,000 people, kills, faults
	@$(BIN)/python -m pytest -m soak -n 0

clean: ## Remove what the targets made
	@rm -rf $(VENV) .demo .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage .coverage.* htmlcov *.egg-info
