# Gatehouse's commands. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BINARY := .build/release/gatehouse
FLAGS := --static-swift-stdlib

.PHONY: help install build run test check unit clients demo mission format lint tidy generate bench mutate storm crash drills crashshort differ \
	compilefail coverage coveragecheck generatecheck fuzz fuzzshort clean coverage coveragecheck compilefail fuzzshort

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## install the Debian packages a build needs
	@Tools/install build

build: install ## build the release binary, .build/release/gatehouse
	swift build -c release $(FLAGS) --product gatehouse

run: build ## build and start on http://127.0.0.1:4566 with ./data
	$(BINARY) serve

test: ## install, build and run every test, real clients included
	@Tools/install build test
	$(MAKE) --no-print-directory build unit tidy compilefail coveragecheck generatecheck fuzzshort clients crashshort demo

unit: ## unit and door tests
	# The edge's tests measure time: they run by themselves, not beside the long ones.
	swift test --skip EdgeTests
	swift test --skip-build --no-parallel --filter EdgeTests

clients: ## the AWS CLI and boto3 against two started servers, a half each
	@Tools/clients
	.venv/bin/python -m pytest -q -n 2 --dist loadfile Tests/Clients

demo: build ## two stories with the real AWS CLI: least privilege, an application on an instance
	@Tools/clients
	Tools/demo

mission: build ## the requirements M44 to M152, verified from outside, a line each
	@Tools/install test
	@Tools/clients
	.venv/bin/python Tests/Mission/mission.py

storm: ## 200 seeded storms over the whole house; STORM_SEED=n repeats one
	STORM_SEEDS=$${STORM_SEEDS:-200} swift test --filter StormTests

crash: build ## kill the server 200 times in the midst of writes
	Tools/crash 200

drills: build ## kill it at every step of a change of the root key
	@Tools/clients
	GATEHOUSE_DRILLS=1 .venv/bin/python -m pytest -q Tests/Clients/test_roots.py Tests/Clients/test_roots_online.py

crashshort:
	Tools/crash 14

check: lint tidy unit compilefail ## before each commit

format: ## format the sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

lint: ## is everything formatted?
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

tidy: ## architecture and house rules
	python3 Tools/tidy.py --self-test
	python3 Tools/tidy.py

mutate: ## every rule of policy evaluation broken on purpose; a test must notice each (long)
	Tools/mutate

bench: ## the product's speed and size against its thresholds; QUICK=1 for a short run, PUBLISH=1 for a page of it
	@Tools/install build test bench
	@Tools/clients
	.venv/bin/pip install --quiet --disable-pip-version-check -r Benchmarks/requirements.txt
	swift build -c release $(FLAGS) --product gatehouse
	for name in edge store reference policy keys; do swift build -c release $(FLAGS) --product bench-$$name; done
	python3 Benchmarks/bench.py $(if $(QUICK),--quick) $(if $(PUBLISH),--publish)

compilefail: ## what the types must refuse (after a debug build)
	Tools/compile-fail

coverage: build ## write Documentation/Coverage.md from the operations themselves
	$(BINARY) coverage >Documentation/Coverage.md
	$(BINARY) coverage condition-keys >Documentation/ConditionKeys.md

coveragecheck: build
	@$(BINARY) coverage | diff -u Documentation/Coverage.md - || { echo "Documentation/Coverage.md is old: make coverage" >&2; exit 1; }
	@$(BINARY) coverage condition-keys | diff -u Documentation/ConditionKeys.md - || \
		{ echo "Documentation/ConditionKeys.md is old: make coverage" >&2; exit 1; }

fuzz: differ ## every parser with libFuzzer, two minutes each, and the evaluators against each other
	Tools/fuzz 120

differ: ## a million random cases through both policy evaluators; CASES=n and SEED=n for others
	# In a folder of its own: a release build of these few modules, beside whatever else is being built.
	swift build -c release --scratch-path .build/differ --product differ
	.build/differ/release/differ $${CASES:-1000000} $${SEED:-2026}

fuzzshort:
	Tools/fuzz short

generate: ## write the services' shapes from the pinned botocore models
	@Tools/clients
	swift run gatehouse-codegen "$$(.venv/bin/python -c 'import botocore, os; print(os.path.dirname(botocore.__file__))')"
	swift format --in-place --recursive --parallel Sources/6-Services/*/API

generatecheck: generate
	@git diff --exit-code --stat -- Sources/6-Services || { echo "generated shapes are old: commit what make generate wrote" >&2; exit 1; }

clean: ## remove what was built
	rm -rf .build
