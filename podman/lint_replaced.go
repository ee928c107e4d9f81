package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleReplaced = rule(mirror.Rule{
	Code: "podman/replaced-entry", Severity: mirror.Warning,
	Summary:     "an entry that replaces one of an earlier file and lacks what that one has",
	Consequence: "entries of one prefix are not merged: the later file's counts as a whole, so that blocked, insecure and mirrors of the earlier are gone",
	Fix:         "repeat in the later entry what shall stay",
	Evidence:    sysregistries + "updateWithConfigurationFrom; containers/image#834, #838",
})

func lintReplacedEntry(l *linter) {
	for _, f := range l.files {
		if f.doc == nil {
			continue
		}
		d := f.doc.decoded()
		seen := make(map[string]bool, len(d.entries))
		for i := range d.entries {
			old := &d.entries[i]
			if seen[old.Key()] {
				continue // the first entry of a prefix counts
			}
			seen[old.Key()] = true
			id, ok := l.byPrefix[old.Key()]
			if !ok || l.entries[id].file == f {
				continue
			}
			now := &l.entries[id]
			var lost []string
			if old.Blocked == mirror.On && now.Blocked != mirror.On {
				lost = append(lost, "blocked")
			}
			if old.Insecure == mirror.On && now.Insecure != mirror.On {
				lost = append(lost, "insecure")
			}
			if n := missingMirrors(&old.Registry, &now.Registry); n > 0 {
				lost = append(lost, fmt.Sprintf("%d of %d mirrors", n, len(old.Mirrors)))
			}
			if len(lost) > 0 {
				l.add(ruleReplaced, now.file.doc.at(now.place), "registry", fmt.Sprintf("this entry of %q replaces the one in %s and drops its %s",
					now.key, f.doc.at(old.place).File, strings.Join(lost, ", ")))
			}
		}
	}
}

func missingMirrors(old, now *Registry) int {
	n := 0
	for i := range old.Mirrors {
		found := false
		for j := range now.Mirrors {
			found = found || trimSlash(now.Mirrors[j].Location) == trimSlash(old.Mirrors[i].Location)
		}
		if !found {
			n++
		}
	}
	return n
}
