package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/hidden-insecure", Severity: mirror.Warning,
	Summary:     "a registry in insecure-registries whose hosts.toml names hosts",
	Consequence: "the containerd image store and BuildKit ignore insecure-registries for it",
	Fix:         "set skip_verify = true in hosts.toml, or write http:// there", Versions: hostsTOML.Versions(),
	Evidence: "28.5.2 daemon/hosts.go mergeLegacyConfig"}, checkHiddenInsecure)

func checkHiddenInsecure(l *linter) {
	if l.certs == nil {
		return
	}
	for _, item := range l.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		if ds.Err() != nil || e.Host == "" {
			continue
		}
		if d, ok := l.certs.Lookup(e.Host); ok && len(d.Hosts) > 1 {
			l.at(item.Position, insecureKey, fmt.Sprintf("%q is ignored where %s/hosts.toml is read", item.Value, d.Path))
		}
	}
}

// sameHosts reports whether registry-mirrors and a hosts.toml name the same hosts in the same order.
func sameHosts(mirrors []Item, hosts []containerd.ResolvedHost) bool {
	if len(hosts) != len(mirrors)+1 {
		return false
	}
	for i, m := range mirrors {
		if hostOf(m.Value) != hosts[i].Host {
			return false
		}
	}
	return true
}
