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
	for i := range l.hosts() {
		e := &l.endpoints[i]
		own := e.Host == l.namespace || l.namespace == "docker.io" && e.Host == "registry-1.docker.io"
		if own && (l.upstream().Key == "" || !e.sameAs(&up)) && strings.HasSuffix(e.Path, "/v2") && strings.Count(e.Path, "/") == 1 {
			l.at(e, fmt.Sprintf("%s is %s itself", e.Host, l.namespace))
		}
	}
}
