package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleMirrorPrefix = rule(mirror.Rule{
	Code: "podman/mirror-prefix", Severity: mirror.Warning,
	Summary:     "prefix inside [[registry.mirror]]",
	Consequence: "it is passed over: a mirror belongs to the [[registry]] above it, whatever its prefix says",
	Fix:         "remove it; put the mirror below the [[registry]] that it is for",
	Evidence:    "run against containers/image 5.36.2 and 5.42.0; skopeo#2002, containers/image#1523",
})

func lintMirrorPrefix(l *linter, f *RegistriesFile) {
	for _, u := range f.decoded().unknown {
		if u.in != mirrorTable || !isKey(u, "prefix") {
			continue
		}
		owner := tableKey(u.node.Parent().Parent().Parent())
		text, _ := u.node.AsString()
		message := "prefix does nothing in [[registry.mirror]]"
		if trimSlash(text) != owner {
			message = fmt.Sprintf("the mirror is used for %q, the [[registry]] above it, and not for %q", owner, text)
		}
		d := l.add(ruleMirrorPrefix, f.position(u.node), "registry.mirror.prefix", message)
		if trimSlash(text) == owner {
			d.Edits = f.deleteNode(u.node)
		}
	}
}
