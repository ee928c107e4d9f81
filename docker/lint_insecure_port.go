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
	for _, item := range l.file.InsecureRegistries().Items {
		e, ds := ValidateInsecureRegistry(item.Value)
		if ds.Err() != nil || e.Host == "" || l.isMirror(e.Host) {
			continue
		}
		for _, m := range l.mirrors {
			u, err := url.Parse(m.Value)
			if err != nil || u.Scheme != "https" || u.Port() == "" || u.Hostname() != e.Host || l.insecure.covers(u.Host) {
				continue
			}
			d := l.at(item.Position, insecureKey, fmt.Sprintf("%q does not cover the mirror %s", item.Value, m.Value))
			d.Fix = fmt.Sprintf("write %q", u.Host)
			break
		}
	}
}
