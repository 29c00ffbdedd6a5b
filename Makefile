# Everything runs in one virtual environment that this file makes from pyproject.toml. A fresh clone needs only
# make and Python 3.11 or newer; `make` by itself lists what there is.

PYTHON ?= python3
VENV   ?= .venv
# Workers of the test run, and more arguments for it: make test ARGS="tests/store -x"
JOBS   ?= 2
ARGS   ?=
# torch is large (on Linux the plain index gives a CUDA build of several GB), so its tests are skipped, visibly, unless
# asked for: TORCH=1 installs it from pip's index, TORCH=local only if pip knows a folder of wheels that has it.
TORCH      ?=
TORCH_SPEC ?= torch==2.13.0
TORCH_PIP  ?=

BIN   := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint lab bench bench-check soak clean torch
.DELETE_ON_ERROR:

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

# The stamp is newer than pyproject.toml once everything in it is installed: the second call costs nothing.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is %d.%d: make PYTHON=..." % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group test --group lint --group demo
	@touch $@

torch: $(READY)
ifeq ($(TORCH),1)
	$(BIN)/python -m pip install --quiet $(TORCH_PIP) "$(TORCH_SPEC)"
else ifeq ($(TORCH),local)
	@$(BIN)/python -c 'import torch' 2>/dev/null \
	 || { $(BIN)/python -m pip install --quiet --no-index --no-deps "$(TORCH_SPEC)" 2>/dev/null \
	      && $(BIN)/python -m pip install --quiet "$(TORCH_SPEC)"; } \
	 || echo "no local wheel of torch: its tests are skipped"
endif

demo: $(READY)  ## Run the example notebook cold, then again in a new kernel, and compare
	$(BIN)/python examples/run_twice.py

test: $(READY) torch lint  ## Lint, then all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

lint: $(READY)  ## Style, formatting, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# Node.js 20 or newer has to be there. What is built is not committed; tests in a browser are skipped without it.
lab: $(READY)  ## Build the JupyterLab extension, and test its core (needs Node.js)
	@command -v node >/dev/null || { echo "Node.js 20 or newer is needed to build the JupyterLab extension"; exit 1; }
	$(BIN)/python -m pip install --quiet --group lab
	cd labextension && PATH="$(abspath $(BIN)):$$PATH" YARN_ENABLE_GLOBAL_CACHE=1 jlpm install --immutable
	cd labextension && PATH="$(abspath $(BIN)):$$PATH" jlpm lint && PATH="$(abspath $(BIN)):$$PATH" jlpm test
	cd labextension && PATH="$(abspath $(BIN)):$$PATH" jlpm build:prod

# The peers are installed into build/peers, by the benchmark itself.
bench: $(READY)  ## Run every benchmark, against its peers and the machine's limits, and print its table
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-check: $(READY)  ## Run the quick benchmarks; fail if a ratio is worse than the committed one
	$(BIN)/python -m tests.benchmarks --check $(ARGS)

soak: $(READY) torch  ## All tests and the long campaigns too
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --soak --timeout 3600 $(ARGS)

clean:  ## Remove what the other targets made, except the environment
	rm -rf build dist cashet_jupyter/labextension labextension/lib .pytest_cache .ruff_cache .hypothesis .import_linter_cache examples/.cashet
	find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
