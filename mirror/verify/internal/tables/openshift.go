package tables

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// ScopeSet is an outcome of OpenShift's tests: a search list, which the file
// has before, and the registries that are edited into it.
type ScopeSet struct {
	Name, Source string
	scopes       []scope
}

// scope is one registry of registries.conf. Mirrors for digests come before
// those for tags.
type scope struct {
	name              string
	insecure, blocked bool
	digests, tags     []string
	// untrusted are those mirrors that are insecure as well.
	untrusted []string
}

const searched = "unqualified-search-registries = [\"registry.access.redhat.com\", \"docker.io\"]\n"

// Template is the file that OpenShift's settings are edited into.
func (ScopeSet) Template() upstream.File { return file(RegistriesConf, searched) }

// Registries are what is set in it.
func (s ScopeSet) Registries() []podman.Registry {
	var out []podman.Registry
	for _, sc := range s.scopes {
		r := podman.Registry{Location: sc.name, Insecure: onWhere(sc.insecure), Blocked: onWhere(sc.blocked)}
		if strings.HasPrefix(sc.name, "*") {
			r.Prefix, r.Location = sc.name, ""
		}
		r.Mirrors = sc.mirrors()
		out = append(out, r)
	}
	return out
}

func (sc scope) mirrors() []podman.Mirror {
	var out []podman.Mirror
	for _, pull := range []string{podman.PullDigestOnly, podman.PullTagOnly} {
		locations := sc.digests
		if pull == podman.PullTagOnly {
			locations = sc.tags
		}
		for _, m := range locations {
			out = append(out, podman.Mirror{Location: m, Insecure: onWhere(slices.Contains(sc.untrusted, m)), PullFromMirror: pull})
		}
	}
	return out
}

// onWhere is On, or not written.
func onWhere(yes bool) mirror.Toggle {
	if yes {
		return mirror.On
	}
	return mirror.Unset
}

// text is the file as a whole.
func (s ScopeSet) text() string {
	var b strings.Builder
	b.WriteString(searched)
	for _, r := range s.Registries() {
		b.WriteString("\n[[registry]]\n")
		for _, key := range [][2]string{{"prefix", r.Prefix}, {"location", r.Location}} {
			if key[1] != "" {
				fmt.Fprintf(&b, "%s = %q\n", key[0], key[1])
			}
		}
		if r.Insecure == mirror.On {
			b.WriteString("insecure = true\n")
		}
		if r.Blocked == mirror.On {
			b.WriteString("blocked = true\n")
		}
		for _, m := range r.Mirrors {
			fmt.Fprintf(&b, "  [[registry.mirror]]\n  location = %q\n  pull-from-mirror = %q\n", m.Location, m.PullFromMirror)
			if m.Insecure == mirror.On {
				b.WriteString("  insecure = true\n")
			}
		}
	}
	return b.String()
}

// Cases are what is asked for an image in each scope, by tag and by digest,
// and for one that no registry is named of.
func (s ScopeSet) Cases() []Case {
	files := []upstream.File{file(RegistriesConf, s.text())}
	out := []Case{{
		Name: s.Name + ": short name", Source: s.Source, Files: files, Reference: "busybox:1",
		Want: append(s.requests("registry.access.redhat.com/busybox:1"), s.requests("docker.io/library/busybox:1")...),
	}}
	for _, sc := range s.scopes {
		name := strings.Replace(sc.name, "*", "x", 1) + "/team/busybox"
		for _, reference := range []string{name + ":1", name + "@" + digest} {
			out = append(out, Case{Name: s.Name + ": " + reference, Source: s.Source, Files: files, Reference: reference, Want: s.requests(reference)})
		}
	}
	return out
}

// requests: a place in a blocked scope is not asked, not as a mirror either.
func (s ScopeSet) requests(reference string) []string {
	sc, rest := s.find(reference)
	var out []string
	for _, m := range sc.mirrors() {
		byTag := m.PullFromMirror == podman.PullTagOnly
		if at, _ := s.find(m.Location + rest); byTag != strings.Contains(rest, "@") && !at.blocked {
			out = append(out, get(m.Location+rest))
		}
	}
	if !sc.blocked {
		out = append(out, get(reference))
	}
	return out
}

// find is the longest scope that a reference is in, and the rest of it.
func (s ScopeSet) find(reference string) (found scope, rest string) {
	rest = reference
	for _, sc := range s.scopes {
		after, ok := strings.CutPrefix(reference, sc.name)
		if domain, wild := strings.CutPrefix(sc.name, "*"); wild {
			host, path, _ := strings.Cut(reference, "/")
			after, ok = "/"+path, strings.HasSuffix(host, domain)
		}
		if ok && strings.HasPrefix(after, "/") && len(sc.name) > len(found.name) {
			found, rest = sc, after
		}
	}
	return found, rest
}

func openshiftCases() []Case {
	var out []Case
	for _, s := range ScopeSets() {
		out = append(out, s.Cases()...)
	}
	return slices.Concat(out, nestedMirrors(), badScopes(), []Case{bareMirror()})
}

// bareMirror: oc-mirror's tests have a registry without a dot, a port or
// localhost's name, which is none to the library.
func bareMirror() Case {
	const text = "[[registry]]\nlocation = \"registry.redhat.io\"\n[[registry.mirror]]\nlocation = \"myregistry/mynamespace\"\n"
	return Case{
		Name: "oc-mirror: bare name", Source: ocMirrorTest + "TestGenerateImageMirrors", Files: []upstream.File{file(RegistriesConf, text)},
		Reference: "registry.redhat.io/ubi8/ubi:1", Err: "rewriting reference",
	}
}

// nestedMirrors: what is set for a scope is repeated for one inside it.
func nestedMirrors() []Case {
	const inner, outer = "example.com/subscope/app:1", "example.com/app:1"
	text := `[[registry]]
location = "example.com"
[[registry.mirror]]
location = "mirror-1.com"
[[registry.mirror]]
location = "mirror-2.com/nested"
[[registry]]
location = "example.com/subscope"
[[registry.mirror]]
location = "mirror-1.com/subscope"
[[registry.mirror]]
location = "mirror-2.com/nested/subscope"
`
	var out []Case
	for _, ref := range []string{inner, outer} {
		_, rest, _ := strings.Cut(ref, "/")
		out = append(out, Case{
			Name: "nested: " + ref, Source: runtimeUtils + "TestMirrorsAdjustedForNestedScope", Reference: ref,
			Files: []upstream.File{file(RegistriesConf, text)},
			Want:  []string{get("mirror-1.com/" + rest), get("mirror-2.com/nested/" + rest), get(ref)},
		})
	}
	return out
}

// badScopes: what the operator refuses either keeps the file from loading, or
// matches nothing, or is no mirror that can be asked.
func badScopes() []Case {
	const source = mcoTest + "TestValidateRegistriesConfScopes"
	const image = "insecure.com/ns-i1/app:1"
	sourced := func(scope, mirror string) string {
		return fmt.Sprintf("[[registry]]\nlocation = %q\n[[registry.mirror]]\nlocation = %q\n", scope, mirror)
	}
	rows := []struct{ name, text, err string }{
		{"no source", sourced("", "other.com/ns-o1"), "both location and prefix are unset"},
		{"no mirror", sourced("insecure.com/ns-i1", ""), "invalid condition: mirror location is unset"},
		{"wildcard with a path", "[[registry]]\nprefix = \"*.insecure.com/ns-i1\"\n", "Wildcarded prefix should be in the format"},
		{"wildcard mirror", sourced("insecure.com/ns-i1", "*.other.com/ns-o1"), "rewriting reference"},
		{"space behind a source", sourced("insecure.com/ns-i1 ", "other.com/ns-o1"), ""},
		{"spaces behind a mirror", sourced("insecure.com/ns-i1", "other.com/ns-o1  "), "rewriting reference"},
		{"two policies for one source", sourced("insecure.com/ns-i1", "other.com/ns-o1") + sourced("insecure.com/ns-i1", "blocked.com/ns-b1") + "[[registry]]\nlocation = \"insecure.com/ns-i1\"\nblocked = true\n", "is defined multiple times with conflicting 'blocked' setting"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{Name: "scopes: " + row.name, Source: source, Files: []upstream.File{file(RegistriesConf, row.text)}, Reference: image, Err: row.err}
		if row.err == "" {
			cases[i].Want = []string{get(image)}
		}
	}
	return cases
}
