package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/no-pull-still-serves", Severity: mirror.Warning,
	Summary: "capabilities without pull", Consequence: "the host is not asked for tags, but manifests and layers are fetched from it all the same", Fix: "remove the host, or add pull",
	Evidence: "2.4.2 core/remotes/docker/fetcher.go Fetch: contents come from all hosts"}, checkNoPull)

func checkNoPull(l *fileLint) {
	for i := range l.hosts() {
		if e := &l.endpoints[i]; !e.Capabilities.Has(mirror.Pull) {
			l.atKey(e, "capabilities", "contents are still fetched from the host: containerd looks at pull only when it resolves a reference")
		}
	}
}
