package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/self-mirror", Severity: mirror.Warning,
	Summary: "a mirror that is the registry itself", Consequence: "the registry is asked twice", Fix: "remove it: the upstream is asked last anyway",
	Evidence: hostsSource + "parseHostsFile"}, checkSelfMirror)

func checkSelfMirror(l *fileLint) {
	up := *l.upstream()
	if up.Host == "" && l.namespace != "*" {
		up = up.withDefaultHost(l.namespace, l.version)
	}
	own := func(host string) bool {
		return host == l.namespace || l.namespace == "docker.io" && host == "registry-1.docker.io"
	}
	if !own(up.Host) {
		return
	}
	for i := range l.hosts() {
		e := &l.endpoints[i]
		if e.Scheme == "http" && up.Scheme != "http" {
			continue // the registry, by the scheme that its own entry does not try
		}
		if own(e.Host) && (l.upstream().Key == "" || !e.sameAs(&up)) && strings.HasSuffix(e.Path, "/v2") && strings.Count(e.Path, "/") == 1 {
			l.at(e, fmt.Sprintf("%s is %s itself", e.Host, l.namespace))
		}
	}
}
