package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/resolve-by-mirror", Severity: mirror.Info,
	Summary: "resolve granted to a public mirror", Consequence: "the mirror decides which image a tag stands for", Fix: `write capabilities = ["pull"] to use it for digests alone`,
	Evidence: "2.4.2 docs/hosts.md, capabilities"}, checkPublicResolve)

func checkPublicResolve(l *fileLint) {
	for i := range l.hosts() {
		e := &l.endpoints[i]
		if len(e.Settings.Capabilities) > 0 && e.Capabilities.Has(mirror.Resolve) && isPublicHost(e.Host) && e.sendsNamespace(l.namespace) {
			l.atKey(e, "capabilities", e.Host+" decides which image a tag stands for")
		}
	}
}
