package podman

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleNotInModel = rule(mirror.Rule{
	Code: "podman/not-in-model", Severity: mirror.Info,
	Summary:     "an entry, a mirror or a key that the model of registries has no place for",
	Consequence: "it counts here as it does, and is left out of the model and of conversions",
	Fix:         "nothing, as long as the file stays with Podman and its kin",
	Evidence:    sysregistries + "rewriteReference",
})

var ruleUpstreamNotInModel = rule(mirror.Rule{
	Code: "podman/upstream-not-in-model", Severity: mirror.Info,
	Summary:     "a location that replaces the namespace of an image, which no other engine can do",
	Consequence: "it works here; it is left out of the model, and another engine asks the registry that the image names",
	Fix:         "nothing, as long as the file stays with Podman and its kin; elsewhere name images as the location has them",
	Evidence:    sysregistries + "rewriteReference",
})

var ruleThenHTTP = rule(mirror.Rule{
	Code: "podman/http-fallback", Severity: mirror.Info,
	Summary:     "insecure = true, by which https without a check of the certificate is tried first and plain http then",
	Consequence: "the model has one scheme for an endpoint and takes https with skip_verify: where the host speaks plain http alone, an engine that the model is converted for does not reach it",
	Fix:         `for such a host write url = "http://…" in what is converted; where only the certificate is the trouble, put its CA into /etc/containers/certs.d/<host:port>/ and remove insecure`,
	Evidence:    "containers/image 5.36.2 docker/docker_client.go detectProperties",
})

// config returns the model of the effective entries, in the order of the
// files, and notes on what the model cannot say.
func (n *node) config() (mirror.Config, mirror.Diagnostics) {
	if len(n.faults) > 0 {
		return mirror.Config{}, nil
	}
	var ds mirror.Diagnostics
	c := mirror.Config{}
	if n.search != nil {
		c.Search = make([]string, 0, len(n.search))
		for _, s := range n.search {
			if err := mirror.CheckHostPort(trimSlash(s)); err != nil {
				ds = append(ds, ruleNotInModel.At(n.searchFrom.doc.position(n.searchFrom.doc.decoded().searchAt), "unqualified-search-registries", err.Error()))
				continue
			}
			c.Search = append(c.Search, trimSlash(s))
		}
	}
	for i := range n.entries {
		r, ok := n.registryModel(&n.entries[i], &ds)
		if ok {
			c.Registries = append(c.Registries, r)
		}
	}
	return c, ds
}

func (n *node) registryModel(e *effective, ds *mirror.Diagnostics) (mirror.Registry, bool) {
	note := func(place int, what string) {
		*ds = append(*ds, ruleNotInModel.At(e.file.doc.at(place), "registry", what))
	}
	p, err := mirror.ParsePrefix(e.key)
	valid := mirror.Registry{Prefix: e.key}.Validate().Err() == nil
	if err != nil || p.Kind == mirror.PrefixAny || !valid {
		note(e.place, fmt.Sprintf("the prefix %q matches no reference", e.key))
		return mirror.Registry{}, false
	}
	thenHTTP := func(pos mirror.Position, field, location string) {
		*ds = append(*ds, ruleThenHTTP.At(pos, field, fmt.Sprintf("%q is asked over https and then over plain http; the model says https alone", location)))
	}
	namespace := func(place int, proxy string) string {
		if proxy == "" || !n.resolved.has(namespaceProxy) {
			return ""
		}
		if err := mirror.CheckHostPort(proxy); err != nil {
			note(place, "namespace-proxy: "+err.Error())
			return ""
		}
		return proxy
	}
	r := mirror.Registry{Prefix: e.key}
	for i := range e.Mirrors {
		m := &e.Mirrors[i]
		ep, ok := endpointModel(p, m.Location, m.Insecure)
		if !ok {
			note(e.mirrors[i].place, fmt.Sprintf("the location %q has no place in the model", m.Location))
			continue
		}
		if slices.ContainsFunc(r.Mirrors, func(o mirror.Endpoint) bool { return o.URL == ep.URL && o.Repository == ep.Repository }) {
			note(e.mirrors[i].place, fmt.Sprintf("%q is a mirror already, with settings of its own; the model has an endpoint once", m.Location))
			continue
		}
		if m.Insecure == mirror.On {
			thenHTTP(e.file.doc.keyPosition(e.mirrors[i].node, "insecure"), "registry.mirror.insecure", m.Location)
		}
		ep.Capabilities = capabilitiesModel(e.MirrorByDigestOnly == mirror.On, m.PullFromMirror)
		ep.Namespace = namespace(e.mirrors[i].place, m.NamespaceProxy)
		r.Mirrors = append(r.Mirrors, ep)
	}
	own := trimSlash(e.Location) == e.key || e.Location == ""
	switch {
	case own && e.Blocked == mirror.On && len(r.Mirrors) > 0:
		r.Fallback = mirror.Off
	case own && e.Blocked == mirror.On:
		r.Blocked = true
	case own && e.Insecure.IsSet() && p.Kind != mirror.PrefixWildcard,
		own && e.NamespaceProxy != "" && p.Kind != mirror.PrefixWildcard, !own:
		up, ok := endpointModel(p, e.Location, e.Insecure)
		if !ok {
			*ds = append(*ds, ruleUpstreamNotInModel.At(e.atKey("location"), "registry.location",
				fmt.Sprintf("images of %q are images of %q, which the model has no place for", e.key, e.Location)))
			return r, len(r.Mirrors) > 0
		}
		if own && p.Host == "docker.io" {
			up.URL = p.DefaultUpstream()
		}
		up.Namespace = namespace(e.place, e.NamespaceProxy)
		if e.Insecure == mirror.On {
			thenHTTP(e.atKey("insecure"), "registry.insecure", e.Location)
		}
		r.Upstream = &up
	}
	return r, true
}

// endpointModel turns a location into an endpoint. The location replaces the
// prefix: where the prefix has a path, only a location that ends in the same
// path puts something before the repository's name.
func endpointModel(p mirror.Prefix, location string, insecure mirror.Toggle) (mirror.Endpoint, bool) {
	location = trimSlash(location)
	domain, path, _ := strings.Cut(location, "/")
	if p.Path != "" {
		switch {
		case path == p.Path:
			path = ""
		case strings.HasSuffix(path, "/"+p.Path):
			path = strings.TrimSuffix(path, "/"+p.Path)
		default:
			return mirror.Endpoint{}, false
		}
	}
	ep := mirror.Endpoint{URL: "https://" + apiHost(domain), Repository: path}
	if mirror.CheckHostPort(domain) != nil || !namesRegistry(domain) || path != "" && mirror.CheckRepository(path) != nil {
		return mirror.Endpoint{}, false
	}
	ep.TLS.SkipVerify = insecure
	return ep, true
}

func capabilitiesModel(digestOnly bool, pull string) mirror.Capabilities {
	switch {
	case digestOnly, pull == PullDigestOnly:
		return mirror.Pull
	case pull == PullTagOnly:
		return mirror.Resolve
	case pull == PullAll:
		return mirror.Pull | mirror.Resolve
	default:
		return 0
	}
}
