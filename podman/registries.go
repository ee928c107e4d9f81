package podman

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Registries is all that a registries.conf can say (containers/image 5.42.0,
// pkg/sysregistriesv2, V2RegistriesConf). Empty strings and nil lists are
// keys that are not there.
type Registries struct {
	// Search is unqualified-search-registries: host[:port] each. Nil leaves
	// the value of earlier files, an empty list clears it.
	Search []string
	// CredentialHelpers is credential-helpers, in the order they are asked.
	// Nil leaves the value of earlier files, an empty list clears it.
	CredentialHelpers []string
	// ShortNameMode is short-name-mode: "disabled", "enforcing" or
	// "permissive".
	ShortNameMode string
	// AdditionalLayerStoreAuthHelper is additional-layer-store-auth-helper:
	// a program that is run with the credentials of an opened source.
	AdditionalLayerStoreAuthHelper string
	// Registries are the [[registry]] tables in file order.
	Registries []Registry
	// Aliases are the entries of [aliases] in file order.
	Aliases []Alias
	// V1 is set when the file uses the old form. It is read, never written:
	// see Migrate.
	V1 *V1
}

// Registry is one [[registry]] table.
type Registry struct {
	// Prefix is what image names are matched by. Empty means Location.
	Prefix string
	// Location replaces the prefix in the name that is asked for last. It may
	// be empty only where Prefix is a wildcard.
	Location string
	// Insecure turns certificate checks off for Location, and allows plain
	// http when https fails. It does not reach the mirrors.
	Insecure mirror.Toggle
	// Blocked forbids requests to names that match Prefix after rewriting.
	Blocked mirror.Toggle
	// MirrorByDigestOnly keeps every mirror from tag pulls.
	MirrorByDigestOnly mirror.Toggle
	// PullFromMirror is refused here by every version; it is kept so that it
	// can be reported and removed.
	PullFromMirror string
	// NamespaceProxy is sent as ?ns= to Location (containers/image >= 5.41).
	NamespaceProxy string
	// Mirrors are asked before Location, in order.
	Mirrors []Mirror
}

// Mirror is one [[registry.mirror]] table.
type Mirror struct {
	// Location is host[:port][/path] and replaces the registry's prefix.
	Location string
	// Insecure turns certificate checks off, and allows plain http.
	Insecure mirror.Toggle
	// PullFromMirror is "all", "digest-only", "tag-only" or empty.
	PullFromMirror string
	// NamespaceProxy is sent as ?ns= to the mirror (containers/image >= 5.41).
	NamespaceProxy string
}

// Values of pull-from-mirror.
const (
	PullAll        = "all"
	PullDigestOnly = "digest-only"
	PullTagOnly    = "tag-only"
)

// Alias maps a short name to a repository. An empty Value resets the alias
// of an earlier file.
type Alias struct {
	Name  string
	Value string
}

// V1 is the old form of the file: [registries.search], [registries.insecure]
// and [registries.block]. Nil lists are not in the file.
type V1 struct {
	Search   []string
	Insecure []string
	Block    []string
}

// Key returns what identifies the entry across files: the prefix, or the
// location where there is none, without slashes at the end.
func (r Registry) Key() string {
	if r.Prefix != "" {
		return trimSlash(r.Prefix)
	}
	return trimSlash(r.Location)
}

// Find returns the first entry with a prefix, which is the one that counts.
func (r *Registries) Find(prefix string) (*Registry, bool) {
	for i := range r.Registries {
		if r.Registries[i].Key() == prefix {
			return &r.Registries[i], true
		}
	}
	return nil, false
}

// Clone returns a deep copy.
func (r Registries) Clone() Registries {
	r.Search = slices.Clone(r.Search)
	r.CredentialHelpers = slices.Clone(r.CredentialHelpers)
	r.Aliases = slices.Clone(r.Aliases)
	r.Registries = slices.Clone(r.Registries)
	for i := range r.Registries {
		r.Registries[i].Mirrors = slices.Clone(r.Registries[i].Mirrors)
	}
	if r.V1 != nil {
		v1 := V1{slices.Clone(r.V1.Search), slices.Clone(r.V1.Insecure), slices.Clone(r.V1.Block)}
		r.V1 = &v1
	}
	return r
}

// trimSlash cuts every slash off the end, as parseLocation does.
func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}
