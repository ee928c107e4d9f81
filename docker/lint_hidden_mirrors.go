package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/hidden-mirrors", Severity: mirror.Warning,
	Summary:     "registry-mirrors beside a hosts.toml that names hosts for docker.io",
	Consequence: "the containerd image store and BuildKit ignore registry-mirrors; a graph driver's pulls ignore hosts.toml",
	Fix:         `keep one of the two; "registry-mirrors": [] clears the list`, Versions: hostsTOML.Versions(),
	Evidence: "28.5.2 daemon/hosts.go mergeLegacyConfig"}, checkHiddenMirrors)

func checkHiddenMirrors(l *linter) {
	if l.certs == nil || l.merged() || len(l.mirrors) == 0 {
		return
	}
	d, _ := l.certs.Lookup("docker.io")
	if !l.resolver() && agree(l.mirrors, d.Hosts) {
		return // each of the two pull paths has its list
	}
	l.at(l.file.Mirrors().Position, mirrorsKey, fmt.Sprintf("registry-mirrors is ignored where %s/hosts.toml is read", d.Path))
}

// agree reports whether registry-mirrors names, in their order, the hosts of a hosts.toml that it can name. It may leave
// out a server in the place of Docker Hub.
func agree(mirrors []Item, hosts []containerd.ResolvedHost) bool {
	for _, h := range hosts {
		override := h.Settings.OverridePath == mirror.On
		switch {
		case !h.Capabilities.Has(pullAlone):
		case len(mirrors) > 0 && hostOf(mirrors[0].Value) == h.Host && (!override || containerdBase(mirrors[0].Value, "https").path == h.Path):
			mirrors = mirrors[1:]
		case !h.Root && !override:
			return false
		}
	}
	return len(mirrors) == 0
}
