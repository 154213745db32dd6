# Needs make, git and Python 3.11 or later; everything else is installed below the checkout, at locked versions.
#   PYTHON=python3.13   another interpreter      CONNECTS_PORT=4567   another port for the local stack

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

ifndef PYTHON
PYTHON := $(shell for candidate in python3 python3.13 python3.12 python3.11 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
endif
export PYTHON
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
STARTED := $(shell date +%s)

LOCKS := infra/requirements
PY := .venv/bin/python
# One environment: what `make run` needs comes first, and `make test` and `make check` add the rest to it.
RUN_READY := .venv/ready-$(VERSION)-run
DEV_READY := .venv/ready-$(VERSION)-dev
STACK_READY := .local/stack-venv/ready-$(VERSION)
FUZZ_READY := .local/fuzz-venv/ready-$(VERSION)
LOCK_READY := .local/lock-venv/ready-$(VERSION)
SCAN_READY := .local/scan-venv/ready-$(VERSION)
BENCH_READY := .local/bench-venv/ready-$(VERSION)

# Local commands never see an AWS account, whatever the shell has set up.
LOCALLY := env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE -u AWS_SESSION_TOKEN -u AWS_SECURITY_TOKEN -u AWS_REGION \
	-u AWS_ENDPOINT_URL -u AWS_ROLE_ARN -u AWS_WEB_IDENTITY_TOKEN_FILE -u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI \
	AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 \
	AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
PIP := -m pip --disable-pip-version-check --quiet install --no-compile --require-hashes -r

.PHONY: help run stop token mail test faults check fmt contract client package deploy diff destroy load fuzz bench bench-package bench-handler bench-units bench-exchange bench-lists bench-import lock clean python environments

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: environments ## start everything on this machine, with a demonstration (SCHOOLS=file SHOPS=400)
	@CONNECTS_STARTED=$(STARTED) SCHOOLS="$(SCHOOLS)" SHOPS="$(SHOPS)" $(LOCALLY) $(PY) -m infra.run

stop: ## stop what `make run` started; the data is kept
	@if [ -x $(PY) ]; then $(LOCALLY) $(PY) -m infra.stack stop; else echo "Nothing was running."; fi

token: $(RUN_READY) ## print an ID token of the local stack (USER=admin, or any name)
	@$(LOCALLY) $(PY) -m infra.token "$(USER)"

mail: $(RUN_READY) ## print the mails of the local stack (TO=ann@connects.example for one person's)
	@TO="$(TO)" $(LOCALLY) $(PY) -m infra.mailbox

test: $(DEV_READY) ## run all tests (ARGS='tests/unit -k name')
	@$(MAKE) -s $(STACK_READY)
	@echo "$(PY) -m pytest $(ARGS)"
	@$(LOCALLY) $(PY) -m pytest $(ARGS)

faults: $(DEV_READY) ## run every request under every fault of every call to AWS (takes minutes)
	@$(LOCALLY) $(PY) -m pytest -m faults tests/functional/faults

check: $(DEV_READY) ## lint, format, types, architecture, template, known weaknesses
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@echo "$(PY) -m pytest tests/unit/test_architecture.py"
	@$(LOCALLY) $(PY) -m pytest -q -n 0 tests/unit/test_architecture.py
	@echo "$(PY) -m infra.package --target local"
	@$(LOCALLY) $(PY) -m infra.package --target local
	.venv/bin/cfn-lint --regions us-east-1 --template build/local/template.yaml
	@$(MAKE) -s $(SCAN_READY)
	.local/scan-venv/bin/checkov --config-file infra/checkov.yaml --file build/local/template.yaml
	$(PY) -m infra.advisories .local/scan-venv/bin/pip-audit
	$(PY) -m infra.typed_client --if-reachable .local/scan-venv/bin

fmt: $(DEV_READY) ## format, and mend what can be mended
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

contract: $(RUN_READY) ## write the API's document for clients; refuses where they could break
	@$(LOCALLY) $(PY) -m infra.contract

client: $(DEV_READY) $(SCAN_READY) ## generate a typed TypeScript client from the API's document and compile it (.local/client)
	$(PY) -m infra.typed_client .local/scan-venv/bin

package: $(RUN_READY) ## make the package for AWS in build/aws
	@$(LOCALLY) $(PY) -m infra.package --target aws

deploy: $(RUN_READY) ## deploy to the shell's AWS account (STAGE=dev SET='CorsOrigin=https://…;…')
	@test -n "$(STAGE)" || { echo "Say which stage: make deploy STAGE=dev"; exit 2; }
	@$(PY) -m infra.deploy --stage "$(STAGE)" --set '$(SET)'

diff: $(RUN_READY) ## say what `make deploy` would change (STAGE=dev SET=…)
	@test -n "$(STAGE)" || { echo "Say which stage: make diff STAGE=dev"; exit 2; }
	@$(PY) -m infra.deploy --stage "$(STAGE)" --set '$(SET)' --diff

destroy: $(RUN_READY) ## remove a stage; its data stays, and prod refuses (STAGE=dev)
	@test -n "$(STAGE)" || { echo "Say which stage: make destroy STAGE=dev"; exit 2; }
	@$(PY) -m infra.deploy --stage "$(STAGE)" --destroy

load: $(RUN_READY) ## drive a throwaway stack on this machine with a realistic mix (ARGS='--seconds 20 --clients 8')
	@$(MAKE) -s $(STACK_READY)
	@$(LOCALLY) $(PY) -m infra.load $(ARGS)

fuzz: $(RUN_READY) $(FUZZ_READY) ## attack a throwaway stack by its document (ARGS='--seconds 120 --seed 3')
	@$(MAKE) -s $(STACK_READY)
	@$(LOCALLY) $(PY) -m infra.fuzz $(ARGS)

bench-package: $(DEV_READY) ## size of the package and CPU of cold starts, beside a bare boto3 process
	@$(LOCALLY) $(PY) -m infra.bench.package $(ARGS)

bench-handler: $(BENCH_READY) ## CPU of a warm request beside FastAPI and Mangum doing the same (ARGS='--rounds 9')
	@$(LOCALLY) .local/bench-venv/bin/python -m infra.bench.handler $(ARGS)

bench-units: $(DEV_READY) ## read and write units of every route beside the least that it needs
	@$(LOCALLY) $(PY) -m pytest -q -n 0 tests/functional/costs/test_units.py

bench: bench-package bench-handler bench-units ## the figures of packages, cold starts, warm requests and units

bench-exchange: $(DEV_READY) ## what the Exchange prints of a synthetic nation, and its time against a plain GROUP BY
	$(PY) -m infra.bench.exchange_trial
	$(PY) -m infra.bench.exchange --plot infra/bench/exchange.svg

bench-lists: $(DEV_READY) ## time the reading of lists against csv.reader and openpyxl (FILES='hd2024.csv …')
	$(PY) -m infra.bench.lists $(FILES)

bench-import: $(DEV_READY) $(STACK_READY) ## import 100,000 schools three times into the emulated AWS (EDGE='edge_….csv.gz')
	$(PY) -m infra.bench.lists_import $(if $(EDGE),--edge $(EDGE))

lock: $(LOCK_READY) ## resolve the newest versions anew (UPGRADE= keeps the locked ones)
	@cd $(LOCKS) && for set in dev fuzz run runtime bench scan stack tools; do \
		case $$set in \
			runtime) what="../../pyproject.toml -c dev.txt" ;; \
			bench) what="--group ../../pyproject.toml:bench -c dev.txt" ;; \
			fuzz | scan | stack | tools) what="--group ../../pyproject.toml:$$set" ;; \
			run) what="../../pyproject.toml --group ../../pyproject.toml:run -c dev.txt" ;; \
			dev) what="../../pyproject.toml --group ../../pyproject.toml:dev" ;; \
		esac; \
		../../.local/lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-header --no-emit-index-url --no-emit-find-links $(UPGRADE) $$what -o $$set.txt || exit 1; \
		echo "$(LOCKS)/$$set.txt"; \
	done
UPGRADE ?= --upgrade

clean: stop ## remove everything that was made, the local stack's data too
	rm -rf .local .venv build .hypothesis

# ---------------------------------------------------------------- environments

python:
	@test -n "$(VERSION)" || { \
		echo "Connects needs Python 3.11 or later, and found none. Install one, or name it: make PYTHON=/path/to/python3.13"; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Connects needs Python 3.11 or later; $(PYTHON) is $(VERSION). Name another: make PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# Both at once: each keeps one core busy.
environments: | python
	@$(MAKE) -s -j2 $(RUN_READY) $(STACK_READY)

$(RUN_READY): $(LOCKS)/run.txt | python
	@echo "Installing what is needed to run into .venv" >&2
	@$(PYTHON) -m venv --clear .venv
	@$(PY) $(PIP) $<
	@touch $@

$(DEV_READY): $(LOCKS)/dev.txt $(RUN_READY)
	@echo "Installing what is needed to test and check into .venv" >&2
	@$(PY) $(PIP) $<
	@touch $@

$(STACK_READY): $(LOCKS)/stack.txt | python
	@echo "Installing the emulated AWS into .local/stack-venv" >&2
	@mkdir -p .local
	@$(PYTHON) -m venv --clear .local/stack-venv
	@.local/stack-venv/bin/python $(PIP) $<
	@touch $@

$(SCAN_READY): $(LOCKS)/scan.txt | python
	@echo "Installing what scans for known weaknesses into .local/scan-venv" >&2
	@mkdir -p .local
	@$(PYTHON) -m venv --clear .local/scan-venv
	@.local/scan-venv/bin/python $(PIP) $<
	@touch $@

$(BENCH_READY): $(LOCKS)/bench.txt | python
	@echo "Installing FastAPI and Mangum into .local/bench-venv" >&2
	@mkdir -p .local
	@$(PYTHON) -m venv --clear .local/bench-venv
	@.local/bench-venv/bin/python $(PIP) $<
	@touch $@

$(FUZZ_READY): $(LOCKS)/fuzz.txt | python
	@echo "Installing the fuzzer into .local/fuzz-venv" >&2
	@mkdir -p .local
	@$(PYTHON) -m venv --clear .local/fuzz-venv
	@.local/fuzz-venv/bin/python $(PIP) $<
	@touch $@

$(LOCK_READY): $(LOCKS)/tools.txt | python
	@mkdir -p .local
	@$(PYTHON) -m venv --clear .local/lock-venv
	@.local/lock-venv/bin/python $(PIP) $<
	@touch $@
