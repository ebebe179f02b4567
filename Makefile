# Everything a person needs after cloning; `make help` lists it. Nothing but Python 3.11+ and make has to be there.

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest --quiet --dist worksteal
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
# How many processes share the tests; 0 runs them in one, which a debugger needs
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# One more where tests wait for what works: a test company, PostgreSQL, a worker that is killed
ONE_MORE = $(if $(filter-out 0,$(WORKERS)),$(shell expr $(WORKERS) + 1),0)
# How many random values each property is tried with in `make properties`; in `make test` it is 30
EXAMPLES ?= 1000
# Handed on to the program of a target: make test-sqlite ARGS="-k names"
ARGS ?=
# What runs on SQLite alone: tests that touch no database …
WITHOUT_DATABASE := books builders docs iif outside simulators sources \
	$(patsubst tests/%,%,$(filter-out %/test_migrations.py,$(wildcard tests/config/test_*.py))) \
	$(addprefix quickbooks_online/test_,$(addsuffix .py,batch destination faults gateway items limits oauth pacing wire)) \
	fetching/test_highlevel_limits.py reconciliation/test_chart.py reconciliation/test_comparing.py sync/test_judging.py
# … and those of words, rights and fields of pages. Every page is opened on PostgreSQL too, by every role and with
# whatever an address can carry: screens/test_every_address.py, test_queries.py, test_nasty_addresses.py
WORDS_AND_RIGHTS := \
	$(addprefix mapping/test_,$(addsuffix .py,admin_doors checking line_types matching payment_methods \
		people_screen posting_accounts products_table sheets signed_out spreadsheets transaction_types)) \
	$(addprefix reconciliation/test_,$(addsuffix .py,cure_of_a_fault evidence fixing_customer_fields fixing_mappings \
		fixing_methods fixing_records fixing_statuses wording)) \
	$(addprefix screens/test_,$(addsuffix .py,access classes error_pages forms help_pages links menu names \
		whose_and_where)) \
	$(addprefix setup/test_,$(addsuffix .py,demo_logins steps texts)) \
	setup/test_company_settings.py quickbooks_desktop/test_screens.py quickbooks_online/test_card_roles.py
# Empty, it lets PostgreSQL do these and the tests marked same_on_either too: make test-postgres ONCE= ONE_OF=1
ONCE ?= $(WITHOUT_DATABASE) $(WORDS_AND_RIGHTS)
# Each other test runs wholly on one of the databases, tests/shares.py says on which, and one of so many on the other too
ONE_OF ?= 100
# Where the vendors' descriptions are, make test SPECS=folder, the simulators are held against them too
CONFORMANCE = $(if $(SPECS),+conformance)
# What `make test` runs, in this order; those joined by a plus side by side, since each keeps
# one core busy at most, or waits for its browser and has few tests, the last of which would run alone. What is
# collected in the first has been brought into Python's form: a test run, which reads all before it shares it out, need not
STAGES := types+lint-others+demo-check+collected$(CONFORMANCE) test-sqlite test-postgres test-pages+test-journeys
# Every process would else compile everything that it imports
unexport PYTHONDONTWRITEBYTECODE
# The files with tests that drive a browser; to collect all the others takes longer than to find these
PAGES = $(filter-out tests/journeys/%,$(shell grep -rl --include='test_*.py' 'mark\.browser' tests))
# Without a Chromium what needs one is left out, but not in CI
HAS_BROWSER = $(BIN)/python -m tests.browsers || { case "$(CI)" in true|1) exit 1 ;; *) exit 0 ;; esac; };
say = @echo "make:"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help .venv demo demo-check test lint lint-others format-check ruff types imports checks migrations-check messages-check \
	criteria-check messages collected test-sqlite test-postgres properties test-browser test-pages test-journeys fix lock criteria mutants way conformance bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv: .venv/installed ## Make the environment in .venv, from the lock file

.venv/installed: requirements-dev.lock tools/make_venv.sh
	@tools/make_venv.sh

demo: .venv ## Show it: a test company, sample orders, one sync, and a server with logins printed
	$(say) preparing the database
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo $(ARGS)

demo-check: .venv ## Play the same story without a server, and compare every figure
	@$(BIN)/python manage.py demo --check $(ARGS)

test: .venv ## Every check and test, the database rooms on PostgreSQL too, the demo; says which stage took how long
	+@$(BIN)/python -m tools.stages $(MAKE) --no-print-directory -- $(STAGES)
	$(say) everything passed

lint: types lint-others ## Run the checks that need no test

lint-others: format-check ruff imports checks migrations-check messages-check

format-check: .venv
	$(say) is every file formatted?
	@$(BIN)/ruff format --check . > .venv/format.log || { cat .venv/format.log; echo "make: make fix formats them"; exit 1; }

ruff: .venv
	$(say) does ruff find mistakes?
	@$(BIN)/ruff check --quiet --output-format concise .

types: .venv
	$(say) do the types agree?
	@$(BIN)/mypy --no-error-summary

imports: .venv
	$(say) do imports follow the arrow?
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }

checks: .venv
	$(say) is the application sound?
	@TIEOUT_ENV_FILE=/dev/null $(BIN)/python manage.py check --fail-level WARNING > /dev/null

migrations-check: .venv
	$(say) does every model have its migration?
	@TIEOUT_ENV_FILE=/dev/null DATABASE_URL=sqlite:// $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 1 > .venv/migrations.log \
		|| { cat .venv/migrations.log; exit 1; }

messages-check: .venv
	$(say) is every text in the Romanian, with its gaps?
	@$(BIN)/python -m tools.messages check

collected: .venv
	$(say) can every test be collected?
	@TIEOUT_TEST_DATABASE=sqlite $(BIN)/python -m pytest --quiet --collect-only --no-summary > .venv/collected.log \
		|| { tail -20 .venv/collected.log; exit 1; }

test-sqlite: .venv ## Run the tests on SQLite (ONE_OF=1 for all of them)
	$(say) the tests on SQLite, of those for PostgreSQL one in $(ONE_OF)
	@TIEOUT_TEST_DATABASE=sqlite $(PYTEST) -m "not browser" --one-of $(ONE_OF) --numprocesses $(ONE_MORE) $(ARGS)

test-postgres: .venv ## Run the tests on PostgreSQL: TEST_DATABASE_URL, or one that is started and stopped
	$(say) the tests on PostgreSQL, of those for SQLite one in $(ONE_OF)
	@TIEOUT_TEST_DATABASE=postgres $(PYTEST) -m "not browser$(if $(ONCE), and not same_on_either)" \
		--one-of $(ONE_OF) --numprocesses $(ONE_MORE) $(addprefix --ignore=tests/,$(ONCE)) $(ARGS)

properties: .venv ## Try the properties that random values have to keep with many more of them (EXAMPLES=1000)
	@TIEOUT_TEST_DATABASE=sqlite TIEOUT_EXAMPLES=$(EXAMPLES) $(PYTEST) -m hypothesis --numprocesses $(WORKERS) $(ARGS)

test-browser: test-pages test-journeys ## Run the tests that drive a browser: pages on SQLite, journeys on PostgreSQL

test-pages: .venv
	$(say) the pages in a browser, on SQLite
	@$(HAS_BROWSER) TIEOUT_TEST_DATABASE=sqlite $(PYTEST) -m browser --numprocesses $(WORKERS) $(PAGES) $(ARGS)

test-journeys: .venv
	$(say) the journeys in a browser, on PostgreSQL
	@$(HAS_BROWSER) TIEOUT_TEST_DATABASE=postgres $(PYTEST) -m browser --numprocesses $(WORKERS) tests/journeys $(ARGS)

fix: .venv ## Format, and repair what can be repaired
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

lock: .venv ## Choose the versions anew, within what pyproject.toml allows
	$(say) choosing versions
	@$(COMPILE) --upgrade --group dev --output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --constraints requirements-dev.lock --output-file requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory .venv

messages: .venv ## Write the texts of the code into locale/, for translators; what is translated stays
	@$(BIN)/python -m tools.messages

criteria: .venv ## Write down which test proves which acceptance criterion
	@TIEOUT_TEST_DATABASE=sqlite $(BIN)/python -m pytest --quiet --collect-only --no-summary \
		--write-criteria=docs/reference/criteria.md > .venv/criteria.log || { tail -20 .venv/criteria.log; exit 1; }
	$(say) docs/reference/criteria.md is up to date

mutants: .venv ## Try small mistakes in the rules about money; each that no test notices is named (ARGS="--sample 100")
	@nice $(BIN)/python -m tools.mutants $(ARGS)

way: .venv ## Through how many of our files a mapping goes until its invoice is on the order's page (ARGS="tests/…" for another test)
	@TIEOUT_TEST_DATABASE=$${TIEOUT_TEST_DATABASE:-sqlite} $(BIN)/python -m tools.way $(ARGS)

conformance: .venv ## Are the simulators' answers valid against the vendors' descriptions? SPECS=folder, one in it for each
	$(say) do the simulators answer as the vendors describe?
	@$(BIN)/python -m tools.conformance $(SPECS)

bench: .venv ## Measure: how fast 10,000 and 100,000 orders are imported and prepared, and in how much memory
	@$(BIN)/python -m bench $(ARGS)

clean: ## Remove what setting up, running and testing left behind, but never data in var/
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
