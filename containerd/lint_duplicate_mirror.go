package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/duplicate-mirror", Severity: mirror.Warning,
	Summary: "the same endpoint twice under two spellings", Consequence: "containerd asks it twice", Fix: "remove one of them",
	Evidence: hostsSource + "parseHostsFile: URLs are not compared"}, checkDuplicateMirror)

func checkDuplicateMirror(l *fileLint) {
	for i := range l.endpoints {
		e := &l.endpoints[i]
		for j := range l.endpoints[:i] {
			o := &l.endpoints[j]
			if e.Host == "" || e.Key == o.Key && !e.Root || !e.sameAs(o) {
				continue
			}
			l.at(e, fmt.Sprintf("%q and %q are the same endpoint, and containerd asks it twice", o.Key, e.Key))
			break
		}
	}
}
