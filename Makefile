# All the set-up there is: each target installs what it needs, and says so. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8080
DATA ?= demo-data
# A filter for `make test-sqlite` and `make test-postgres`: part of a test's name.
NAME ?=
# How many integration tests at once; they mostly wait.
THREADS ?= 8
export THREADS

.PHONY: help demo test test-full test-sqlite test-postgres interop lint servers bench

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

demo: ## builds and runs Yihao with example clients and synthetic people, until Ctrl-C (PORT=8080, DATA=demo-data)
	@deploy/setup/packages.sh build
	cargo build --workspace --bins
	@target=$$(cargo metadata --no-deps --format-version 1 | sed -E 's/.*"target_directory":"([^"]*)".*/\1/'); \
	exec "$$target/debug/yihao" demo --port '$(PORT)' --data '$(DATA)'

test: ## everything: format, lint, unit tests, integration tests on SQLite and again on PostgreSQL with Redis
	@deploy/setup/packages.sh test
	@deploy/test/servers.sh deploy/test/suite.sh

test-full: ## the same with everything that takes long: whole dumps of legacy systems by three seeds
	@YIHAO_TEST_FULL=1 $(MAKE) test

test-sqlite: ## the integration tests on SQLite alone (NAME=part of a test's name)
test-postgres: ## the integration tests on PostgreSQL and Redis alone (NAME=part of a test's name)
test-sqlite test-postgres: test-%:
	@deploy/setup/packages.sh test
	cargo build --workspace --bins --test yihao
	YIHAO_TEST_HOME=$* deploy/test/servers.sh cargo test --workspace --test yihao -- --test-threads=$(THREADS) $(NAME)

interop: ## the example relying systems in Java, Python and Node, against the demo in Chromium
	@echo 'interop: needs JDK 17 or later with Maven, Python 3.11 or later with venv, Node 18 or later with npm'
	@echo 'interop: and Maven Central, PyPI and npm for the libraries'
	@deploy/setup/packages.sh interop
	@deploy/test/interop.sh

lint: ## format and clippy, as `make test` asks for them
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

servers: ## a throwaway PostgreSQL and Redis for `cargo test` in another shell, until Ctrl-C
	@deploy/setup/packages.sh test
	@deploy/test/servers.sh

bench: ## what an operation costs, beside the cheapest honest server and node-oidc-provider (about eight minutes)
	@deploy/setup/packages.sh build
	@tests/bench/run.sh
