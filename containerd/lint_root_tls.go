package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/root-tls", Severity: mirror.Warning,
	Summary: "TLS settings for the registry's own host at the root of a file whose hosts have none", Consequence: "they hold for the upstream alone, not for the hosts", Fix: "repeat them below each [host] header that needs them",
	Evidence: "k3s#13215; " + hostsSource + "parseHostsFile"}, checkRootTLS)

func checkRootTLS(l *fileLint) {
	up := l.upstream()
	if !up.Settings.HasTLS() || len(l.hosts()) == 0 || up.Host != "" && up.Host != ownHost(l.namespace) {
		return // where server is another mirror, the settings are as much its own as those of any host
	}
	for i := range l.hosts() {
		if l.endpoints[i].Settings.HasTLS() {
			return
		}
	}
	for _, key := range []string{"skip_verify", "ca", "client"} {
		if l.decoded.root.nodes[key].IsValid() {
			l.atKey(up, key, key+" at the root holds for the upstream alone; none of the hosts has it")
		}
	}
}
