package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleMirrorOnly = rule(mirror.Rule{
	Code: "podman/mirror-only", Severity: mirror.Info,
	Summary:     "blocked = true with mirrors",
	Consequence: "images come from the mirrors alone; when all fail the pull fails. Pushing is forbidden too",
	Fix:         "nothing, if that is meant",
	Evidence:    "run against both libraries; containers/image#2497",
})

func lintMirrorOnly(l *linter) {
	for i := range l.entries {
		e := &l.entries[i]
		if e.Blocked != mirror.On || len(e.Mirrors) == 0 || trimSlash(e.Location) != e.key {
			continue
		}
		what := ""
		if tags, digests := e.kinds(); !tags {
			what = ", and no mirror takes tags: every pull by tag fails"
		} else if !digests {
			what = ", and no mirror takes digests: every pull by digest fails"
		}
		l.add(ruleMirrorOnly, e.atKey("blocked"), "registry.blocked", fmt.Sprintf("%q is reached through its mirrors alone%s", e.key, what))
	}
}

// kinds reports whether any mirror is used for tags, and for digests.
func (r *Registry) kinds() (tags, digests bool) {
	for i := range r.Mirrors {
		pull := r.pullOf(&r.Mirrors[i])
		tags = tags || pull != PullDigestOnly
		digests = digests || pull != PullTagOnly
	}
	return tags, digests
}
