package tables

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// openshiftIntents are those of ScopeSets that a Config can say: a mirror
// that replaces a part of the repository's path is beyond it.
func openshiftIntents() []Intent {
	var out []Intent
	for _, set := range ScopeSets() {
		want, ok := set.want()
		if !ok {
			continue
		}
		i := Intent{Name: set.Name, Source: set.Source, Engines: []string{FamilyPodman}, Want: want}
		i.Node = append(i.Node, set.Template())
		for _, c := range set.Cases() {
			ask := Ask{Reference: c.Reference}
			for _, request := range c.Want {
				ask.URLs = append(ask.URLs, strings.TrimPrefix(request, "GET "))
			}
			i.Asks = append(i.Asks, ask)
		}
		out = append(out, i)
	}
	return append(out, refusedScopes()...)
}

func (s ScopeSet) want() (want mirror.Config, ok bool) {
	for _, sc := range s.scopes {
		r := mirror.Registry{Prefix: sc.name, Blocked: sc.blocked}
		host, path, _ := strings.Cut(sc.name, "/")
		if sc.insecure {
			if strings.HasPrefix(host, "*") {
				return want, false // where that is, no Config says
			}
			r.Upstream = &mirror.Endpoint{URL: "https://" + host, TLS: mirror.TLS{SkipVerify: mirror.On}}
		}
		for _, m := range sc.mirrors() {
			at, repository, _ := strings.Cut(m.Location, "/")
			if path != "" {
				if repository, ok = strings.CutSuffix("/"+repository, "/"+path); !ok {
					return want, false
				}
				repository = strings.TrimPrefix(repository, "/")
			}
			e := mirror.Endpoint{URL: "https://" + at, Repository: repository, Capabilities: mirror.Pull, TLS: mirror.TLS{SkipVerify: m.Insecure}}
			if m.PullFromMirror == podman.PullTagOnly {
				e.Capabilities = mirror.Resolve
			}
			r.Mirrors = append(r.Mirrors, e)
		}
		want.Registries = append(want.Registries, r)
	}
	return want, true
}

// refusedScopes: the operator's empty lists of insecure, blocked and allowed
// registries are one fault here.
func refusedScopes() []Intent {
	const source = mcoTest + "TestValidateRegistriesConfScopes"
	fault := func(name, code, prefix string, mirrors ...mirror.Endpoint) Intent {
		return Intent{Name: "scopes: " + name, Source: source, Refused: code, Want: wants(mirror.Registry{Prefix: prefix, Mirrors: mirrors, Blocked: len(mirrors) == 0})}
	}
	other := at("https://other.com", "ns-o1")[0]
	twice := wants(mirror.Registry{Prefix: "insecure.com/ns-i1", Mirrors: []mirror.Endpoint{other}}, mirror.Registry{Prefix: "insecure.com/ns-i1", Mirrors: []mirror.Endpoint{other}, Fallback: mirror.Off})
	return []Intent{
		fault("no scope", "mirror/prefix", ""),
		fault("no source", "mirror/prefix", "", other),
		fault("no mirror", "mirror/url", "insecure.com/ns-i1", mirror.Endpoint{URL: "https://", Repository: "ns-o1"}),
		fault("wildcard with a path", "mirror/prefix", "*.insecure.com/ns-i1", other),
		fault("wildcard mirror", "mirror/url", "*.insecure.com", at("https://*.other.com", "ns-o1")...),
		fault("space behind a source", "mirror/prefix", "insecure.com/ns-i1 ", other),
		fault("spaces behind a mirror", "mirror/repository", "insecure.com/ns-i1", at("https://other.com", "ns-o1  ")...),
		{Name: "scopes: two policies for one source", Source: source, Refused: "mirror/duplicate-registry", Want: twice},
		{Name: "scopes: wildcard and another source", Source: source, Engines: []string{FamilyPodman},
			Want: wants(mirror.Registry{Prefix: "*.insecure.com", Mirrors: mirrors("https://other.com")}, mirror.Registry{Prefix: "insecure.com/ns-i1", Mirrors: mirrors("https://other.com")}),
			Asks: []Ask{asked("x.insecure.com/app:1", "https://other.com/v2", "https://x.insecure.com/v2"), asked("insecure.com/ns-i1/app:1", "https://other.com/v2", "https://insecure.com/v2")}},
	}
}
