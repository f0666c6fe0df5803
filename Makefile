# make demo runs the product, make test checks and tests everything. Needs python3 (3.11+), git, make and the network.
.DELETE_ON_ERROR:
.PHONY: demo test check test-setup bench bench-matching clean help
.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := src/lianfang/web/static/vendor/.stamp
LOCKED := uv.lock pyproject.toml hatch_build.py frontend/package.json frontend/package-lock.json scripts/bootstrap.sh
# Checks load the settings, which make keys: they get a data folder of their own.
CHECK := LIANFANG_DATA=var/check PYTHONPATH=src PYTHONWARNINGS=ignore::RuntimeWarning

help:
	@echo "make demo    install, start the database, build the demo town, serve on 127.0.0.1:$${LIANFANG_PORT:-8000}"
	@echo "make test    checks and tests, installing what they need"
	@echo "make check   the static part: ruff, mypy, import-linter, migrations, house rules, docs"
	@echo "make bench   measurements"
	@echo "make bench-matching  the matching engine against its peers, which it installs first"
	@echo "make clean   remove everything that was installed or built; data folders stay"

# The two stamps are touched after a sync: a lock file that did not change costs nothing (warm start).
.venv/.synced $(STAMP) &: $(LOCKED)
	@if [ -e .venv/.synced-dev ]; then scripts/bootstrap.sh --inexact; else scripts/bootstrap.sh --no-dev --inexact; fi
	@touch .venv/.synced $(STAMP)

.venv/.synced-dev: $(LOCKED) $(STAMP)
	@scripts/bootstrap.sh
	@touch .venv/.synced $(STAMP) .venv/.synced-dev

# When make is killed, the demo hears of it (LIANFANG_PARENT) and stops what it started.
demo: .venv/.synced
	@LIANFANG_PARENT=$$PPID exec $(BIN)/lianfang demo

test: test-setup check
	$(BIN)/pytest -n 2

test-setup: .venv/.synced-dev
	@$(BIN)/python scripts/test_setup.py

check: .venv/.synced-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(CHECK) $(BIN)/mypy
	$(CHECK) $(BIN)/lint-imports --no-logo
	$(CHECK) $(BIN)/python manage.py makemigrations --check --dry-run
	$(CHECK) $(BIN)/python scripts/check_house.py
	$(CHECK) $(BIN)/python scripts/check_docs.py

bench: .venv/.synced-dev
	PYTHONPATH=src $(BIN)/python -m bench

# Peers and their libraries are large: only who compares with them installs them.
.venv/.synced-bench: .venv/.synced-dev
	@scripts/bootstrap.sh --group bench
	@touch .venv/.synced $(STAMP) .venv/.synced-dev .venv/.synced-bench

bench-matching: .venv/.synced-bench
	PYTHONPATH=src $(BIN)/python -m bench.matching

clean:
	rm -rf .venv build dist var/check var/tools frontend/node_modules $(dir $(STAMP)) src/lianfang/web/fonts
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find src tests bench scripts -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
