# `make run` tries it all out, `make start` is for a real group, `make test` runs the tests. The others
# are for developers.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PREPARED := $(VENV)/.prepared

.PHONY: install run demo start test test-all check bench lock

install: $(PREPARED)

$(PREPARED): requirements.txt pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# A pretend class with a bot of its own, and a page to type in.
run: install
	@$(BIN)/python -m sandbox

# The sample day of that class, told here.
demo: install
	@$(BIN)/python -m sandbox --demo

# The real bot, which OneBot implementations connect to.
start: install
	@$(BIN)/qungui run

# Half as many more processes than cores: tests wait for processes and disks, too.
WORKERS = $(shell $(BIN)/python -c "import os; print((os.cpu_count() or 2) * 3 // 2)")

test: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# With the tests that take minutes more.
test-all: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "thorough or not thorough"

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

bench: install
	$(BIN)/python -m bench

# Needs uv. The lock holds for all platforms and names no registry.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--extra dev --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--extra image --no-header --constraint requirements.txt --no-annotate pyproject.toml \
		-o deploy/requirements.txt
