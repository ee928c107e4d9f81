package podman

import (
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleDuplicateMirror = rule(mirror.Rule{
	Code: "podman/duplicate-mirror", Severity: mirror.Warning,
	Summary:     "a mirror that is in the list already, with as much insecure",
	Consequence: "when it fails it is asked again, which only takes time",
	Fix:         "remove it",
	Evidence:    sysregistries + "PullSourcesFromReference",
})

func lintDuplicateMirror(l *linter, f *RegistriesFile) {
	d := f.decoded()
	for i := range d.entries {
		e := &d.entries[i]
		for j := range e.Mirrors {
			m := &e.Mirrors[j]
			if trimSlash(m.Location) == "" || !e.repeats(m, j) {
				continue
			}
			d := l.add(ruleDuplicateMirror, f.keyPosition(e.mirrors[j].node, "location"), "registry.mirror.location",
				fmt.Sprintf("%q is a mirror of %q already", m.Location, e.Key()))
			d.Edits = f.deleteNode(e.mirrors[j].node)
		}
	}
}

// repeats reports whether one of the first n mirrors does what m does.
func (r *Registry) repeats(m *Mirror, n int) bool {
	return slices.ContainsFunc(r.Mirrors[:n], func(o Mirror) bool {
		return trimSlash(o.Location) == trimSlash(m.Location) && r.pullOf(&o) == r.pullOf(m) && o.NamespaceProxy == m.NamespaceProxy &&
			(o.Insecure == mirror.On || m.Insecure != mirror.On)
	})
}
