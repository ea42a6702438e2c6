# `make demo` renders the sample students' PDFs, `make test` passes every test; both set up first.
PYTHON ?= python3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
CLASS  := --students data/sample/students.csv --programs data/sample/programs.csv --preferences data/sample/preferences.csv

LOCK   := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11
PLATFORMS := x86_64-pc-windows-msvc x86_64-apple-darwin aarch64-apple-darwin x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu

.DEFAULT_GOAL := help
.PHONY: help setup demo explore test check browser soak bench samples scorecard notebooks pictures lock ci clean

help:      ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/runtime   ## create .venv and install what the reports need
demo: .venv/runtime    ## render the sample students' reports to reports/out
	$(BIN)/countersignal demo
explore: .venv/runtime ## open the notebooks in JupyterLab, on a private working copy
	$(BIN)/countersignal explore --lab
# One run of all, the longest first, so that no process waits for another stage. Two processes of tests
# with two threads of algebra each would wait for one another, and each process that a test starts
# would compile the package anew.
test soak: export OPENBLAS_NUM_THREADS = 1
test soak: export PYTHONDONTWRITEBYTECODE =
test: .venv/dev        ## every test that takes no browser install, and the notebooks' outputs
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not soak" --nbval --nbval-current-env \
	  tests/browser tests/e2e notebooks tests/notebooks tests/golden tests/figures tests/unit tests/contract
check: .venv/dev       ## lint, format, types, and notebooks in step with their text
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m analysis.report.derive --check
browser:               ## install Chromium for the browser tests (Debian)
	test -x /usr/bin/chromium || (apt-get update -qq && apt-get install -y -qq chromium)
soak: .venv/dev        ## the long runs, and every property with 500 examples
	$(BIN)/python -m pytest -n auto --dist worksteal --timeout 1500 --hypothesis-profile soak -m "soak or hypothesis"
bench: .venv/dev       ## measure against the stock way; writes docs/benchmarks.md
	$(BIN)/python benchmarks/run.py
samples: .venv/dev     ## make the synthetic sample data again (same bytes)
	$(BIN)/python tools/samples.py
scorecard: .venv/dev   ## write docs/scorecard.md: the model beside published figures
	$(BIN)/python -m analysis.views.scorecard
notebooks: .venv/dev   ## derive the .ipynb files from their .py pairs and execute them
	$(BIN)/python -m analysis.report.derive
pictures: .venv/dev demo browser ## take the README's pictures again
	$(BIN)/python tools/pictures.py
	$(BIN)/python -m tests.browser.take_pictures
lock: .venv/dev        ## resolve the locks again, and check wheels for every platform
	$(LOCK) --extra build pyproject.toml -o requirements.lock
	$(LOCK) --all-extras pyproject.toml -c requirements.lock -o requirements-dev.lock
	for platform in $(PLATFORMS); do echo "wheels for $$platform" && \
	  $(BIN)/uv pip compile -q --python-version 3.11 --python-platform $$platform --only-binary :all: requirements-dev.lock >/dev/null || exit 1; done
ci: export COUNTERSIGNAL_REQUIRE_BROWSER = 1
ci: browser check test soak  ## what the code host runs; nothing is skipped

clean:     ## remove .venv, caches and rendered reports
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis reports/out

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Countersignal needs Python 3.11 or newer: make PYTHON=python3.12 ..." && exit 1)
	$(PYTHON) -m venv .venv
.venv/runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install -q -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@
.venv/dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(PIP) install -q -r requirements-dev.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@ .venv/runtime
