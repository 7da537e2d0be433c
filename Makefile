# Two commands: `make dev` runs a local vendor, `make test` runs every check. Each sets up what it needs.
# PYTHON=python3.12 make dev    chooses the interpreter (3.11 or newer)
# ARGS="--api-port 0" make dev  passes options on

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: dev test lint types imports pytest peers screenshots bench bench-smpp bench-kannel bench-console lock docs clean

dev: .venv/.run
	@$(BIN)/hongyan dev $(ARGS)

test: lint types imports pytest

lint: .venv/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.test
	$(BIN)/mypy

imports: .venv/.test
	$(BIN)/lint-imports --no-logo

pytest: .venv/.test
	$(BIN)/pytest -n 2 $(ARGS)

# The independent programs that some tests talk to and read with (Debian, Ubuntu; asks for root's password if needed).
PEERS := bearerbox=kannel tshark=tshark node=nodejs npm=npm chromium=chromium go=golang-go php=php-cli java=default-jdk-headless
peers:
	@missing=""; PATH="$$PATH:/usr/sbin"; for pair in $(PEERS); do \
	  command -v $${pair%%=*} >/dev/null || missing="$$missing $${pair#*=}"; done; \
	[ -e /usr/share/java/junit-platform-console-standalone.jar ] || missing="$$missing junit5"; \
	if [ -n "$$missing" ]; then as=""; [ "$$(id -u)" = 0 ] || as=sudo; \
	  $$as apt-get update -q && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -q --no-install-recommends $$missing; fi
	@npm ci --silent --no-audit --no-fund --ignore-scripts --prefix tests/foreign/npm

# Pictures of the console's main pages, to look at (and for the READMEs): docs/screenshots
screenshots: .venv/.test peers
	PYTHONPATH=tests $(BIN)/python -m browser.screenshots docs/screenshots

bench: .venv/.test
	$(BIN)/python bench/road.py $(ARGS)

# The road over SMPP to a listening simulator; beside Kannel when its Debian package is here (make peers).
bench-smpp: .venv/.test
	$(BIN)/python -m bench.smpp_road $(ARGS)

bench-kannel: .venv/.test peers
	$(BIN)/python -m bench.smpp_road --kannel --windows 10 $(ARGS)

# The console with a million messages; ARGS=--road: what ten open consoles cost the road.
bench-console: .venv/.test
	$(BIN)/python -m bench.console $(ARGS)

docs: .venv/.run
	for maker in docs/make_*.py; do $(BIN)/python $$maker || exit 1; done

# After a change of dependencies: writes the hash-locked files anew, newest versions.
lock: .venv/.uv
	for part in uv build; do $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
	  --no-header --python-version 3.11 requirements/$$part.in -o requirements/$$part.txt; done
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
	  --no-header --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
	  --no-header --python-version 3.11 requirements/test.in -c requirements/run.txt -o requirements/test.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

.venv/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Try: PYTHON=python3.12 make dev"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.run: .venv/.uv requirements/run.txt requirements/build.txt pyproject.toml
	@$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/test.txt
	@touch $@
