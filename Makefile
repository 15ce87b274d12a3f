# Every target sets up what it needs by itself in .venv; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench train lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --no-deps: the lock names everything, and pip before 23.3 stumbles over a doubled extra of lxml while it resolves.
$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(READY) ## serve the sample sites on loopback, crawl them into SQLite, show what came out
	$(BIN)/newsmill demo

lint: $(READY) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## every check: lint, and all tests on SQLite and on a real PostgreSQL
	$(BIN)/pytest -n auto

format: $(READY) ## let ruff put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## measure extraction and a crawl against named peers (on ../shared/corpus, or on fixtures/ without it)
	$(BIN)/python -m benchmarks.extraction
	$(BIN)/python -m benchmarks.crawl

CORPUS ?= ../shared/corpus
train: $(READY) ## train the classifiers anew from CORPUS=folder and write cleaners/weights
	$(BIN)/python -m benchmarks.training $(CORPUS)

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-emit-index-url --no-emit-find-links \
	    --no-annotate --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
