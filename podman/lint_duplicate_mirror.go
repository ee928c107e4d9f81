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
		for j := range e.Mirrors {
			for k := range j {
				a, b := e.Mirrors[k], e.Mirrors[j]
				if trimSlash(a.Location) != trimSlash(b.Location) || trimSlash(b.Location) == "" || e.pullOf(&a) != e.pullOf(&b) {
					continue
				}
				d := l.add(ruleDuplicateMirror, f.keyPosition(e.mirrors[j].node, "location"), "registry.mirror.location",
					fmt.Sprintf("%q is a mirror of %q already", b.Location, e.Key()))
				d.Edits = f.deleteNode(e.mirrors[j].node)
				break
			}
		}
	}
}
