.DEFAULT_GOAL := help
.PHONY: help run dev test e2e deploy chaos fuzz fuzz-parsers screens lint audit fmt bench bench-http openapi clients docs book package sbom semver reproducible clean

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\): ## \(.*\)/  make \1	\2/p' Makefile

run: ## Start the server and the console with demo data, and a database of its own
	@tools/console build
	@tools/bootstrap cargo run -- serve --demo

dev: ## The same, built and started anew whenever a source changes
	@tools/bootstrap tools/dev

test: ## Run all tests and examples, of the server and of the console, in a browser too
	@tools/console check
	@tools/console budget
	@tools/bootstrap tools/test
	@tools/bootstrap tools/console e2e

e2e: ## Only go through the console in a browser, against the real server
	@tools/bootstrap tools/console e2e

deploy: ## Try the files of deploy/ and the commands of the guides: nginx, Prometheus, restarts under load
	@tools/bootstrap deploy/tests/all

chaos: ## Kill, cut off, slow down, fill up and overload what runs, and check what is promised for then
	@tools/bootstrap deploy/tests/chaos

fuzz: ## Send what the API document allows and forbids, 20,000 times and more, and check the answers
	@tools/bootstrap tools/fuzz

fuzz-parsers: ## Feed what reads tokens, cursors, filters, files and headers with made-up input, each for a minute
	@tools/fuzz-parsers

screens: ## Take pictures of every screen of the console, for docs/screens
	@tools/bootstrap tools/console screens

lint: ## Check format, warnings, layers, documentation and dependencies
	@tools/lint

audit: ## Look for known weaknesses of dependencies in ADVISORIES=<copy of the RustSec database>
	@tools/audit $(ADVISORIES)

fmt: ## Format the code
	@cargo fmt --all
	@cargo fmt --manifest-path clients/rust/Cargo.toml
	@cargo fmt --manifest-path fuzz/parsers/Cargo.toml

bench: ## Measure
	@tools/bootstrap cargo bench --workspace

bench-http: ## Measure a release build over HTTP, beside other systems with the same data: PEERS="ours express" for some
	@tools/console build
	@tools/bootstrap tools/bench-http $(PEERS)

openapi: ## Write docs/openapi.json, docs/events.md, docs/permissions.txt, and the client of the console
	@tools/built crm openapi --out docs/openapi.json
	@tools/built crm events > docs/events.md
	@tools/built crm permissions --built-in > docs/permissions.txt
	@tools/console generate

clients: ## Make the clients in TypeScript and Python from docs/openapi.json
	@tools/clients generate

docs: ## Build the documentation of the crates
	@cargo doc --workspace --no-deps

book: ## Make the book of docs/ in target/book
	@tools/docs build

package: ## Make the packages of the libraries, and build each from what is in it
	@tools/release package

sbom: ## Write what the program and the console are made of, as CycloneDX, to target/sbom
	@tools/release sbom

semver: ## Compare the libraries with those of the last release
	@tools/release semver

reproducible: ## Build the program twice, in two folders, and compare what came out
	@tools/release reproducible

clean: ## Remove what was built and fetched; data stays
	@cargo clean
	@rm -rf .tools console/dist console/node_modules
