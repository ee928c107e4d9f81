package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

var ruleDeadMirror = rule(mirror.Rule{
	Code: "podman/dead-mirror", Severity: mirror.Warning,
	Summary:     "a public mirror that is known to be dead",
	Consequence: "every pull waits for it to fail",
	Fix:         "remove it, or probe it first",
	Evidence:    "the catalog of package mirror/catalog, with source and date",
})

func lintDeadMirror(l *linter, f *RegistriesFile) {
	f.mirrors(func(e *entry, m *Mirror, at tomledit.Node) {
		host := hostOf(m.Location)
		doubt, known := catalog.Judge(hostOf(e.Key()), mirror.Endpoint{URL: "https://" + host})
		if doubt == catalog.KnownDead {
			l.add(ruleDeadMirror, f.keyPosition(at, "location"), "registry.mirror.location", fmt.Sprintf("%s is known to be dead (%s, %s)", host, known.Provider, known.AsOf))
		}
	})
}
