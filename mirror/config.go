package mirror

import "time"

// Config describes the registries of a node and their mirrors. Order is kept
// everywhere: mirrors are tried in the order written.
type Config struct {
	// Registries, at most one for each Prefix.
	Registries []Registry
	// Search lists the registries that are asked for a reference without a
	// domain ("alpine"). Nil leaves the node's setting alone; an empty list
	// means that there are none.
	Search []string
}

// Registry says how references under a prefix are served.
type Registry struct {
	// Prefix is what references are matched by: a registry ("docker.io",
	// "reg.example:5000"), a namespace or repository in it
	// ("quay.io/team"), every sub-domain ("*.example.com"), or "*" for every
	// registry that is not named. The longest match wins.
	Prefix string
	// Mirrors are tried in order before the upstream.
	Mirrors []Endpoint
	// Upstream is where the registry itself is reached. Nil means its own
	// default: https at the prefix's host, and registry-1.docker.io for
	// docker.io.
	Upstream *Endpoint
	// Fallback says whether the upstream is asked after all mirrors failed.
	// Unset means yes, as every engine does by default.
	Fallback Toggle
	// Blocked forbids pulling anything under the prefix, save through
	// mirrors where the engine allows that.
	Blocked bool
}

// Endpoint is one place that serves a registry's content.
type Endpoint struct {
	// URL is scheme://host[:port][/base]. The base path goes before /v2 in
	// each request; /v2 itself is not part of it.
	URL string
	// Repository is put before the repository name, after /v2: "hub" makes
	// library/alpine to /v2/hub/library/alpine.
	Repository string
	// Capabilities say what the endpoint may be used for. Zero leaves it to
	// the engine.
	Capabilities Capabilities
	// TLS settings hold for this endpoint alone.
	TLS TLS
	// Headers are sent with each request to this endpoint, in order.
	Headers []Header
	// DialTimeout bounds connecting. Nil leaves the engine's default.
	DialTimeout *time.Duration
	// Namespace is the value of the ?ns= query that tells the endpoint which
	// registry is meant. Empty leaves it to the engine: containerd sends it
	// by itself, Podman does not.
	Namespace string
}

// TLS holds how an endpoint's certificate is checked and what is shown to it.
// Paths are those on the node.
type TLS struct {
	// SkipVerify turns certificate checks off.
	SkipVerify Toggle
	// CA lists PEM files that are trusted in addition to the system's.
	CA []string
	// Client lists the certificates offered to the server.
	Client []ClientCert
}

// IsZero reports whether nothing is set.
func (t TLS) IsZero() bool {
	return t.SkipVerify == Unset && len(t.CA) == 0 && len(t.Client) == 0
}

// ClientCert is a client certificate. Key is empty where Cert holds both.
type ClientCert struct {
	Cert string
	Key  string
}

// Header is a request header. The values are secrets, since they often carry
// credentials.
type Header struct {
	Name   string
	Values []Secret
}

// Find returns the registry with exactly this prefix.
func (c *Config) Find(prefix string) (*Registry, bool) {
	for i := range c.Registries {
		if c.Registries[i].Prefix == prefix {
			return &c.Registries[i], true
		}
	}
	return nil, false
}

// Clone returns a deep copy that shares nothing with c.
func (c Config) Clone() Config {
	out := Config{Search: cloneKeepNil(c.Search), Registries: cloneKeepNil(c.Registries)}
	for i := range out.Registries {
		out.Registries[i] = out.Registries[i].Clone()
	}
	return out
}

// Clone returns a deep copy that shares nothing with r.
func (r Registry) Clone() Registry {
	r.Mirrors = cloneKeepNil(r.Mirrors)
	for i := range r.Mirrors {
		r.Mirrors[i] = r.Mirrors[i].Clone()
	}
	if r.Upstream != nil {
		up := r.Upstream.Clone()
		r.Upstream = &up
	}
	return r
}

// Clone returns a deep copy that shares nothing with e.
func (e Endpoint) Clone() Endpoint {
	e.TLS.CA = cloneKeepNil(e.TLS.CA)
	e.TLS.Client = cloneKeepNil(e.TLS.Client)
	e.Headers = cloneKeepNil(e.Headers)
	for i := range e.Headers {
		e.Headers[i].Values = cloneKeepNil(e.Headers[i].Values)
	}
	if e.DialTimeout != nil {
		d := *e.DialTimeout
		e.DialTimeout = &d
	}
	return e
}

// cloneKeepNil copies a slice and keeps nil apart from empty, since the two
// mean different things here.
func cloneKeepNil[T any](s []T) []T {
	if s == nil {
		return nil
	}
	return append(make([]T, 0, len(s)), s...)
}
