package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/plain-http", Severity: mirror.Warning,
	Summary: "a host over plain http", Consequence: "everybody on the way can read and change tags and manifests", Fix: "write https",
	Evidence: hostsSource + "parseHostConfig"}, checkPlainHTTP)

func checkPlainHTTP(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Key == "" || e.Scheme != "http" || e.Host == "" || isLocalhost(e.Host) {
			continue
		}
		d := l.at(e, e.Host+" is asked over plain http")
		if !isPublicHost(e.Host) {
			d.Severity = mirror.Info
		}
	}
}
