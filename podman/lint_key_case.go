package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleKeyCase = rule(mirror.Rule{
	Code: "podman/key-case", Severity: mirror.Warning,
	Summary:     "one key in two spellings that differ in case alone",
	Consequence: "the engine takes them for one key and uses either, not the same each time",
	Fix:         "keep one of them, in lower case",
	Evidence:    "BurntSushi/toml decode.go unifyStruct walks a Go map",
})

// lintKeyCase compares the keys of each table without regard to case.
func lintKeyCase(l *linter, f *RegistriesFile) {
	check := func(table tomledit.Node) {
		var seen []string
		for n := range table.Children() {
			key := n.Key()
			for _, s := range seen {
				if s != key && strings.EqualFold(s, key) {
					l.add(ruleKeyCase, f.position(n), n.Name(), fmt.Sprintf("%q and %q are one key to the engine", s, key))
				}
			}
			seen = append(seen, key)
		}
	}
	root := f.doc.Root()
	if root.Len() < 32 {
		check(root)
	}
	d := f.decoded()
	for i := range d.entries {
		check(d.entries[i].node)
		for _, m := range d.entries[i].mirrors {
			check(m.node)
		}
	}
}
