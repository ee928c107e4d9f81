package docker

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/mirror-login", Severity: mirror.Info,
	Summary:     "mirrors in registry-mirrors, which have no credentials of their own",
	Consequence: "a docker login at the mirror is never used; with a graph driver a login at Docker Hub is offered to each mirror, and one that refuses it is passed over",
	Fix:         "use mirrors that need no login; a header in certs.d/docker.io/hosts.toml can carry credentials (Docker Engine 28 or newer)",
	Evidence:    "moby#30880, moby#42022"}, checkMirrorLogin)

func checkMirrorLogin(l *linter) {
	if len(l.mirrors) > 0 {
		l.at(l.mirrors[0].Position, mirrorsKey, "no docker login holds for mirrors; a mirror that wants one is passed over")
	}
}
