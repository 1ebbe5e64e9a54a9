# Timbre: what you can do here. `make` alone lists it.
SHELL    := bash
GO       ?= go
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RUNTIME  := github.com/k2-fsa/sherpa-onnx-go-linux

# One set of flags for all that is compiled, so that linters, tests and builds share the build cache. The engine of SQLite, which is C made into Go, is
# not instrumented for the race detector: it would take ten times as long, and what it guards with locks is seen anyway. No package with generic
# functions may be left out like that: the linker may take those of sync/atomic from it for all others.
export GOFLAGS := $(shell $(GO) env GOFLAGS) -trimpath -gcflags=modernc.org/sqlite/lib=-race=false

# Tests of the whole product wait for other programs and for real time. They run at full speed, and of them those of RACED under the detector,
# too, as do all tests of every other package. What takes longest begins first.
SLOW     := ./test ./test/advisory ./test/peer
RACED    := TestEncryptedCalls|TestFeedOverTLS|TestConcurrentCallQuota|TestSIGTERMDrains|TestSIGHUPReloadsKeys|TestLockout|TestReplay$$|TestDTLSRace
RACED    := $(RACED)|TestSippHold|TestKamailio

# Tests of what is released and written: they build and install, and the detector would tell nothing of it.
BUILT    := ./test/deploy ./test/docs ./test/release

.DEFAULT_GOAL := help
.PHONY: help demo build test lint docs bench bench-report train-smoke release image clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## a whole story on loopback: three callers are enrolled, then recognised
	bin/timbre demo $(DEMO)

build: ## the binary, with its inference library beside it, in bin/
	$(GO) build -o bin/timbre ./cmd/timbre
	@$(GO) mod download $(RUNTIME)
	@install -m 755 -t bin "$$($(GO) list -m -f '{{.Dir}}' $(RUNTIME))/lib/$$(uname -m)-unknown-linux-gnu/libonnxruntime.so"

test: ## every test, those of each package under the race detector; says what it had to leave out
	@test/prepare
	@$(GO) mod download $(RUNTIME)
	$(GO) test -timeout 20m ./test $(BUILT) $(SLOW)
	@mkdir -p bin
	$(GO) -C test/console test -timeout 10m -artifacts -outputdir $(CURDIR)/bin ./...
	GORACE=halt_on_error=1 $(GO) test -race -timeout 20m ./test/terraform $$($(GO) list ./... | grep -vxE "$$($(GO) list $(SLOW) $(BUILT) | paste -sd '|')")
	GORACE=halt_on_error=1 $(GO) test -race -timeout 20m -run '$(RACED)' $(SLOW)

lint: ## formatting, the linters of .golangci.yml, licences and known vulnerabilities of dependencies
	$(GO) -C test/console vet ./...
	$(GO) run $(LINT) run ./...
	$(GO) test ./test/supply -run Licence
	@GO=$(GO) test/supply/vulnerabilities ./...

docs: ## the pages as a site in docs/site/out; read it by python3 -m http.server -d docs/site/out, which searches without a network
	@docs/site/build

bench: build ## the figures: speed and memory, on this machine
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) run ./bench/load -binary bin/timbre
	$(GO) run ./bench/api -binary bin/timbre
	$(GO) run ./bench/soak -binary bin/timbre -calls 100 -for 30s

bench-report: build ## docs/performance.md and docs/sizing.md anew, beside peers, which it installs where it can; PARTS=media,search for some of it
	@bench/prepare
	$(GO) run ./bench/report -only '$(PARTS)'

train-smoke: ## the training of the speaker model, all stages on made-up voices, and its tests
	@train/setup
	cd train && .venv/bin/python -W ignore -m unittest -b
	cd train && .venv/bin/python -W ignore -m speaker smoke

release: ## what users install, in dist/: tarballs, .deb, .rpm, images, chart, bills of materials, checksums; VERSION=, KEY=, MODULE= and PLATFORMS= choose
	@release/prepare
	$(GO) run ./release $(if $(VERSION),-version $(VERSION)) $(if $(KEY),-key $(KEY)) $(if $(MODULE),-module $(MODULE)) $(if $(PLATFORMS),-platforms $(PLATFORMS))

image: build ## the container image of this machine's architecture, in bin/
	$(GO) run ./release/image -out bin -packages bin/debian $(if $(VERSION),-version $(VERSION)) bin

clean: ## what was built here
	rm -rf bin dist .venv bench/.venv train/.venv release/.venv test/js/node_modules console/app/node_modules docs/site/.venv docs/site/out
