package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// settleConflicts takes the upstream away from entries whose location another
// entry has with other settings: the library refuses a file in which one
// location is insecure or blocked here and is not there
// (system_registries_v2.go postProcessRegistries). The registry of that name
// keeps its own settings, and of others the first one counts.
func (t *translation) settleConflicts(entries []Registry, fields []string) {
	for t.settleSome(entries, fields) {
		// An entry that is back at its own name may stand against another.
	}
}

// settleSome reports whether it changed an entry.
func (t *translation) settleSome(entries []Registry, fields []string) (changed bool) {
	holders := make(map[string]*Registry, len(entries))
	for i := range entries {
		if e := &entries[i]; e.Location == "" || e.Location == e.Prefix {
			holders[e.Prefix] = e
		}
	}
	for i := range entries {
		e := &entries[i]
		if e.Location == "" || e.Location == e.Prefix {
			continue
		}
		holder := holders[e.Location]
		if holder == nil {
			holders[e.Location] = e
			continue
		}
		if (holder.Insecure == mirror.On) == (e.Insecure == mirror.On) && (holder.Blocked == mirror.On) == (e.Blocked == mirror.On) {
			continue
		}
		t.lose(mirror.LossUpstream, fields[i]+".upstream", e.Location+" has other settings in the entry of "+holder.Prefix)
		e.Location, e.Insecure, e.NamespaceProxy = e.Prefix, mirror.Unset, ""
		changed = true
	}
	return changed
}
