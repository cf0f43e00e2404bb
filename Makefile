# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
GO          ?= go
FUZZTIME    ?= 10s
COMMUNS     := bin/communs$(shell $(GO) env GOEXE 2>/dev/null)

export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help build demo test test-forges check cross lint bench bench-catalogue bench-crawl bench-large bench-ranking bench-similar eval-licenses pictures validate-foreign fuzz race cover generate clean

help: ## cette aide / this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## un binaire statique, bin/communs / one static binary, bin/communs
	$(GO) build -o $(COMMUNS) ./cmd/communs

demo: build ## indexer et servir le code libre dont Communs est fait / index and serve the free code that Communs is made of
	$(COMMUNS) demo

test: ## tout vérifier, outils compris / check everything, tools included
	@.ci/tools rg:ripgrep chromium:chromium reuse pages
	@$(MAKE) --no-print-directory check lint cross
	@echo '· tests'
	$(GO) test -timeout 15m ./...

test-forges: ## essayer le moissonnage sur un vrai Gitea, compilé au besoin / try the crawl on a real Gitea, built when needed
	@.ci/tools gcc:build-essential
	home=$$(.ci/gitea); [ -z "$$home" ] || COMMUNS_GITEA="$$home" $(GO) test -timeout 15m -count=1 -run '^TestGitea' ./internal/gitea ./crawler ./cmd/communs

check: ## mise en forme et vet / formatting and vet
	@echo '· gofmt, vet'
	@bad=$$(git ls-files -co --exclude-standard '*.go' ':!:**/testdata/**' | xargs gofmt -l); \
	  if [ -n "$$bad" ]; then echo "gofmt : à mettre en forme / to be formatted:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...

cross: ## compile aussi pour macOS et Windows / compiles for macOS and Windows too
	@for target in darwin/arm64 windows/amd64; do \
	  echo "· $$target"; \
	  GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -buildvcs=false ./...; \
	done

lint: build ## conformité REUSE et licences des dépendances / REUSE compliance and licences of dependencies
	@reuse=$$(PATH="$$PWD/.tools/bin:$$PATH" command -v reuse || true); \
	  if [ -n "$$reuse" ] && "$$reuse" --version | grep -qE '(^|[^0-9.])([4-9]|[1-9][0-9])\.[0-9]'; then \
	    echo '· reuse lint'; "$$reuse" lint --quiet || { "$$reuse" lint; exit 1; }; \
	  else echo '! reuse lint : laissé de côté, reuse ≥ 4 absent / left out, reuse ≥ 4 is missing' >&2; fi
	@echo '· communs licenses audit'
	@$(GO) mod download # modules that no build needs are judged as well
	@$(COMMUNS) licenses audit . >bin/licences.txt || { code=$$?; cat bin/licences.txt; exit $$code; }

bench: build ## mesurer, et écrire docs/benchmarks.md / measure, and write docs/benchmarks.md
	@.ci/tools rg:ripgrep csearch:codesearch
	$(GO) run ./internal/bench -binary $(COMMUNS) -queries internal/bench/queries.txt -write docs/benchmarks.md
	@$(MAKE) bench-crawl

bench-large: build ## mesurer sur un corpus plus grand, à télécharger (env. 20 min) / measure on a larger corpus, to be downloaded (about 20 min)
	@.ci/tools rg:ripgrep csearch:codesearch
	$(GO) run ./internal/bench -binary $(COMMUNS) -sources internal/bench/sources.txt -sources-folder .bench/sources -write docs/benchmarks.md

bench-catalogue: build ## mesurer les pages d'un catalogue de 2 000 logiciels / measure the pages of a catalogue of 2,000 software
	$(GO) run ./internal/bench -binary $(COMMUNS) -catalogue -write docs/benchmarks.md

bench-similar: build ## mesurer les blocs semblables à deux tailles, à télécharger (env. 40 min) / measure similar blocks at two sizes, to be downloaded (about 40 min)
	$(GO) run ./internal/bench -binary $(COMMUNS) -similar-sources internal/bench/sources-similar.txt -sources-folder .bench/sources -write docs/benchmarks.md

bench-crawl: build ## mesurer le moissonnage de 200 petits dépôts d’un vrai Gitea, et l’arrêter net 100 fois / measure the crawl of 200 small repositories of a real Gitea, and kill it 100 times
	@.ci/tools gcc:build-essential
	home=$$(.ci/gitea); [ -z "$$home" ] || $(GO) run ./internal/bench -binary $(COMMUNS) -gitea "$$home" -write docs/benchmarks.md

RANKING ?= $(shell $(GO) env GOROOT)/src

bench-ranking: build ## mesurer le classement des phrases sur RANKING, un dossier de dépôts / measure the ranking of sentences on RANKING, a folder of repositories
	$(GO) run ./internal/bench -binary $(COMMUNS) -ranking $(RANKING) -each 60 -write docs/benchmarks.md

DATA ?=
TEXTS ?=
NEGATIVES ?=
PROJECTS ?=

eval-licenses: build ## mesurer la détection des licences ; DATA : le jeu d'essai / measure the finding of licences; DATA: the development set
	$(GO) run ./internal/bench -binary $(COMMUNS) -licenses "$(DATA)" -license-texts "$(TEXTS)" \
	  -negatives "$(NEGATIVES)" -projects "$(PROJECTS)" -write docs/benchmarks.md

pictures: build ## refaire les images de la documentation / make the documentation's pictures again
	@.ci/tools chromium:chromium pngquant:pngquant
	$(GO) run ./internal/bench -binary $(COMMUNS) -picture docs/img/resultats.png

SHAPES ?=

validate-foreign: build ## contrôler API et données ouvertes par d’autres outils ; SHAPES : formes SHACL / check API and open data with foreign tools; SHAPES: SHACL shapes
	.ci/validate $(COMMUNS) $(SHAPES)

fuzz: ## chaque cible de fuzz pendant FUZZTIME (10s) / each fuzz target for FUZZTIME (10s)
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
	    echo "· $$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
	  done; \
	done

race: ## les tests avec le détecteur de courses (demande un compilateur C) / the tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m ./...

cover: ## couverture des tests, bin/cover.html / test coverage, bin/cover.html
	@mkdir -p bin
	$(GO) test -timeout 15m -coverpkg=./... -coverprofile=bin/cover.out ./...
	$(GO) tool cover -html=bin/cover.out -o bin/cover.html
	@$(GO) tool cover -func=bin/cover.out | tail -n 1

generate: ## refaire les fichiers générés / make the generated files again
	$(GO) generate ./...

clean: ## effacer ce que make a fait / remove what make made
	rm -rf bin .tools .bench
