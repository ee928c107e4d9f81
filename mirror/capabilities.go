package mirror

import (
	"fmt"
	"strings"
)

// Capabilities is the set of things an endpoint may be used for. The zero
// value means that nothing was said: each engine then has a default of its
// own (containerd: everything, push included; Podman: pull and resolve).
//
// Resolve is a matter of trust: an endpoint that may resolve can decide which
// digest a tag stands for.
//
// A mirror that has Pull without Resolve is asked for digests only; one that
// has Resolve without Pull, for tags only.
type Capabilities uint8

const (
	// Pull: manifests and blobs may be fetched by digest.
	Pull Capabilities = 1 << iota
	// Resolve: a tag may be turned into a digest.
	Resolve
	// Push: content may be uploaded.
	Push
	// Referrers: the referrers API may be asked (containerd 2.2 and later).
	Referrers

	// NoCapabilities is the set that was written and is empty. It differs
	// from the zero value, which was not written.
	NoCapabilities Capabilities = 1 << 7
)

// AllCapabilities is what containerd takes an endpoint without capabilities
// to have.
const AllCapabilities = Pull | Resolve | Push | Referrers

var capabilityNames = [...]struct {
	bit  Capabilities
	name string
}{{Pull, "pull"}, {Resolve, "resolve"}, {Push, "push"}, {Referrers, "referrers"}}

// Has reports whether every capability in want is in the set.
func (c Capabilities) Has(want Capabilities) bool { return c&want == want }

// IsSet reports whether capabilities were written at all, be it as none.
func (c Capabilities) IsSet() bool { return c != 0 }

// Or returns the set, or def where none was written.
func (c Capabilities) Or(def Capabilities) Capabilities {
	if c == 0 {
		return def
	}
	return c
}

// Names returns the capabilities in the fixed order pull, resolve, push,
// referrers.
func (c Capabilities) Names() []string {
	names := make([]string, 0, len(capabilityNames))
	for _, n := range capabilityNames {
		if c.Has(n.bit) {
			names = append(names, n.name)
		}
	}
	return names
}

// String returns the names joined by commas, "none" for the empty set and
// "unset" for the zero value.
func (c Capabilities) String() string {
	switch {
	case c == 0:
		return "unset"
	case c&AllCapabilities == 0:
		return "none"
	default:
		return strings.Join(c.Names(), ",")
	}
}

// ParseCapability returns the capability of a name. Case does not matter, as
// in containerd (core/remotes/docker/config/hosts.go).
func ParseCapability(name string) (Capabilities, error) {
	for _, n := range capabilityNames {
		if strings.EqualFold(n.name, name) {
			return n.bit, nil
		}
	}
	return 0, fmt.Errorf("unknown capability %q: known are pull, resolve, push, referrers", name)
}
