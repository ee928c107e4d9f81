package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
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

// nodeOf is where a setting of an endpoint stands.
func (l *fileLint) nodeOf(e *Endpoint, key string) tomledit.Node {
	if e.Root {
		return l.decoded.root.nodes[key]
	}
	for _, h := range l.decoded.hosts {
		if h.key == e.Key {
			return h.nodes[key]
		}
	}
	return tomledit.Node{}
}
