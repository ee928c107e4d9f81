package docker

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/hosts-toml-version", Severity: mirror.Warning,
	Summary:     "a hosts.toml in Docker's certs.d before 28.0",
	Consequence: "dockerd does not read it",
	Fix:         "use Docker Engine 28.0 or newer; for docker.io use registry-mirrors", Versions: "< 28.0",
	Evidence: hostsTOML.Source}, checkHostsVersion)

func checkHostsVersion(l *linter) {
	if l.certs != nil {
		return
	}
	for _, d := range l.tree.Directories {
		if d.HasFile {
			l.at(mirror.Position{File: d.Path + "/hosts.toml", Line: 1, Column: 1}, "", "Docker Engine "+l.version.String()+" does not read hosts.toml")
		}
	}
}

var _ = check(ruleHostsUnread, checkHostsUnread)

// checkHostsUnread tells of hosts.toml files on a node with a graph driver. Builds read them, so that it is no fault.
func checkHostsUnread(l *linter) {
	if l.certs == nil || l.resolver() {
		return
	}
	for _, d := range l.certs.Directories() {
		if !d.InForce {
			continue
		}
		found := l.at(mirror.Position{File: d.Path + "/hosts.toml", Line: 1, Column: 1}, "", "docker pull does not read this file while the image store is a graph driver; docker build does")
		if d.Namespace() == "docker.io" && len(l.mirrors) == 0 && !agree(nil, d.Hosts) {
			found.Severity = mirror.Warning // registry-mirrors could say it
			found.Fix = "name the mirrors in registry-mirrors as well, or " + ruleHostsUnread.Fix
		}
	}
}
