package docker

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/silent-fallback", Severity: mirror.Info,
	Summary:     "mirrors in registry-mirrors",
	Consequence: "when a mirror fails, dockerd asks the next one and then Docker Hub, and says so only in its log",
	Fix:         "nothing, if that is wanted; for mirrors alone set server in certs.d/docker.io/hosts.toml (Docker Engine 28 or newer)",
	Evidence:    "distribution#3249, distribution#2547; moby/v2 2.0.0-beta.24 daemon/internal/distribution/errors.go continueOnError"}, checkSilentFallback)

func checkSilentFallback(l *linter) {
	if len(l.mirrors) > 0 {
		l.at(l.file.Mirrors().Position, mirrorsKey, "a mirror that fails is passed over in silence, and Docker Hub is asked")
	}
}
