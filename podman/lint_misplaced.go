package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleMisplacedKey = rule(mirror.Rule{
	Code: "podman/misplaced-key", Severity: mirror.Warning,
	Summary:     "a key below a table header that it does not belong to",
	Consequence: "TOML gives it to that table, where it is passed over without a word",
	Fix:         "move it above the header, into its own table",
	Evidence:    sysregistries + "loadConfigFile; podman#14306",
})

// lintMisplacedKey finds keys of the file or of the registry that stand
// below [[registry]] or [[registry.mirror]].
func lintMisplacedKey(l *linter, f *RegistriesFile) {
	for _, u := range f.decoded().unknown {
		owner := u.belongsTo()
		if owner == "" {
			continue
		}
		where := "below " + [...]string{"", "[[registry]]", "[[registry.mirror]]", "[registries]", "a V1 table"}[u.in]
		if u.in == rootTable {
			where = "at the top of the file"
		}
		d := l.add(ruleMisplacedKey, f.position(u.node), u.node.Name(), fmt.Sprintf("%q belongs to %s; %s it does nothing", u.node.Key(), owner, where))
		if u.in == rootTable {
			d.Fix = "write [[registry]] above it"
		}
	}
}

// belongsTo names the table that knows a key which is unknown where it is.
func (u unknownKey) belongsTo() string {
	if u.in == mirrorTable && isKey(u, "prefix") {
		return ""
	}
	if u.in != rootTable && !isKey(u, "registry") && !isKey(u, "registries") && knows(rootTable, u.node.Key()) {
		return "the top of the file"
	}
	if (u.in == rootTable || u.in == mirrorTable) && !isKey(u, "mirror") && knows(registryTable, u.node.Key()) {
		return "[[registry]]"
	}
	return ""
}

func knows(in tableKind, key string) bool {
	for _, k := range knownKeys[in] {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

func isKey(u unknownKey, key string) bool { return strings.EqualFold(u.node.Key(), key) }
