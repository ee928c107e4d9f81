package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleDuplicatePrefix = rule(mirror.Rule{
	Code: "podman/duplicate-prefix", Severity: mirror.Warning,
	Summary:     "a prefix that has an entry already in the same file",
	Consequence: "the first entry counts; this one is passed over without a word",
	Fix:         "put the mirrors under the first entry and remove this one",
	Evidence:    sysregistries + "postProcessRegistries",
})

func lintDuplicatePrefix(l *linter, f *RegistriesFile) {
	d := f.decoded()
	first := make(map[string]int, len(d.entries))
	for i := range d.entries {
		e := &d.entries[i]
		key := e.Key()
		at, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		if key == "" {
			continue
		}
		l.add(ruleDuplicatePrefix, f.position(e.node), "registry", fmt.Sprintf("%q has an entry in line %d already, which counts", key, f.position(d.entries[at].node).Line))
	}
}
