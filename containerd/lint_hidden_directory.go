package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/hidden-directory", Severity: mirror.Warning,
	Summary: "two directories for one registry", Consequence: "containerd takes the first it looks for, and never the other", Fix: "merge them",
	Evidence: "2.4.2 core/remotes/docker/config/config_unix.go hostPaths"}, checkHiddenDirectory)

func checkHiddenDirectory(l *treeLint) {
	for _, d := range l.Directories {
		if d.Name == defaultName {
			continue
		}
		if own, ok := l.Own(d.Namespace()); ok && own != d {
			l.at(d, own.Name+" is looked for first and hides this directory")
		}
	}
}
