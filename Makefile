.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench lock

# Two processes, for two cores; who is done early takes from the other. ARGS= for one.
ARGS ?= -n 2 --dist worksteal
export PYTHONUNBUFFERED = 1

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## */  make \1	/p' $(MAKEFILE_LIST)

demo:  ## a running site with content, on PORT (8000)
	@exec bin/demo

test:  ## the whole suite; ARGS="tests/guide -k dosage" for a part
	@bin/bootstrap
	@exec .venv/bin/pytest $(ARGS)

lint:  ## the style of code and templates, and no migration forgotten
	@bin/bootstrap
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 --check {} +
	SECRET_KEY=lint DATABASE_URL=sqlite:///:memory: .venv/bin/python manage.py makemigrations --check --dry-run

format:  ## put code and templates into that style
	@bin/bootstrap
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 {} +

bench:  ## the figures of docs/performance.md
	@bin/bootstrap
	@exec .venv/bin/python -m bench

lock:  ## write requirements.lock anew; needs uv
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
		--no-header --upgrade --group dev --output-file requirements.lock pyproject.toml
