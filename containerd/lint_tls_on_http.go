package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/tls-on-http", Severity: mirror.Warning,
	Summary: "TLS settings on an http host", Consequence: "containerd tries https first, and plain http only when that fails", Fix: "remove the TLS keys, or write https",
	Versions: httpsBeforeHTTP.Versions(), Evidence: "containerd#11647; " + httpsBeforeHTTP.Source}, checkTLSOnHTTP)

func checkTLSOnHTTP(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Host != "" && e.httpsFirst(l.version) {
			key := "dial_timeout"
			for _, k := range []string{"skip_verify", "ca", "client"} {
				if l.nodeOf(e, k).IsValid() {
					key = k
					break
				}
			}
			l.atKey(e, key, fmt.Sprintf("%s is set on an http host, which makes containerd try https first", key))
		}
	}
}
