package podman

import (
	"fmt"
	"slices"
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

// lintKeyCase compares the known keys of each table without regard to case.
func lintKeyCase(l *linter, f *RegistriesFile) {
	check := func(table tomledit.Node, in tableKind) {
		seen := make([][]string, len(knownKeys[in])) // spellings of each
		for n := range table.Children() {
			key := n.Key()
			i := slices.IndexFunc(knownKeys[in], func(known string) bool { return strings.EqualFold(known, key) })
			if i < 0 || slices.Contains(seen[i], key) {
				continue
			}
			if seen[i] = append(seen[i], key); len(seen[i]) > 1 {
				l.add(ruleKeyCase, f.position(n), n.Name(), fmt.Sprintf("%q and %q are one key to the engine", seen[i][0], key))
			}
		}
	}
	check(f.doc.Root(), rootTable)
	d := f.decoded()
	for i := range d.entries {
		check(d.entries[i].node, registryTable)
		for _, m := range d.entries[i].mirrors {
			check(m.node, mirrorTable)
		}
	}
}
