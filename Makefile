# The things a developer types. `make` alone lists them.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

# suite-… are parts of test
.PHONY: help demo test suite-shells suite-rest test-all lint types figures bench torture browser lock install
help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.node: .venv/.done requirements-node.lock  # the trial gateway's Node and its locked modules
	$(BIN)/python -c "from bot.channels.wechaty.trial import find_node; find_node()" 2>/dev/null || \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock
	$(BIN)/python -c "from bot.channels.wechaty.trial import install; install()"
	touch $@

install: .venv/.done  ## the program and its tools into .venv

demo: install  ## a simulated town's day, told live
	$(BIN)/chuanda demo

test: install .venv/.node lint types  ## the suite (under 10 minutes)
	$(BIN)/coverage erase
	$(MAKE) -j2 --output-sync=target --no-print-directory suite-shells suite-rest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

suite-shells:  # the gateway's stories mostly wait for Node; with the console's they take as long as the rest
	COVERAGE_FILE=.coverage.shells $(BIN)/coverage run -m pytest tests/gateway tests/console
suite-rest:
	COVERAGE_FILE=.coverage.rest $(BIN)/coverage run -m pytest --ignore tests/gateway --ignore tests/console

test-all: test torture browser  ## and what takes longer or needs more

lint: install  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install  ## mypy --strict on bot/
	$(BIN)/mypy

figures: install  ## what recognition makes of the corpus, by kind of change
	$(BIN)/python -m tests.corpus figures texts
	$(BIN)/python -m tests.corpus figures texts --no-numbers
	$(BIN)/python -m tests.corpus figures pictures
	$(BIN)/python -m tests.corpus figures pictures --no-numbers
	$(BIN)/python -m tests.corpus.answers_run

bench: install .venv/.node  ## figures, as ratios against a limit or a peer of the same run
	$(BIN)/python -m tests.bench

torture: install .venv/.node  ## SIGKILL at 50 random moments of a demo day
	$(BIN)/pytest -m torture --override-ini addopts=-q

browser: install  ## the pages in a real Chromium (Debian's, installed if there is none)
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk poppler-utils)
	$(BIN)/pytest tests/browser -m browser --override-ini addopts=-q

lock: install  ## resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml --group dev --extra wechaty --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	$(BIN)/uv pip compile --group node --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-node.lock
