package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/no-dial-timeout", Severity: mirror.Info,
	Summary: "mirrors without dial_timeout", Consequence: "a mirror that is down costs up to 30 seconds for each manifest and layer", Fix: `set dial_timeout = "3s"`,
	Versions: dialTimeoutKey.Versions(), Evidence: "containerd#4861, containerd#10660, containerd#10624"}, checkDialTimeout)

func checkDialTimeout(l *fileLint) {
	if !dialTimeoutKey.Has(l.version) {
		return
	}
	for i := range l.hosts() {
		if e := &l.endpoints[i]; e.Settings.DialTimeout == "" && e.Host != "" {
			l.at(e, "when the mirror is down, containerd waits up to 30 seconds for each object before it goes on")
		}
	}
}
