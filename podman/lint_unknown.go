package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
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
		} else if near, ok := nearest.Word(name, knownKeys[u.in]); ok {
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
