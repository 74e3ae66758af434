.DEFAULT_GOAL := help
.PHONY: help run dev test lint fmt bench openapi docs clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1	\2/p' Makefile

run: ## Start the server with demo data, and a database of its own
	@tools/bootstrap cargo run -- serve --demo

dev: ## The same, built and started anew whenever a source changes
	@tools/bootstrap tools/dev

test: ## Run all tests and examples
	@tools/bootstrap tools/test

lint: ## Check format, warnings, layers, documentation and dependencies
	@tools/lint

fmt: ## Format the code
	@cargo fmt --all

bench: ## Measure
	@tools/bootstrap cargo bench --workspace

openapi: ## Write docs/openapi.json and docs/events.md
	@tools/built crm openapi --out docs/openapi.json
	@tools/built crm events > docs/events.md

docs: ## Build the documentation of the crates
	@cargo doc --workspace --no-deps

clean: ## Remove what was built and fetched; data stays
	@cargo clean
	@rm -rf .tools
