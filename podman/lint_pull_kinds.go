package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleNoTags = rule(mirror.Rule{
		Code: "podman/no-mirror-for-tags", Severity: mirror.Info,
		Summary:     "mirrors for digests alone",
		Consequence: "a pull by tag goes straight to the registry",
		Fix:         `nothing, if the mirrors are not trusted with tags; or pull-from-mirror = "all" or "tag-only" for one of them`,
		Evidence:    sysregistries + "PullSourcesFromReference; okd#226",
	})
	ruleNoDigests = rule(mirror.Rule{
		Code: "podman/no-mirror-for-digests", Severity: mirror.Info,
		Summary:     "mirrors for tags alone",
		Consequence: "a pull by digest goes straight to the registry",
		Fix:         `pull-from-mirror = "all" or "digest-only" for one of the mirrors`,
		Evidence:    sysregistries + "PullSourcesFromReference",
	})
)

// lintPullKinds leaves mirror-only entries to lintMirrorOnly.
func lintPullKinds(l *linter) {
	for i := range l.entries {
		e := &l.entries[i]
		if len(e.Mirrors) == 0 || e.Blocked == mirror.On {
			continue
		}
		tags, digests := e.kinds()
		pos := e.file.doc.keyPosition(e.mirrors[0].node, "location")
		if e.MirrorByDigestOnly == mirror.On {
			pos = e.atKey("mirror-by-digest-only")
		}
		switch {
		case !tags:
			l.add(ruleNoTags, pos, "registry.mirror", fmt.Sprintf("pulls from %q by tag use no mirror", e.key))
		case !digests:
			l.add(ruleNoDigests, pos, "registry.mirror", fmt.Sprintf("pulls from %q by digest use no mirror", e.key))
		}
	}
}
