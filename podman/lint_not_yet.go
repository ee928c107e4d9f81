package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleNotYet = rule(mirror.Rule{
	Code: "podman/key-too-new", Severity: mirror.Warning,
	Summary:     "a key that this version does not know yet",
	Consequence: "it is passed over; only the debug log names it",
	Fix:         "remove it, or use a version that knows it",
	Evidence:    "the version table of this package",
})

// lintNotYet finds keys that came after the engine's library.
func lintNotYet(l *linter, f *RegistriesFile) {
	check := func(table tomledit.Node, key string, feature release.Feature) {
		n := table.ChildFold(key)
		if !n.IsValid() || l.resolved.has(feature) {
			return
		}
		d := l.add(ruleNotYet, f.position(n), n.Name(), fmt.Sprintf("containers/image %s does not know %s (%s)", l.resolved.library, key, feature.Versions()))
		d.Versions = "containers/image " + feature.Versions()
	}
	d := f.decoded()
	check(f.doc.Root(), "additional-layer-store-auth-helper", layerHelper)
	if l.resolved.has(namespaceProxy) {
		return // all that are younger than the others are known
	}
	for i := range d.entries {
		check(d.entries[i].node, "namespace-proxy", namespaceProxy)
		for j := range d.entries[i].mirrors {
			check(d.entries[i].mirrors[j].node, "namespace-proxy", namespaceProxy)
			check(d.entries[i].mirrors[j].node, "pull-from-mirror", pullFromMirror)
		}
	}
}
