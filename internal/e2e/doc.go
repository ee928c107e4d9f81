// Package e2e holds tests that run real container engines against registries on loopback.
//
//	go run ./cmd/e2e-engines install     once; see there for the optional ones
//	MIRRORCFG_E2E=1 go test ./...        as root; without root, an engine or the variable the tests in question are skipped
//	MIRRORCFG_E2E=require go test ./...  fails instead of skipping
//
// Package engines obtains the engines, sandbox isolates them, recorder plays the registries, and node puts
// the three together: write configuration, pull, look at the requests.
package e2e
