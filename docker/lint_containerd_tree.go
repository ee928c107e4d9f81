package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/containerd-tree", Severity: mirror.Info,
	Summary:     "a hosts.toml in containerd's certs.d and none in Docker's",
	Consequence: "dockerd does not read /etc/containerd/certs.d, with the containerd image store neither",
	Fix:         "nothing, if it is for containerd's own pulls; for Docker put it into /etc/docker/certs.d", Evidence: "moby#52890; 28.5.2 daemon/hosts.go RegistryHosts"}, checkContainerdTree)

func checkContainerdTree(l *linter) {
	if l.foreign == nil {
		return
	}
	for _, d := range l.foreign.Directories {
		if !d.HasFile {
			continue
		}
		if own, ok := l.tree.Own(d.Namespace()); ok && own.HasFile {
			continue
		}
		l.at(mirror.Position{File: d.Path + "/hosts.toml", Line: 1, Column: 1}, "", fmt.Sprintf("Docker does not read this file; %s has no hosts.toml for %s", l.paths.CertsDir, d.Namespace()))
	}
}
