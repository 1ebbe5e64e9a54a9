# Timbre: what you can do here. `make` alone lists it.
SHELL    := bash
GO       ?= go
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RUNTIME  := github.com/k2-fsa/sherpa-onnx-go-linux

.DEFAULT_GOAL := help
.PHONY: help demo build test lint bench train-smoke clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## a whole story on loopback: three callers are enrolled, then recognised
	bin/timbre demo $(DEMO)

build: ## the binary, with its inference library beside it, in bin/
	$(GO) build -trimpath -o bin/timbre ./cmd/timbre
	@$(GO) mod download $(RUNTIME)
	@install -m 755 -t bin "$$($(GO) list -m -f '{{.Dir}}' $(RUNTIME))/lib/$$(uname -m)-unknown-linux-gnu/libonnxruntime.so"

test: ## every test; says what it had to leave out
	@test/prepare
	@$(GO) mod download $(RUNTIME)
	$(GO) test ./...

lint: ## formatting, vet and the linters of .golangci.yml
	$(GO) vet ./...
	$(GO) run $(LINT) run ./...

bench: build ## the figures: speed and memory, on this machine
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) run ./bench/load -binary bin/timbre
	$(GO) run ./bench/api -binary bin/timbre
	$(GO) run ./bench/soak -binary bin/timbre -calls 100 -for 30s

train-smoke: ## the training of the speaker model, all stages on made-up voices, and its tests
	@train/setup
	cd train && .venv/bin/python -W ignore -m unittest -b
	cd train && .venv/bin/python -W ignore -m speaker smoke

clean: ## what was built here
	rm -rf bin .venv train/.venv test/js/node_modules
