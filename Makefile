# Two commands, each doing its own set-up in .venv:
#   make verify   install, run every claim at the quick tier, leave reports/quick/report.html
#   make test     install, lint, type-check, test
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: verify test bench report calibrate clean

verify: $(READY)
	$(BIN)/depthlaws verify --tier quick --out reports/quick --resume

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

# paired speed ratios; not part of `make test`
bench: $(READY)
	$(BIN)/pytest tests/benchmarks --benchmark-columns=median,iqr,rounds

# the committed report; its seed was fixed before it was first run
report: $(READY)
	$(BIN)/depthlaws verify --tier standard --seed 20261126 --out reports/standard --resume

# the committed calibration of the decision code; counts the mutants of both tiers
calibrate: $(READY)
	$(BIN)/depthlaws verify --tier quick --out reports/quick --resume
	$(BIN)/depthlaws calibrate --seed 20261126 --runs 10600 --results reports/quick reports/standard

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

clean:
	rm -rf $(VENV) reports/quick .pytest_cache .mypy_cache .ruff_cache .hypothesis
