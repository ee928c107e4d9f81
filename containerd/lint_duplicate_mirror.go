package containerd

import (
	"fmt"
	"path"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/duplicate-mirror", Severity: mirror.Warning,
	Summary: "the same endpoint twice under two spellings", Consequence: "containerd asks it twice", Fix: "remove one of them",
	Evidence: hostsSource + "parseHostsFile: URLs are not compared"}, checkDuplicateMirror)

func checkDuplicateMirror(l *fileLint) {
	type place struct{ scheme, host, path string }
	seen := make(map[place]*Endpoint, len(l.endpoints))
	for i := range l.endpoints {
		e := &l.endpoints[i]
		at := place{e.Scheme, e.Host, path.Join("/", e.Path)}
		first := seen[at]
		switch {
		case e.Host == "":
		case first == nil:
			seen[at] = e
		case e.Key != first.Key || e.Root:
			l.at(e, fmt.Sprintf("%q and %q are the same endpoint, and containerd asks it twice", first.Key, e.Key))
		}
	}
}
