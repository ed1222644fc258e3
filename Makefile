# What a contributor runs. `make test` is what continuous integration runs.

GO ?= go
FUZZTIME ?= 20s

.PHONY: build test check generate bench fuzz install clean

build: ## Build the command line into bin/.
	$(GO) build -trimpath -o bin/certloupe ./cmd/certloupe

install: ## Install the command line into $(go env GOPATH)/bin.
	$(GO) install -trimpath ./cmd/certloupe

test: check ## Install what is needed and run every check and test.
	$(GO) mod download
	cd bench && $(GO) mod download
	$(GO) test ./...
	cd bench && $(GO) test ./...
	GOOS=js GOARCH=wasm $(GO) build ./...

check: ## Formatting, vetting, pinned versions.
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./... ./testdata/gen
	cd bench && $(GO) vet ./...
	$(GO) mod verify
	$(GO) mod tidy -diff
	cd bench && $(GO) mod tidy -diff

generate: ## Write everything that is generated: fixtures, goldens, docs/findings.md.
	$(GO) run ./testdata/gen
	$(GO) test ./finding ./ocsp ./ocsp/client ./certparse/text ./validate ./cmd/certloupe -update

bench: ## Measure against other libraries, in one run, and print the ratios.
	cd bench && $(GO) run .

fuzz: ## Run every fuzz target for FUZZTIME.
	./fuzz.sh $(FUZZTIME)

clean:
	rm -rf bin
