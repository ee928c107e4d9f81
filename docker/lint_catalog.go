package docker

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

var _ = lint(mirror.Rule{Code: "docker/dead-mirror", Severity: mirror.Warning,
	Summary: "a mirror that is known to be gone or closed", Consequence: "every pull waits for it to fail, and goes on to the next",
	Fix: "remove it", Evidence: "the sources that the catalog names for the mirror"}, checkDeadMirror)

func checkDeadMirror(l *linter) {
	for _, m := range l.mirrors {
		for _, known := range catalog.Default().MirrorsFor("docker.io", catalog.Dead) {
			if hostOf(known.URL) == hostOf(m.Value) {
				l.at(m.Position, mirrorsKey, fmt.Sprintf("%s is no longer served (%s)", strings.TrimSuffix(m.Value, "/"), since(known.Mirror)))
				break
			}
		}
	}
}

func since(m catalog.Mirror) string {
	if m.AsOf == "" {
		return m.Source
	}
	return "known in " + m.AsOf
}

// mirrorOfHub reports whether a host is known to mirror docker.io, whatever its name says.
func mirrorOfHub(host string) bool {
	for _, known := range catalog.Default().MirrorsFor("docker.io") {
		if hostOf(known.URL) == host {
			return true
		}
	}
	return false
}
