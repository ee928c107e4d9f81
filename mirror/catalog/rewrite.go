package catalog

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// RewriteError says why a reference has no form at a provider.
type RewriteError struct {
	Provider  string
	Reference string
	Problem   string
	// Err is the cause where there is one.
	Err error
}

// Error names the provider, the reference and the problem.
func (e *RewriteError) Error() string {
	s := fmt.Sprintf("%s: %q: %s", e.Provider, e.Reference, e.Problem)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *RewriteError) Unwrap() error { return e.Err }

// AddPrefix rewrites a reference by the provider's first rule: the prefix goes
// before the whole reference, which is completed first. "nginx" becomes
// "m.daocloud.io/docker.io/library/nginx". No tag is added. A registry with a
// port has no such form, since a path has no colon.
func (p Provider) AddPrefix(ref string) (string, error) {
	named, err := p.parse(ref)
	if err != nil {
		return "", err
	}
	if p.Prefix == "" {
		return "", p.rewriteError(ref, "the provider has no rule that adds a prefix", nil)
	}
	if domain := reference.Domain(named); strings.Contains(domain, ":") {
		return "", p.rewriteError(ref, "a registry with a port cannot stand in a path", nil)
	}
	return p.check(ref, p.Prefix+"/"+named.String())
}

// ReplacePrefix rewrites a reference by the provider's second rule: its
// registry is replaced by the mirror's host as the last table has it.
// "k8s.gcr.io/coredns/coredns" becomes
// "k8s-gcr.m.daocloud.io/coredns/coredns".
func (p Provider) ReplacePrefix(ref string) (string, error) {
	named, err := p.parse(ref)
	if err != nil {
		return "", err
	}
	domain := reference.Domain(named)
	for _, m := range p.Mirrors() {
		if m.Registry == domain && !m.NeedsAccount() {
			return p.check(ref, m.place()+strings.TrimPrefix(named.String(), domain))
		}
	}
	return "", p.rewriteError(ref, "the provider has no mirror of "+domain, nil)
}

// Original returns the reference that AddPrefix or ReplacePrefix made ref of.
func (p Provider) Original(ref string) (string, error) {
	named, err := p.parse(ref)
	if err != nil {
		return "", err
	}
	s := named.String()
	if rest, ok := strings.CutPrefix(s, p.Prefix+"/"); ok && p.Prefix != "" {
		domain, _ := cutHost(rest)
		if !isDomain(domain) {
			return "", p.rewriteError(ref, "no registry follows the prefix", nil)
		}
		return p.check(ref, rest)
	}
	// One host may serve two registries below different paths: the longest
	// place is the one that is meant.
	registry, place := "", ""
	for _, m := range p.Mirrors() {
		if at := m.place(); len(at) > len(place) && strings.HasPrefix(s, at+"/") && !m.NeedsAccount() {
			registry, place = m.Registry, at
		}
	}
	if place != "" {
		return p.check(ref, registry+strings.TrimPrefix(s, place))
	}
	return "", p.rewriteError(ref, "it is not at one of the provider's mirrors", nil)
}

// place is what a mirror's references begin with.
func (m Mirror) place() string {
	s := m.URL
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if m.Repository != "" {
		s += "/" + m.Repository
	}
	return s
}

// parse completes a reference; a tag is not added.
func (p Provider) parse(ref string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return nil, p.rewriteError(ref, "it is not an image reference", err)
	}
	return named, nil
}

// check makes sure that what comes out is a reference too: with a prefix it
// may have become too long.
func (p Provider) check(ref, rewritten string) (string, error) {
	named, err := reference.ParseNormalizedNamed(rewritten)
	if err != nil {
		return "", p.rewriteError(ref, "it cannot be rewritten to "+rewritten, err)
	}
	return named.String(), nil
}

func (p Provider) rewriteError(ref, problem string, err error) error {
	return &RewriteError{Provider: p.Name, Reference: ref, Problem: problem, Err: err}
}

// cutHost cuts host[:port] off a reference or prefix.
func cutHost(s string) (host, path string) {
	host, path, _ = strings.Cut(s, "/")
	return host, path
}

// isDomain tells a registry from a path component as distribution/reference
// does (normalize.go).
func isDomain(s string) bool { return strings.ContainsAny(s, ".:") || s == "localhost" }
