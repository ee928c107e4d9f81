package catalog

import (
	"sync"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Doubt is a reason to think that a mirror will not do what it is configured
// for.
type Doubt string

const (
	// NoDoubt: nothing is known against it, or nothing is known at all.
	NoDoubt Doubt = ""
	// KnownDead: every entry for this registry says that the mirror is dead.
	KnownDead Doubt = "dead"
	// OtherRegistry: the mirror is known, for other registries only.
	OtherRegistry Doubt = "other-registry"
)

// Judge says what the embedded catalog holds against a mirror of a registry,
// and the entry that says so. It knows mirrors by their host.
func Judge(registry string, e mirror.Endpoint) (Doubt, Listed) {
	u, err := mirror.ParseEndpointURL(e.URL)
	if err != nil {
		return NoDoubt, Listed{}
	}
	entries := byHost()[u.Host]
	registry = canonical(registry)
	dead, serves := -1, false
	for i, m := range entries {
		if m.Registry != registry {
			continue
		}
		serves = true
		if m.State != Dead {
			return NoDoubt, Listed{}
		}
		dead = i
	}
	switch {
	case serves:
		return KnownDead, entries[dead]
	case len(entries) > 0 && !hostHasPrefixRule(u.Host):
		return OtherRegistry, entries[0]
	default:
		return NoDoubt, Listed{}
	}
}

// hostHasPrefixRule reports whether a provider serves every registry at the
// host, by its first path component.
func hostHasPrefixRule(host string) bool {
	for _, p := range parseEmbedded().Providers {
		if p.Prefix == host {
			return true
		}
	}
	return false
}

// byHost finds the embedded catalog's mirrors by host[:port].
var byHost = sync.OnceValue(func() map[string][]Listed {
	index := map[string][]Listed{}
	c := parseEmbedded()
	for i := range c.Providers {
		for _, m := range c.Providers[i].Mirrors() {
			if u, err := mirror.ParseEndpointURL(m.URL); err == nil {
				index[u.Host] = append(index[u.Host], Listed{Provider: c.Providers[i].Name, Mirror: m})
			}
		}
	}
	return index
})
