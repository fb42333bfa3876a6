# Both `make demo` and `make test` start from a bare Python 3.11+ with pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
DOCS_STAMP := $(VENV)/.set-up-docs
COLLECTION ?=
OUTPUT ?= demo
ENCODER ?= descriptors
WEIGHTS ?=
LAYERS ?=
PYTEST_FLAGS ?= -m "not paintings and not gpu"

.PHONY: setup demo test test-paintings check advisories format bench docs clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "morelli needs Python 3.11 or later; say which with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --editable ".[dev]"
	@touch $@

$(DOCS_STAMP): $(STAMP)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --editable ".[docs]"
	@touch $@

demo: setup
	$(BIN)/morelli demo $(COLLECTION) --output $(OUTPUT) --encoder $(ENCODER) \
	  $(addprefix --weights ,$(WEIGHTS)) $(addprefix --layers ,$(LAYERS))

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not paintings" $(PYTEST_FLAGS)

test-paintings: setup
	$(BIN)/python -m pytest -m paintings

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
