# `make serve` and `make test` set up what they need. Python 3.11 or 3.12; override with PYTHON=...
PYTHON ?= $(shell for python in python3 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null \
	&& echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help serve test fuzz perf test-docker check format lock openapi clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: .venv/installed ## set up, then run Triton and the API until Ctrl-C
	@.venv/bin/python -m models_src.serving

test: .venv/installed .venv-dev/installed ## set up, then run all tests against a real Triton
	.venv-dev/bin/python -m pytest --cov --numprocesses=2 --dist=loadgroup

fuzz: .venv-dev/installed ## property tests of the API with 20,000 made-up requests each; takes long
	.venv-dev/bin/python -m pytest --hypothesis-profile=fuzz tests/api/test_fuzz.py tests/api/test_openapi_fuzz.py \
		tests/api/test_text_fuzz.py

test-docker: .venv-dev/installed ## build the containers and test them; needs a Docker engine
	@if docker info > /dev/null 2>&1; then .venv-dev/bin/python -m pytest -m docker tests/docker; \
		else echo 'The tests of the containers are skipped: no Docker engine runs here (see `docker info`).'; fi

perf: .venv/installed .venv-dev/installed ## measure everything with perf_analyzer and write perf/REPORT.md: about a quarter of an hour
	.venv-dev/bin/python -m perf

check: .venv-dev/installed ## ruff, mypy and hadolint
	.venv-dev/bin/ruff check
	.venv-dev/bin/ruff format --check
	.venv-dev/bin/mypy
	.venv-dev/bin/hadolint Dockerfile.api Dockerfile.triton

format: .venv-dev/installed ## reformat the code
	.venv-dev/bin/ruff check --fix
	.venv-dev/bin/ruff format

openapi: .venv-dev/installed ## regenerate api/openapi.json
	.venv-dev/bin/python -m api.openapi

lock: ## choose the newest versions that pyproject.toml allows and write them to constraints.txt
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --upgrade --editable '.[dev]'
	# A build of torch for CUDA brings packages that a build for the CPU does not have: leave them to torch itself.
	.venv-lock/bin/python -m pip freeze --exclude-editable | sed -E '/^(nvidia-|cuda-|triton==)/d; s/\+cpu$$//' \
		> constraints.txt
	rm -rf .venv-lock

clean: ## remove everything that the other commands installed
	rm -rf .venv .venv-dev .triton

# What serving needs: no torch.
.venv/installed: pyproject.toml constraints.txt models_src/serving/install.py
	$(call create-venv,.venv,serve)
	.venv/bin/python -m models_src.serving.install
	@touch $@

.venv-dev/installed: pyproject.toml constraints.txt
	$(call create-venv,.venv-dev,dev)
	@touch $@

define create-venv
	@test -n '$(PYTHON)' || { echo 'error: Python 3.11 or 3.12 is needed; give it with PYTHON=/path/to/python3.12' >&2; exit 1; }
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1) || { rm -rf $(1); \
		echo 'error: $(PYTHON) cannot create virtual environments: install python3-venv' >&2; exit 1; }
	@echo 'Installing the packages of [$(2)] into $(1) ...'
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(2)]'
endef
