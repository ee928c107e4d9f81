package docker

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleHiddenInsecure = rule(mirror.Rule{Code: "docker/hidden-insecure", Severity: mirror.Warning,
	Summary:     "a registry in insecure-registries whose hosts.toml names hosts",
	Consequence: "the containerd image store and BuildKit ignore insecure-registries for it",
	Fix:         "set skip_verify = true in hosts.toml, or write http:// there", Versions: hostsTOML.Versions(),
	Evidence: "28.5.2 daemon/hosts.go mergeLegacyConfig"})

var _ = check(ruleHiddenInsecure, checkHiddenInsecure)

func checkHiddenInsecure(l *linter) {
	if l.certs == nil {
		return
	}
	mirrors := l.mirrorHosts()
	for _, item := range l.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		if ds.Err() != nil || e.Host == "" || mirrors[e.Host] {
			continue // a mirror's entry is not about the registry of that name
		}
		if d, ok := l.certs.Lookup(e.Host); ok && len(d.Hosts) > 1 && isVerified(d.Hosts[len(d.Hosts)-1], e.Host) {
			l.at(item.Position, insecureKey, fmt.Sprintf("%q is ignored where %s/hosts.toml is read", item.Value, d.Path))
		}
	}
}

// isVerified reports whether a hosts.toml asks the registry's own host, without what insecure-registries says of it.
func isVerified(upstream containerd.ResolvedHost, registry string) bool {
	return (upstream.Host == registry || upstream.Host == "") && upstream.Scheme != "http" && !upstream.TLS.SkipsVerify()
}
