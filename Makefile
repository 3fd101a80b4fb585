# Ledgerloop: the commands of the project. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v $$p; break; fi; done)
PYTEST := $(BIN)/python -m pytest
UV ?= uv
LOCK = $(UV) pip compile pyproject.toml --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	--universal --python-version 3.11 --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help init demo sandbox test check fix bench docs soak test-ui lock clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-9s %s\n", $$1, $$2}'

init: $(STAMP)  ## Make .venv with everything the project needs (once)

$(STAMP): requirements/dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer was not found. Install it, or name it: make init PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then echo "Making $(VENV) with $(PYTHON)"; \
		$(PYTHON) -m venv --clear $(VENV) \
		|| { echo "The venv could not be made. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; fi
	@if ! cmp -s requirements/dev.txt $(VENV)/installed.txt; then \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt \
		&& cp requirements/dev.txt $(VENV)/installed.txt; fi
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $(STAMP)

demo: init  ## Play the stories against the three simulators; STAY=1 keeps the pages up and prints a link that signs in
	@$(BIN)/ledgerloop demo $(if $(STAY),--stay)

sandbox: init  ## Start the three simulators alone
	@$(BIN)/ledgerloop sandbox

test: init  ## Run the tests; the last line says whether PostgreSQL was tested
	@$(PYTEST) -n 4 --dist worksteal -m "not soak and not ui and not bench" tests

soak: init  ## Run the tests that take minutes
	@$(PYTEST) -m soak tests

test-ui: init  ## Run the tests that need a browser; installs Chromium where there is none
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
		|| $(BIN)/python -m playwright install chromium \
		|| { echo "Chromium is needed. On Debian: apt install chromium" >&2; exit 1; }
	@$(PYTEST) -m ui tests/ui

check: init  ## Lint, format, types, imports, house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(PYTEST) -q tests/house

fix: init  ## Repair what lint and format can repair by themselves
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: init  ## Measure: calls per refund, saturation, intake
	@set -e; for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file; done

docs: init  ## Build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site

lock:  ## Resolve requirements/*.txt anew (needs uv)
	$(LOCK) --output-file requirements/runtime.txt
	$(LOCK) --extra dev --extra otel --output-file requirements/dev.txt

clean:  ## Remove what was built
	rm -rf $(VENV) site dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
