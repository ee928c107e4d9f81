// Package e2e holds tests that run real container engines against registries on loopback.
//
//	go run ./cmd/e2e-engines install     once; see there for the optional ones
//	go test ./...                        as root; without root or an engine the tests in question are skipped
//	MIRRORCFG_E2E=require go test ./...  fails instead of skipping
//
// Package engines obtains the engines, sandbox isolates them, recorder plays the registries, and node puts
// the three together: write configuration, pull, look at the requests.
package e2e
