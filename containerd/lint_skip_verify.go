package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/skip-verify", Severity: mirror.Warning,
	Summary: "certificates are not checked", Consequence: "a connection may go to an impostor, who then decides what a tag is", Fix: "set ca to the host's authority instead",
	Evidence: hostsSource + "updateTLSConfigFromHost"}, checkSkipVerify)

func checkSkipVerify(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		if e.Settings.SkipVerify != mirror.On || isLocalhost(e.Host) {
			continue
		}
		host := e.Host
		if host == "" {
			host = ownHost(l.namespace)
		}
		d := l.atKey(e, "skip_verify", "the certificate of "+host+" is not checked")
		if !isPublicHost(host) {
			d.Severity = mirror.Info
		}
	}
}
