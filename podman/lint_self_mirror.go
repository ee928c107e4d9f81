package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleSelfMirror = rule(mirror.Rule{
	Code: "podman/self-mirror", Severity: mirror.Warning,
	Summary:     "a mirror that is the registry itself",
	Consequence: "the registry is asked twice, and before the mirrors below this one",
	Fix:         "remove it: the registry is asked anyway, after its mirrors",
	Evidence:    sysregistries + "PullSourcesFromReference",
})

func lintSelfMirror(l *linter, f *RegistriesFile) {
	f.mirrors(func(e *entry, m *Mirror, at tomledit.Node) {
		location := trimSlash(m.Location)
		if location == "" || location != trimSlash(e.Location) && location != e.Key() || e.Blocked == mirror.On {
			return
		}
		// A location of its own makes the registry's name a second place.
		if location == e.Key() && trimSlash(e.Location) != e.Key() {
			return
		}
		d := l.add(ruleSelfMirror, f.keyPosition(at, "location"), "registry.mirror.location", fmt.Sprintf("%q is the registry itself", m.Location))
		d.Edits = f.deleteNode(at)
	})
}
