package podman

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleBlockedElsewhere = rule(mirror.Rule{
	Code: "podman/blocked-not-enforced", Severity: mirror.Warning,
	Summary:     "blocked = true beside a location that differs from the prefix",
	Consequence: "nothing is blocked: the check is made with the rewritten name, which the prefix does not match",
	Fix:         "write location = the prefix, or an entry with blocked = true for the location",
	Evidence:    "containers/image 5.36.2 docker/docker_client.go newDockerClient; run against both libraries",
})

func lintBlocked(l *linter) {
	if len(l.faults) > 0 {
		return
	}
	x := newIndex(len(l.entries))
	for i := range l.entries {
		x.add(l.entries[i].key, int32(i))
	}
	for i := range l.entries {
		e := &l.entries[i]
		location := trimSlash(e.Location)
		if e.Blocked != mirror.On || location == "" || location == e.key {
			continue
		}
		// A name below the location may be blocked by another entry, or by
		// this one where the location lies below the prefix.
		if id, _ := x.find(location + "/x"); id >= 0 && l.entries[id].Blocked == mirror.On {
			continue
		}
		l.add(ruleBlockedElsewhere, e.atKey("blocked"), "registry.blocked", fmt.Sprintf("images of %q are pulled from %q all the same", e.key, location))
	}
}
