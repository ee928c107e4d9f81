package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleResolve = rule(mirror.Rule{
	Code: "podman/resolve-by-mirror", Severity: mirror.Info,
	Summary:     "tags granted to a public mirror",
	Consequence: "the mirror decides which image a tag stands for",
	Fix:         `write pull-from-mirror = "digest-only" to use it for digests alone`,
	Evidence:    "containers-registries.conf(5), pull-from-mirror",
})

// lintResolve looks at mirrors that were given tags in so many words; the
// default gives them to all.
func lintResolve(l *linter, f *RegistriesFile) {
	f.mirrors(func(e *entry, m *Mirror, at tomledit.Node) {
		if (m.PullFromMirror != PullAll && m.PullFromMirror != PullTagOnly) || e.MirrorByDigestOnly == mirror.On || isPrivate(hostOf(m.Location)) {
			return
		}
		l.add(ruleResolve, f.keyPosition(at, "pull-from-mirror"), "registry.mirror.pull-from-mirror", fmt.Sprintf("%s decides which image a tag of %s stands for", hostOf(m.Location), e.Key()))
	})
}
