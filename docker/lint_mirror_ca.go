package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/mirror-ca", Severity: mirror.Warning,
	Summary:     "certificates in certs.d for the host of a mirror",
	Consequence: "the containerd image store and BuildKit do not use them for the mirror: they look in the directory of docker.io",
	Fix:         "name the mirror in certs.d/docker.io/hosts.toml, with ca and client", Versions: hostsTOML.Versions(),
	Evidence: "docker/cli#6748, for-linux#1031; 28.5.2 daemon/hosts.go mergeLegacyConfig"}, checkMirrorCA)

func checkMirrorCA(l *linter) {
	if !l.merged() {
		return
	}
	for _, m := range l.mirrors {
		host := hostOf(m.Value)
		d, ok := l.tree.Own(host)
		if !ok || host == "docker.io" || len(d.CA)+len(d.Client) == 0 {
			continue
		}
		found := l.at(m.Position, mirrorsKey, fmt.Sprintf("the certificates in %s are not used for the mirror %s", d.Path, host))
		if !l.resolver() {
			found.Severity = mirror.Info // docker pull uses them, docker build does not
		}
	}
}
