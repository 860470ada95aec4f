# Two commands: `make demo` shows the platform, `make test` checks all of it.
.PHONY: demo test style types architecture tests bench lock shell
.DEFAULT_GOAL := help

help:
	@echo "make demo   set up and show the platform with a demonstration season"
	@echo "make test   set up and run every check"
	@echo "make bench  measure what has to be fast"
	@echo "make lock   renew the pins in requirements/*.txt"

demo:
	@setup/environment.sh run
	@.venv/bin/yingbao demo $(ARGS)

# Types and imports are looked at beside the tests, which leave a core idle now and then.
test: environment style
	@$(MAKE) --no-print-directory -j3 types architecture tests

environment:
	@setup/environment.sh test
	@setup/browser.sh

style:
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types:
	.venv/bin/mypy

architecture:
	.venv/bin/lint-imports --cache-dir .ruff_cache/imports

tests:
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench:
	@setup/environment.sh test
	@for file in bench/*.py; do .venv/bin/python "$$file"; done

lock:
	@setup/environment.sh test
	@for name in run test uv; do .venv/bin/uv pip compile --quiet requirements/$$name.in -o requirements/$$name.txt \
		--generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade; done
