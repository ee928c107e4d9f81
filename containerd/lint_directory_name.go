package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/directory-name", Severity: mirror.Warning,
	Summary: "a directory whose name no registry has", Consequence: "containerd never looks it up", Fix: "name it host or host:port, without scheme and path",
	Evidence: "2.4.2 core/remotes/docker/config/config_unix.go hostPaths"}, checkDirectoryName)

func checkDirectoryName(l *treeLint) {
	for _, d := range l.Directories {
		if d.Name == defaultName {
			continue
		}
		ns := d.Namespace()
		lower := strings.ToLower(ns)
		switch {
		case strings.HasPrefix(lower, "https:"), strings.HasPrefix(lower, "http:"), lower == "https", lower == "http":
			l.at(d, "the directory is named like a URL: registries have no scheme here")
		case mirror.CheckHostPort(ns) != nil && lower == ns && l.platform == Unix:
			l.at(d, fmt.Sprintf("no image reference has a registry %q", ns))
		case ns == "default":
			l.at(d, "the directory for all other registries is named _default")
		}
	}
}
