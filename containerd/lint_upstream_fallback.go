package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/upstream-fallback", Severity: mirror.Info,
	Summary: "no server", Consequence: "pulls fall back to the registry's own host; containerd has no switch against it",
	Fix: "for mirrors alone set server to the last of them", Evidence: "containerd#9206, k3s#8975; " + hostsSource + "parseHostsFile"}, checkUpstreamFallback)

func checkUpstreamFallback(l *fileLint) {
	if l.upstream().Key == "" && len(l.hosts()) > 0 {
		l.report(mirror.Position{File: l.file.name, Line: 1, Column: 1}, "server", fmt.Sprintf("without server, pulls that every mirror refuses go to %s", ownHost(l.namespace)))
	}
}

func ownHost(namespace string) string {
	switch namespace {
	case "*":
		return "the registry's own host"
	case "docker.io":
		return "registry-1.docker.io"
	default:
		return namespace
	}
}
