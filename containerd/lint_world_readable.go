package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var _ = lintFile(mirror.Rule{Code: "containerd/world-readable-secret", Severity: mirror.Warning,
	Summary: "a file with credentials that everybody on the node can read", Consequence: "every user of the node has the credentials", Fix: "chmod 600"}, checkWorldReadable)

func checkWorldReadable(l *fileLint) {
	if l.dir.Mode&0o044 == 0 {
		return
	}
	for i := range l.endpoints {
		if e := &l.endpoints[i]; hasCredentials(&e.Settings) {
			l.atKey(e, "header", fmt.Sprintf("the file holds credentials and has mode %04o", l.dir.Mode.Perm()))
			return
		}
	}
}
