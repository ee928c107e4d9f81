package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleUnknownKey = rule(mirror.Rule{
	Code: "podman/unknown-key", Severity: mirror.Warning,
	Summary:     "a key or table that no version knows",
	Consequence: "it is passed over; only the debug log names it (Failed to decode keys)",
	Fix:         "write the key that is meant, or remove it",
	Evidence:    sysregistries + "loadConfigFile; podman#14306",
})

// lintUnknownKeys reports keys that are known nowhere, with the nearest that
// is. Those that belong to another table are lintMisplacedKey's.
func lintUnknownKeys(f *RegistriesFile, ds *mirror.Diagnostics) {
	for _, u := range f.decoded().unknown {
		if u.belongsTo() != "" || u.in == mirrorTable && isKey(u, "prefix") {
			continue
		}
		name := u.node.Key()
		d := ruleUnknownKey.At(f.position(u.node), u.node.Name(), fmt.Sprintf("%q is not known here and does nothing", name))
		if u.in == rootTable && isKey(u, "aliases") {
			d.Message = "aliases is no table and does nothing"
			d.Fix = "write a table: [aliases]"
		} else if near := nearest(name, knownKeys[u.in]); near != "" {
			d.Fix = fmt.Sprintf("write %q", near)
			if !u.node.IsTable() && u.node.RawKey() == name && !u.node.Parent().Child(near).IsValid() {
				d.Edits = f.splice(u.node.KeySpan(), near)
			}
		}
		if u.in == rootTable && isKey(u, "mirror") {
			d.Fix = "write [[registry.mirror]] below the [[registry]] that it is for"
		}
		*ds = append(*ds, d)
	}
}

// nearest is the known key that differs least, if it is near at all.
func nearest(name string, known []string) string {
	best, distance := "", len(name)/3+2
	for _, k := range known {
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
