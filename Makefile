# Every target is one command that can be typed by hand as well.

.PHONY: generate test test-slow bench bench-peers trust lint ci

# Rewrites the generated files of package kernels.
generate:
	go run ./internal/asmgen/generate kernels

test:
	go test ./...

# Also the tests that take minutes.
test-slow:
	INVERSENET_SLOW=1 go test -timeout 60m ./...

bench:
	go test -run '^$$' -bench . ./...

# Compares with the libraries that other people use; see bench/peers/README.md.
bench-peers:
	go run ./bench/peers

# What TRUST.md promises, tested at length and printed: some fifteen minutes.
trust:
	.ci/trust

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:" $$unformatted; exit 1; fi
	go vet ./...

# What must pass before a change is merged.
ci:
	.ci/run
