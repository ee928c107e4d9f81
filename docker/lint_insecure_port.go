package docker

import (
	"fmt"
	"net/url"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lint(mirror.Rule{Code: "docker/insecure-port", Severity: mirror.Warning,
	Summary:     "an entry of insecure-registries without the port that the mirror has",
	Consequence: "it does not cover the mirror: entries are compared with host and port as they stand",
	Fix:         "write host:port", Evidence: insecureSource + "; buildx#1642"}, checkInsecurePort)

func checkInsecurePort(l *linter) {
	type uncovered struct{ entry, host string }
	by := map[string]uncovered{} // the first of each host name
	for _, m := range l.mirrors {
		u, err := url.Parse(m.Value)
		if err != nil || u.Scheme != "https" || u.Port() == "" || l.insecure.covers(u.Host) {
			continue
		}
		if _, ok := by[u.Hostname()]; !ok {
			by[u.Hostname()] = uncovered{m.Value, u.Host}
		}
	}
	mirrors := l.mirrorHosts()
	for _, item := range l.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		m, ok := by[e.Host]
		if ds.Err() != nil || e.Host == "" || !ok || mirrors[e.Host] {
			continue
		}
		l.at(item.Position, insecureKey, fmt.Sprintf("%q does not cover the mirror %s", item.Value, m.entry)).Fix = fmt.Sprintf("write %q", m.host)
	}
}
