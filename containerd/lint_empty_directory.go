package containerd

import (
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/empty-directory", Severity: mirror.Warning,
	Summary: "a directory without hosts.toml and certificates beside a _default", Consequence: "it hides _default, and the registry is asked directly", Fix: "remove the directory or give it a hosts.toml",
	Evidence: "2.4.2 core/remotes/docker/config/config_unix.go hostPaths: the first directory that exists wins"}, checkEmptyDirectory)

func checkEmptyDirectory(l *treeLint) {
	if _, ok := l.defaultDir(); !ok {
		return
	}
	for _, d := range l.Directories {
		if d.IsEmpty() && d.Name != defaultName {
			l.at(d, "the directory says nothing and hides _default from "+d.Namespace())
		}
	}
}
