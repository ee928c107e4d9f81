package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleBlockedMirror = rule(mirror.Rule{
	Code: "podman/mirror-blocked", Severity: mirror.Warning,
	Summary:     "a mirror or an upstream that lies in a registry which may not be used",
	Consequence: "blocked is looked up by the rewritten name: the mirror is never asked, whatever registry it serves",
	Fix:         "name the mirror by another host, or let the registry fall back",
	Evidence:    "containers/image 5.36.2 docker/docker_client.go newDockerClient",
})

// place is a location that the model asks for.
type place struct{ field, location string }

// reportBlocked finds locations that the entries will block: those that are
// blocked themselves or keep to their mirrors.
func (t *translation) reportBlocked(entries []Registry) {
	x := newIndex(len(entries))
	// above are the names that a blocked prefix lies below.
	above := map[string]string{}
	for i := range entries {
		key := entries[i].Key()
		x.add(key, int32(i))
		if entries[i].Blocked != mirror.On {
			continue
		}
		for at := strings.LastIndexByte(key, '/'); at > 0; at = strings.LastIndexByte(key[:at], '/') {
			above[key[:at]] = key
		}
	}
	for _, p := range t.places {
		blocked, what := above[p.location], "in part"
		if id, _ := x.find(p.location + "/x"); id >= 0 && entries[id].Blocked == mirror.On {
			blocked, what = entries[id].Key(), "altogether"
		}
		if blocked != "" {
			t.losses = append(t.losses, ruleBlockedMirror.At(mirror.Position{}, p.field, fmt.Sprintf("%s is blocked %s by the entry of %s, and not asked", p.location, what, blocked)))
		}
	}
}
