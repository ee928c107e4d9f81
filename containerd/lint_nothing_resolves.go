package containerd

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/nothing-resolves", Severity: mirror.Error,
	Summary: "no host that may resolve, the upstream included", Consequence: `every pull by tag fails with "no resolve hosts"`, Fix: "give one of them pull and resolve",
	Evidence: "2.4.2 core/remotes/docker/resolver.go Resolve"}, checkNothingResolves)

func checkNothingResolves(l *fileLint) {
	up := l.upstream()
	if up.Host == "" || slices.ContainsFunc(l.endpoints, func(e Endpoint) bool { return e.Capabilities.Has(mirror.Pull | mirror.Resolve) }) {
		return
	}
	l.atKey(up, "capabilities", "no host has both pull and resolve, so that every pull by tag fails")
}
