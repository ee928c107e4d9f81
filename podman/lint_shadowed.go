package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleShadowed = rule(mirror.Rule{
	Code: "podman/shadowed-mirrors", Severity: mirror.Warning,
	Summary:     "an entry without mirrors below a prefix that has some",
	Consequence: "the longest prefix alone counts and inherits nothing: these images use no mirror",
	Fix:         "repeat the mirrors in the longer entry, or remove it",
	Evidence:    sysregistries + "findRegistryWithParsedConfig; machine-config-operator#2819",
})

func lintShadowedMirrors(l *linter) {
	for i := range l.entries {
		e := &l.entries[i]
		if len(e.Mirrors) > 0 || e.Blocked == mirror.On || trimSlash(e.Location) != e.key {
			continue
		}
		if parent := l.parentOf(e.key); parent != nil && len(parent.Mirrors) > 0 {
			l.add(ruleShadowed, e.file.doc.at(e.place), "registry", fmt.Sprintf("%q has no mirrors and hides those of %q", e.key, parent.key))
		}
	}
}

// parentOf is the entry that a prefix would fall to if it had none itself.
func (n *node) parentOf(key string) *effective {
	for i := strings.LastIndexByte(key, '/'); i > 0; i = strings.LastIndexByte(key[:i], '/') {
		if id, ok := n.byPrefix[key[:i]]; ok {
			return &n.entries[id]
		}
	}
	host := strings.TrimPrefix(hostOf(key), "*")
	for i := strings.IndexByte(host, '.'); i >= 0; {
		if i > 0 || !strings.HasPrefix(key, "*") {
			if id, ok := n.byPrefix["*"+host[i:]]; ok {
				return &n.entries[id]
			}
		}
		next := strings.IndexByte(host[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}
