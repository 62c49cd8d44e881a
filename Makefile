# Each target is one plain command that also works without make; `make` shows
# them. Building, running and testing need Go and nothing else.

TOOL   = go tool -modfile=script/tools/go.mod
TRAPS  = $(abspath $(or $(TMPDIR),/tmp))/puente-traps
VECTORS = GOEXPERIMENT=simd
VULNDB ?= ../shared/data/govulndb
# The packages whose tests know -update
GOLDEN = $(sort $(dir $(shell grep -rl --include='*_test.go' '"update", false' .)))

.DEFAULT_GOAL := help
.PHONY: help run verify test race build shipped vectors vet pages client lint traps fmt tidy vuln bench bench-peers bench-assign-peers bench-limits sbom fuzz golden ci clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## pair the people that ship with the project, write pairs.csv and round.json
	go run . match --mentors testdata/people/mentors.csv --mentees testdata/people/mentees.csv --out pairs.csv --round round.json

verify: ## prove or refute round.json
	go run . verify round.json

test: ## run all tests
	go test ./...

race: ## run the tests of the engine, the server and the program under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./api ./matching/... ./jobs .

build: ## build the binary as the Dockerfile does: without cgo, with the processor's vectors
	CGO_ENABLED=0 $(VECTORS) go build -trimpath -ldflags "-s -w" -o puente .

shipped: ## test the engine, the server and the models as they ship
	CGO_ENABLED=0 $(VECTORS) go test ./api ./matching/... ./models

vectors: ## test the engine with the processor's vectors, where this Go has them (amd64)
	$(VECTORS) go test ./matching

vet: ## run go vet
	go vet ./...

pages: ## write the Go of web/*.templ anew
	$(TOOL) templ generate -include-version=false

client: ## write the Go client of the HTTP interface anew, and the TypeScript types (needs node, npm and its registry)
	go run ./script/client > openapi.tmp.json
	$(TOOL) oapi-codegen -config api/client/oapi-codegen.yaml openapi.tmp.json
	rm openapi.tmp.json
	script/typescript/check.sh --write

lint: traps ## run golangci-lint (its first build takes about three minutes of processor time) and our own rules
	$(TOOL) golangci-lint run ./...

traps: ## find the traps of GORM, gin, JWT and net/http by our own rules, script/traps
	mkdir -p $(TRAPS) && go build -C script/traps -o $(TRAPS) .
	go vet -vettool=$(TRAPS)/traps ./...

fmt: ## format all Go files as the linter wants them
	$(TOOL) golangci-lint fmt ./...

tidy: ## say what go.mod lacks or has too much
	go mod tidy -diff

vuln: ## look for known vulnerabilities in the offline database VULNDB
	$(TOOL) govulncheck -db file://$(abspath $(VULNDB)) ./...

sbom: build ## build the program as a release and write what it is made of, puente.cdx.json
	go run ./script/sbom puente > puente.cdx.json

bench: ## run every benchmark once; see CONTRIBUTING.md for measuring
	go test -run '^$$' -bench . -benchtime 1x ./...

bench-peers: ## rank with puente, PostgreSQL, SQLite, numpy and FAISS, and write docs/bench (about two minutes)
	go run ./script/peers

bench-assign-peers: ## solve assignments with puente, LEMON and scipy, and write docs/bench/assign.md (some minutes)
	go run ./script/assign-peers

bench-limits: ## sign in in crowds, send too much and too slowly, and write docs/bench/limits.md (a minute or two)
	go run ./script/limits

fuzz: ## try bad people files, bodies, tokens, lists of passwords and rounds for 20 seconds each
	go test -run '^$$' -fuzz '^FuzzPeople$$' -fuzztime 20s ./models
	go test -run '^$$' -fuzz '^FuzzJSON$$' -fuzztime 20s ./api
	go test -run '^$$' -fuzz '^FuzzToken$$' -fuzztime 20s ./api
	go test -run '^$$' -fuzz '^FuzzBreachedBytes$$' -fuzztime 20s -fuzzminimizetime 5x ./api
	go test -run '^$$' -fuzz '^FuzzVerify$$' -fuzztime 20s -fuzzminimizetime 5x ./matching/verify

golden: ## write the golden files anew, to be read with git diff
	go test $(GOLDEN) -update

ci: ## run everything that must hold before a change is accepted
	.ci/run

clean: ## remove what run wrote
	rm -f pairs.csv ranked.csv round.json
