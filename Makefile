# Both `make demo` and `make test` start from a bare Python 3.11+ with pip and make. The demo installs what the package
# needs by itself; everything else installs the networks, the tests and the checks too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BASE_STAMP := $(VENV)/.set-up-base
STAMP := $(VENV)/.set-up
DOCS_STAMP := $(VENV)/.set-up-docs
COLLECTION ?=
OUTPUT ?= demo
ENCODER ?= descriptors
WEIGHTS ?=
LAYERS ?=
START := $(shell date +%s)
PYTEST_FLAGS ?=

.PHONY: setup demo test test-slow test-paintings package check advisories format bench docs clean

setup: $(STAMP)

INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable

$(BASE_STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "morelli needs Python 3.11 or later; say which with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(INSTALL) .
	@touch $@

$(STAMP): $(BASE_STAMP)
	$(INSTALL) ".[dev]" --compile-bytecode
	@touch $@

$(DOCS_STAMP): $(STAMP)
	$(INSTALL) ".[docs]" --compile-bytecode
	@touch $@

# The descriptors run without the extra `networks`; any other encoder needs it.
demo: $(if $(filter descriptors,$(ENCODER)),$(BASE_STAMP),$(STAMP))
	$(BIN)/morelli demo $(COLLECTION) --output $(OUTPUT) --encoder $(ENCODER) \
	  $(addprefix --weights ,$(WEIGHTS)) $(addprefix --layers ,$(LAYERS))
	@echo "installed: $$(du -sm $(VENV) | cut -f1) MB in $(VENV); this took $$(($$(date +%s) - $(START))) seconds"

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not paintings and not gpu" $(PYTEST_FLAGS)

# A thousand killed commands among them.
test-slow: setup
	$(BIN)/python -m pytest -n 2 -m "slow and not paintings and not gpu" $(PYTEST_FLAGS)

test-paintings: setup
	$(BIN)/python -m pytest -m paintings

# A wheel and an sdist, and whether each works in an environment of its own, without the extra `networks`.
package: $(BASE_STAMP)
	rm -rf dist build/package
	$(BIN)/uv build --quiet
	for file in dist/*.whl dist/*.tar.gz; do \
	  rm -rf build/package && $(PYTHON) -m venv build/package && \
	  $(BIN)/uv pip install --quiet --python build/package/bin/python --constraint constraints.txt $$file && \
	  $(BIN)/python benchmarks/smoke.py build/package/bin --without-networks || exit 1; \
	done
	@ls -l dist

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

advisories: setup
	$(BIN)/python -m benchmarks.advisories

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python benchmarks/embedding.py
	$(BIN)/python benchmarks/training.py

docs: $(DOCS_STAMP)
	$(BIN)/python docs/write_commands.py
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) demo build dist site
