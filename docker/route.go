package docker

import (
	"net/url"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// hop is one endpoint of a route.
type hop struct {
	base         string // with /v2, without a slash at its end
	host         string
	mirror       bool
	capabilities mirror.Capabilities
	tls          mirror.TLSMode
	// why the endpoint is never asked; empty when it is.
	why    string
	source mirror.Position
}

// route is whom dockerd asks for the images of one registry.
type route struct {
	pull, push []hop
	// unused are endpoints that stand in a file and are not asked.
	unused []mirror.Skipped
	told   mirror.Diagnostics
	fatal  bool
}

const hubHost = "registry-1.docker.io"

const pullAlone = mirror.Pull | mirror.Resolve

// upstreamHop asks a registry at its own host.
func upstreamHop(registry, scheme string, tls mirror.TLSMode) hop {
	host := registry
	if registry == "docker.io" {
		host = hubHost
	}
	return hop{base: scheme + "://" + host + "/v2", host: host, capabilities: mirror.AllCapabilities, tls: tls}
}

// graphdriverRoute follows 28.5.2 registry/service_v2.go lookupV2Endpoints: mirrors for docker.io alone, each with its
// own TLS settings. For an insecure registry dockerd lists https, whose certificate it does not check, and http. The two
// are one endpoint here, since a manifest is never asked for over both: http is tried only where the version check over
// https found no server that speaks it, and is passed over once https has answered anything (28.5.2 distribution/pull.go
// pullEndpoints with confirmedTLSRegistries, distribution/registry.go newRepository; the same in push.go; recorded with
// 20.10.24 to 29).
func (n *node) graphdriverRoute(registry string) *route {
	if registry != "docker.io" {
		r := &route{}
		if n.insecure.covers(registry) {
			r.pull = []hop{upstreamHop(registry, "https", mirror.TLSSkipVerifyThenPlain)}
		} else {
			r.pull = []hop{upstreamHop(registry, "https", mirror.TLSVerified)}
		}
		r.push, r.unused = r.pull, n.unreadHosts(registry)
		return r
	}
	hub := upstreamHop(registry, "https", mirror.TLSVerified)
	r := &route{push: []hop{hub}, unused: n.unreadHosts(registry)}
	for _, m := range n.mirrors {
		r.pull = append(r.pull, n.graphdriverMirror(m))
	}
	r.pull = append(r.pull, hub)
	return r
}

func (n *node) graphdriverMirror(m Item) hop {
	h := hop{mirror: true, capabilities: pullAlone, source: m.Position}
	text := m.Value
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		text = "https://" + text // dockerd takes a scheme in upper case for the host
	}
	u, err := url.Parse(text)
	if err != nil {
		h.why = "its URL does not parse with https:// before it"
		return h
	}
	h.host = u.Host
	h.base = u.ResolveReference(&url.URL{Path: "v2"}).String()
	h.tls = n.mirrorTLS(u)
	return h
}

func (n *node) mirrorTLS(u *url.URL) mirror.TLSMode {
	switch {
	case u.Scheme == "http":
		return mirror.PlainHTTP
	case n.insecure.covers(u.Host):
		return mirror.TLSSkipVerify
	}
	return mirror.TLSVerified
}

// unreadHosts are the hosts of a hosts.toml that docker pull does not read.
func (n *node) unreadHosts(registry string) (out []mirror.Skipped) {
	if n.certs == nil {
		return nil
	}
	d, ok := n.certs.Lookup(registry)
	if !ok || !d.InForce {
		return nil
	}
	for _, h := range d.Hosts {
		if h.Key != "" {
			out = append(out, mirror.Skipped{Host: h.Host, Source: h.Source,
				Why: "docker pull reads hosts.toml only with the containerd image store; docker build does with any"})
		}
	}
	return out
}

// resolverRoute follows 28.5.2 daemon/hosts.go RegistryHosts and mergeLegacyConfig.
func (n *node) resolverRoute(registry string) *route {
	r := &route{}
	d, found := n.certs.Lookup(registry)
	switch {
	case !found && !isLoopback(registry):
		r.pull = []hop{upstreamHop(registry, "https", mirror.TLSVerified)}
	case !found:
		r.pull = []hop{n.resolved(n.certs.DefaultHost(registry, containerd.Endpoint{}), registry)}
	default:
		r.fatal, r.told = d.Fatal, d.Told
		for _, h := range d.Hosts {
			if h.Root && h.Host == "" {
				h = n.certs.DefaultHost(registry, h.Endpoint)
			}
			r.pull = append(r.pull, n.resolved(h, registry))
		}
	}
	if len(r.pull) == 1 {
		if registry == "docker.io" {
			r.prepend(n)
		}
		for i := range r.pull {
			if h := &r.pull[i]; strings.HasPrefix(h.base, "https://") && (h.tls == mirror.TLSVerified || h.tls == mirror.TLSSkipVerify) &&
				n.listed() && n.insecure.covers(h.host) {
				h.tls = mirror.TLSSkipVerifyThenPlain
			}
		}
	} else if registry == "docker.io" {
		for _, m := range n.mirrors {
			r.unused = append(r.unused, mirror.Skipped{Host: hostOf(m.Value), Source: m.Position,
				Why: "registry-mirrors is ignored where hosts.toml names hosts for docker.io"})
		}
	}
	r.push = r.pull
	return r
}

// listed reports whether daemon.json says anything that could be merged.
func (n *node) listed() bool { return len(n.mirrors)+len(n.insecure.raw) > 0 }

func (n *node) resolved(h containerd.ResolvedHost, registry string) hop {
	return hop{base: h.Base, host: h.Host, mirror: h.SendsNamespace(registry), capabilities: h.Capabilities, tls: h.TLS, why: h.Why, source: h.Source}
}

// prepend puts the entries of registry-mirrors before the only host. They use its client, and with it the TLS settings
// of docker.io.
func (r *route) prepend(n *node) {
	upstream := r.pull[0]
	hops := make([]hop, 0, len(n.mirrors)+1)
	for _, m := range n.mirrors {
		b := containerdBase(m.Value, "https")
		h := hop{host: b.host, capabilities: pullAlone | mirror.Referrers, source: m.Position, tls: upstream.tls}
		h.mirror = b.host != "docker.io" && b.host != hubHost
		h.base, h.why = mirrorURL(b.scheme, strings.TrimSuffix(b.host, ":"), path.Join("/", b.path))
		if b.scheme == "http" {
			h.tls = mirror.PlainHTTP
		} else if upstream.tls == mirror.PlainHTTP {
			h.tls = mirror.TLSVerified
		}
		if d, ok := n.insecureMirror(m, upstream.host); ok && len(r.told.WithCode(ruleInsecureMirror.Code)) == 0 {
			r.told = append(r.told, d)
		}
		hops = append(hops, h)
	}
	r.pull = append(hops, upstream)
}

// mirrorURL is where requests to a mirror begin; the host may be an internationalized one. containerd and BuildKit put the
// text together and parse it again: why says what comes of it where that is no URL.
func mirrorURL(scheme, host, path string) (base, why string) {
	if _, err := url.Parse(scheme + "://" + host); err != nil || host == "" {
		return "", "its host makes no URL"
	}
	u := url.URL{Scheme: scheme, Host: host, Path: path}
	return u.String(), ""
}

func hostOf(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Host
	}
	return raw
}

// builderRoute is BuildKit's and the containerd image store's before 28.0: no hosts.toml, and mirrors without their
// scheme (27.5.1 daemon/daemon.go RegistryHosts, buildkit util/resolver NewRegistryConfig).
func (n *node) builderRoute(registry string) *route {
	r := &route{}
	byName := insecureByName.Has(n.version)
	ask := func(h hop, named bool) {
		var s schemes
		switch {
		case !byName:
			s = n.insecure.byFlag(h.host)
		case n.insecure.hosts[h.host] || named && n.insecure.covers(h.host):
			s = schemes{plain: true, skipVerify: true}
		}
		rest := strings.TrimPrefix(h.base, "https://")
		s.plain = s.plain || isLoopback(h.host)
		switch {
		case byName && s.skipVerify && s.plain:
			h.tls = mirror.TLSSkipVerifyThenPlain
			r.pull = append(r.pull, h)
		case !s.plain && !s.skipVerify:
			r.pull = append(r.pull, h)
		default:
			if s.plain {
				plain := h
				plain.base, plain.tls = "http://"+rest, mirror.PlainHTTP
				r.pull = append(r.pull, plain)
			}
			if s.skipVerify {
				h.tls = mirror.TLSSkipVerify
				r.pull = append(r.pull, h)
			}
		}
	}
	if registry == "docker.io" {
		mirrors := n.mirrors
		if n.file != nil && mirrorsAsListed.Has(n.version) {
			mirrors = n.file.Mirrors().Items
		}
		for _, m := range mirrors {
			u, err := url.Parse(m.Value)
			if err != nil {
				continue
			}
			if byName && u.Host == "" {
				u.Host = u.Scheme // buildkit util/resolver extractMirrorHostAndPath puts // before a URL without host
			}
			if !byName {
				u.Path = ""
			}
			h := hop{host: u.Host, mirror: u.Host != hubHost, capabilities: pullAlone, source: m.Position}
			h.base, h.why = mirrorURL("https", u.Host, path.Join("/v2", u.Path))
			ask(h, false)
		}
	}
	ask(upstreamHop(registry, "https", mirror.TLSVerified), true)
	r.push = r.pull
	return r
}
