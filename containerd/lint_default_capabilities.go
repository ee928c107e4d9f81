package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/default-capabilities", Severity: mirror.Info,
	Summary: "a mirror without capabilities", Consequence: "it may turn tags into digests, and the first such host receives pushes", Fix: `set capabilities = ["pull", "resolve"], or ["pull"] for a mirror that is not trusted with tags`,
	Evidence: hostsSource + "parseHostConfig; core/remotes/docker/pusher.go push"}, checkDefaultCapabilities)

func checkDefaultCapabilities(l *fileLint) {
	for i := range l.hosts() {
		if e := &l.endpoints[i]; len(e.Settings.Capabilities) == 0 && e.Host != "" {
			l.at(e, "without capabilities the mirror has all of them: it may resolve tags and receive pushes")
		}
	}
}
