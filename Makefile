# Everything a person needs after cloning. `make help` lists it.

ARGS ?=
BIN := .venv/bin
OURS := books mapping sync reconciliation config simulators tests tools bench manage.py

.DEFAULT_GOAL := help
.PHONY: help .venv

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv: .venv/installed ## Make the environment in .venv from the lock file

.venv/installed: requirements-dev.lock tools/make_venv.sh
	@tools/make_venv.sh
