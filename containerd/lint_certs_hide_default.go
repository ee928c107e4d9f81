package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/certs-hide-default", Severity: mirror.Warning,
	Summary: "a directory with certificates alone beside a _default", Consequence: "it hides the mirrors of _default, and the registry is asked directly", Fix: "add a hosts.toml with the mirrors of _default",
	Evidence: "2.4.2 core/remotes/docker/config/config_unix.go hostPaths: the first directory that exists wins"}, checkCertsHideDefault)

func checkCertsHideDefault(l *treeLint) {
	if _, ok := l.defaultDir(); !ok {
		return
	}
	for _, d := range l.Directories {
		if d.Hosts == nil && d.Fault == nil && len(d.CA)+len(d.Client) > 0 && d.Name != defaultName {
			l.at(d, "the directory holds certificates alone and hides the mirrors of _default from "+d.Namespace())
		}
	}
}
