# What a contributor runs. `make test` is what continuous integration runs.

GO ?= go
FUZZTIME ?= 20s
HAS_NODE = node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null

.PHONY: build page module test test-js test-npm test-page check generate bench bench-wasm mutate fuzz install clean

build: ## Build the command line into bin/, with the page if node is there.
	@if $(HAS_NODE); then $(MAKE) page; \
	else echo "node 20 or newer is missing, so the command line is built without the page" >&2; fi
	$(GO) build -trimpath -o bin/certloupe ./cmd/certloupe

# npm writes this file when it has installed what the other one names.
wasm/node_modules/.package-lock.json: wasm/package-lock.json
	npm ci --prefix wasm

page: wasm/node_modules/.package-lock.json ## Build the page, to where the command line takes it from.
	npm run build --prefix wasm/npm
	npm run build --prefix wasm/page
	find internal/webpage/site -mindepth 1 ! -name README.md -delete
	cp -R wasm/page/dist/. internal/webpage/site/
	rm internal/webpage/site/assets/*.wasm # Its packed forms are enough.

module: ## Build the browser's module into dist/.
	$(GO) run ./wasm/build

install: ## Install the command line into $(go env GOPATH)/bin.
	$(GO) install -trimpath ./cmd/certloupe

test: check ## Install what is needed and run every check and test.
	$(GO) mod download
	cd bench && $(GO) mod download
	$(GO) test ./...
	cd bench && $(GO) test ./...
	GOOS=js GOARCH=wasm $(GO) build ./...
	$(MAKE) test-js
	$(MAKE) test-npm
	$(MAKE) test-page

# What is pure, and so has to judge in a browser as it does elsewhere.
JS_PACKAGES ?= ./finding ./internal/rows ./internal/jsontext ./internal/safetext ./certparse ./sm2 ./ocsp ./validate/... ./wasm/bridge

test-js: ## Run the tests of pure packages in Node, if it is there.
	@if command -v node >/dev/null; then \
		GOOS=js GOARCH=wasm $(GO) test -short -exec "$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec" $(JS_PACKAGES); \
	else echo "NOT RUN: node is missing, so no test ran in it" >&2; fi

# Chromium is that in /usr/bin, or what CHROMIUM names.
test-npm: ## Build the package for npm and run its tests in Node and, if it is there, in Chromium.
	@if $(HAS_NODE); then \
		npm ci --prefix wasm && npm test --prefix wasm/npm; \
	else echo "NOT RUN: node 20 or newer is missing, so nothing shows that the package for npm works" >&2; fi

test-page: ## Build the page and test it in Chromium, if that is there.
	@if $(HAS_NODE); then $(MAKE) build && npm test --prefix wasm/page; \
	else echo "NOT RUN: node 20 or newer is missing, so nothing shows that the page works" >&2; fi

check: ## Formatting, vetting, pinned versions.
	@unformatted=$$(gofmt -l $$(git ls-files "*.go")); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./... ./testdata/gen
	cd bench && $(GO) vet ./...
	$(GO) mod verify
	$(GO) mod tidy -diff
	cd bench && $(GO) mod tidy -diff

generate: ## Write everything that is generated: fixtures, goldens, docs/findings.md.
	$(GO) run ./testdata/gen
	$(GO) test ./finding ./ocsp ./ocsp/client ./certparse/text ./validate ./cmd/certloupe -update

bench: ## Measure against other libraries, in one run, and print the ratios, and what the browser's module is made of.
	cd bench && $(GO) run .
	cd bench && $(GO) run ./size

bench-wasm: ## Measure the package for npm beside other libraries for JavaScript, in Node and in Chromium.
	npm ci --prefix wasm
	npm run build --prefix wasm/npm
	npm start --prefix wasm/bench

mutate: ## Delete every check of the rooms that decide about trust, one at a time, and see a test fail.
	cd bench && $(GO) run ./mutate

fuzz: ## Run every fuzz target for FUZZTIME.
	./fuzz.sh $(FUZZTIME)

clean:
	rm -rf bin dist wasm/npm/dist wasm/npm/build wasm/page/dist wasm/page/test-results
	find internal/webpage/site -mindepth 1 ! -name README.md -delete
