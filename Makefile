# Five targets, nothing hidden. Everything is installed into .venv from the hash-locked files in locks/.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PHOTOS ?=

.PHONY: demo test check bench docs
.DEFAULT_GOAL := demo

demo: $(VENV)/installed-demo  ## the whole story on this machine: make demo [PHOTOS=folder]
	$(VENV)/bin/platewarden demo $(if $(PHOTOS),--photos $(PHOTOS))

define style-types-floors
$(VENV)/bin/ruff check .
$(VENV)/bin/ruff format --check .
$(VENV)/bin/mypy
$(VENV)/bin/lint-imports --no-logo
endef

test: $(VENV)/installed-all $(VENV)/system-packages  ## everything: style, types, floors, then every test, browser tests included
	$(style-types-floors)
	$(PY) -m pytest -n 2 --dist loadgroup

check: $(VENV)/installed-all  ## style, types, floors, the house's own inspections: about a minute
	$(style-types-floors)
	$(PY) -m pytest tests/house -m "not slow" -n 2

bench: $(VENV)/installed-all  ## figures, each beside a named baseline in the same run
	$(PY) -m platewarden.bench.crash --times 100 --json
	$(PY) -m platewarden.bench.road --times 200 --json
	$(PY) -m platewarden.bench.purge_kills --times 300 --json
	$(PY) -m platewarden.bench.purge --json
	$(PY) -m platewarden.bench.memory --json
	$(PY) -m platewarden.bench.match --json
	$(PY) -m platewarden.bench.search --reads 20000000 --json
	$(PY) -m platewarden.bench.gate --reads 5000000 --json
	$(PY) -m platewarden.bench.ledger --json
	$(PY) -m platewarden.bench.cases --reads 60000 --json
	$(PY) -m platewarden.bench.alarm --json
	$(PY) -m platewarden.bench.console --json
	$(PY) -m platewarden.bench.road --offline-hours 24 --json
	$(PY) -m platewarden.bench.road --offline-hours 24 --pictures --json
	$(PY) -m platewarden.bench.month --json

docs: $(VENV)/installed-all $(VENV)/system-packages  ## what is generated: policy map, screenshots
	$(PY) -m tests.house.policy_map
	$(PY) -m tests.house.command_page
	$(PY) -m pytest tests/pages -m browser

# demo: what the demo runs with. all: that, and what tests and checks need.
$(VENV)/installed-%: locks/%.txt locks/build.txt pyproject.toml hatch_build.py package-lock.json
	test -x $(PY) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3-venv is missing: apt-get install python3-venv"; exit 3; }
	$(PY) -m pip install --quiet --require-hashes --no-deps -r locks/build.txt -r $<
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# Chromium for the browser tests and PostgreSQL 15 beside the embedded 18: from Debian, when they are not there.
$(VENV)/system-packages: tools/system-packages
	tools/system-packages
	touch $@
