# The two commands: `make demo` and `make test`. The rest serves them.
# One profile for all of them (dev), one target folder: nothing is built twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CARGO ?= cargo
BIN := $(or $(CARGO_TARGET_DIR),target)/debug/anlan
DATA ?= data/demo
LISTEN ?= 127.0.0.1:8080
MQTT ?= 127.0.0.1:1883

.PHONY: help demo test web build bench faults check-rust check-web test-rust test-web test-browser generate clean tools

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: build ## build everything and show the living district
	$(BIN) demo --data $(DATA) --listen $(LISTEN) --mqtt $(MQTT)

build: web ## the binary with the web application inside
	$(CARGO) build --workspace --all-targets

web: ## the web application, if its sources changed
	@scripts/web.sh

test: tools check-rust test-rust check-web test-web test-browser ## everything: format, lints, Rust, web, browser, PostgreSQL, MQTT
	@echo "all tests passed"

tools:
	@scripts/tools.sh

check-rust: web
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny check licenses bans sources; else echo "SKIPPED LOUDLY: cargo-deny is not installed; licences and sources were not checked"; fi

test-rust: build
	@if command -v cargo-nextest >/dev/null; then $(CARGO) nextest run --workspace --all-targets --no-fail-fast && $(CARGO) test --workspace --doc -q; \
	else echo "SKIPPED LOUDLY: cargo-nextest is not installed; using cargo test"; $(CARGO) test --workspace --no-fail-fast; fi
	$(BIN) check

check-web: web
	cd web && npm run check

test-web: web
	cd web && npm test

test-browser: build
	scripts/browser.sh

bench: build ## figures, judged here and nowhere else
	$(CARGO) build --release -p anlan
	scripts/bench.sh

faults: build ## the long sets: kills, power cuts, full disks, a million random scenarios, every property at length
	FAULTS=long $(CARGO) test -p anlan-tests --test platform faults -- --nocapture
	FAULTS=long $(CARGO) test --release -p anlan-consequence --test properties --test scenario random -- --nocapture
	PROPTEST_CASES=10000 $(CARGO) test --release -p anlan-alarms -p anlan-telemetry -p anlan-records -p anlan-methods -p anlan-consequence

generate: ## what is generated and committed
	$(CARGO) run -q -p anlan-xtask -- generate

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules data
