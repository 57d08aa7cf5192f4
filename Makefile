# Two commands matter: make demo, make test. The rest: make help

PYTHON_IN_USE = .venv/bin/python
FLASK = .venv/bin/flask --app wsgi
PORT ?= 8000
WORKERS ?= 2
DEMO_ENVIRONMENT = DEMO=1 PORT=$(PORT)

.PHONY: help demo demo-reset test check bench lock vendor-ui dependencies dev-dependencies

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
		|| grep -E '^[a-z-]+:.*## ' Makefile

demo: dependencies ## Serve the site with demo data at http://127.0.0.1:8000 (PORT=8001 changes it)
	@$(DEMO_ENVIRONMENT) $(FLASK) db upgrade
	@$(DEMO_ENVIRONMENT) $(FLASK) demo load
	@exec env $(DEMO_ENVIRONMENT) $(PYTHON_IN_USE) -m talking_together.devtools.serve

demo-reset: ## Delete the demo's data and start over
	@rm -rf instance
	@$(MAKE) --no-print-directory demo

test: check ## Run everything: checks, then all tests on SQLite, PostgreSQL and in a browser
	@tools/ensure-chromium.sh
	@exec $(PYTHON_IN_USE) -m pytest --numprocesses $(WORKERS) $(ARGS)

check: dev-dependencies ## Lint, check the types and the import rules
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

bench: dev-dependencies ## Measure the pages and the writes beside what the machine can do
	@exec $(PYTHON_IN_USE) -m bench $(ARGS)

lock: dev-dependencies ## Choose the newest versions and write them down with their hashes
	@tools/lock.sh

vendor-ui: ## Renew what the pages' styles and scripts take from others (needs Node.js and npm)
	@tools/vendor-ui/build.sh

dependencies:
	@tools/ensure-dependencies.sh requirements.txt

dev-dependencies:
	@tools/ensure-dependencies.sh requirements-dev.txt
