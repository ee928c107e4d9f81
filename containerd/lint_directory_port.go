package containerd

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintTree(mirror.Rule{Code: "containerd/directory-port", Severity: mirror.Warning,
	Summary: "a directory of a public registry with the default port", Consequence: "it holds only for images that are named with the port", Fix: "name it without the port",
	Evidence: "containerd PR 11393, nerdctl#3047; HostDirFromRoot compares names as they are"}, checkDirectoryPort)

func checkDirectoryPort(l *treeLint) {
	for _, d := range l.Directories {
		ns := d.Namespace()
		host, ok := strings.CutSuffix(ns, ":443")
		if !ok {
			host, ok = strings.CutSuffix(ns, ":80")
		}
		if ok && isPublicHost(ns) { // elsewhere images are named with the port on purpose
			l.at(d, fmt.Sprintf("the directory holds for images named %s/… and not for %s/…", ns, host))
		}
	}
}
