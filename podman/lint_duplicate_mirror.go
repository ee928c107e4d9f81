package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleDuplicateMirror = rule(mirror.Rule{
	Code: "podman/duplicate-mirror", Severity: mirror.Warning,
	Summary:     "a mirror that is in the list already",
	Consequence: "when it fails it is asked again, which only takes time",
	Fix:         "remove it",
	Evidence:    sysregistries + "PullSourcesFromReference",
})

func lintDuplicateMirror(l *linter, f *RegistriesFile) {
	d := f.decoded()
	for i := range d.entries {
		e := &d.entries[i]
		if len(e.Mirrors) < 2 {
			continue
		}
		seen := make(map[[2]string]bool, len(e.Mirrors))
		for j := range e.Mirrors {
			m := &e.Mirrors[j]
			id := [2]string{trimSlash(m.Location), e.pullOf(m)}
			if id[0] != "" && seen[id] {
				d := l.add(ruleDuplicateMirror, f.keyPosition(e.mirrors[j].node, "location"), "registry.mirror.location",
					fmt.Sprintf("%q is a mirror of %q already", m.Location, e.Key()))
				d.Edits = f.deleteNode(e.mirrors[j].node)
			}
			seen[id] = true
		}
	}
}
