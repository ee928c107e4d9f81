package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/root-tls", Severity: mirror.Warning,
	Summary: "TLS settings at the root of a file whose hosts have none", Consequence: "they hold for the upstream alone, not for the hosts", Fix: "repeat them below each [host] header that needs them",
	Evidence: "k3s#13215; " + hostsSource + "parseHostsFile"}, checkRootTLS)

func checkRootTLS(l *fileLint) {
	if !l.upstream().Settings.HasTLS() || len(l.hosts()) == 0 {
		return
	}
	for i := range l.hosts() {
		if l.endpoints[i].Settings.HasTLS() {
			return
		}
	}
	for _, key := range []string{"skip_verify", "ca", "client"} {
		if l.decoded.root.nodes[key].IsValid() {
			l.atKey(l.upstream(), key, key+" at the root holds for the upstream alone; none of the hosts has it")
		}
	}
}
