package containerd

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// displaced turns the endpoint lists and TLS settings into hosts files, by
// the inverse of 2.4.2 internal/cri/server/images/image_pull.go
// registryEndpoints and registryHosts: one file for each namespace that would
// be asked elsewhere without it.
func (r *criRegistry) displaced(v release.Version) ([]displacedHosts, mirror.Diagnostics) {
	m := listMigration{cri: r, version: v, named: map[string]bool{}}
	for _, list := range r.section.mirrors {
		m.named[list.Namespace] = true
	}
	for _, list := range r.section.mirrors {
		hosts := m.hosts(list)
		if list.Namespace != "*" {
			m.add(list.Namespace, hosts, list.Pos)
			continue
		}
		m.all = hosts
		if !defaultDirectory.HasAll(v) {
			m.ds = append(m.ds, ruleMigrateSkipped.At(list.Pos, "mirrors", "the list for all other registries moves to _default, which containerd reads from 1.6.17 on"))
		}
		if defaultDirectory.Has(v) {
			m.add("*", hosts, list.Pos)
		}
	}
	m.hostSettings()
	m.endpointsOfAll()
	if r.hasDeprecated(v) && !r.conflict && localhostBoth.Has(v) {
		m.ds = append(m.ds, ruleMigrateLocalhost.At(r.section.pos, "registry", "registries at localhost and 127.0.0.0/8 without a hosts.toml were asked by http, and are asked by https first"))
	}
	return m.out, m.ds
}

// listMigration collects the hosts files that lists and TLS settings become.
type listMigration struct {
	cri     *criRegistry
	version release.Version
	all     []listedHost // the list of "*"
	named   map[string]bool
	out     []displacedHosts
	ds      mirror.Diagnostics
}

// listedHost is an endpoint as a host table.
type listedHost struct {
	Host
	authority string // host[:port]
}

func (h listedHost) sameAs(o listedHost) bool {
	return h.URL == o.URL && h.OverridePath == o.OverridePath
}

// besides is the host under a key that no other has: a path with and without
// override_path is two hosts, whose keys must differ.
func (h listedHost) besides(others []listedHost) Host {
	switch {
	case !slices.ContainsFunc(others, func(o listedHost) bool { return h.URL == o.URL }):
	case h.OverridePath == mirror.On:
		h.URL += "/"
	default:
		h.URL += "/v2"
	}
	return h.Host
}

// hosts are the endpoints of a list that can be asked.
func (m *listMigration) hosts(list criMirror) []listedHost {
	var out []listedHost
	for _, e := range list.Endpoints {
		host, u, found := endpointHost(e)
		m.ds = append(m.ds, found...)
		if u == nil {
			continue
		}
		if t := m.cri.tlsOf(u.Host, m.version); t != nil && u.Scheme == "https" {
			t.apply(&host.Settings)
		}
		out = append(out, listedHost{host, u.Host})
	}
	return out
}

// add makes the hosts file of a namespace. A list that names the namespace's
// own host is used as it is, so that its last endpoint becomes the server;
// every other list is followed by the default host.
func (m *listMigration) add(namespace string, list []listedHost, pos mirror.Position) {
	m.named[namespace] = true
	d := displacedHosts{Namespace: namespace, Pos: pos}
	n := len(list)
	switch {
	case slices.ContainsFunc(list, func(h listedHost) bool { return h.authority == namespace }):
		n--
		d.Hosts.Server, d.Hosts.Settings = list[n].URL, list[n].Settings
	case namespace != "*":
		upstream := defaultHostOf(namespace)
		if isLocalhost(upstream) {
			d.Hosts.Server = "http://" + upstream
		} else {
			d.Hosts.Server = "https://" + upstream
			if t := m.cri.tlsOf(upstream, m.version); t != nil {
				t.apply(&d.Hosts.Settings)
			}
		}
		if n > 0 && list[n-1].URL == d.Hosts.Server {
			n--
		}
	}
	for i, h := range list[:n] {
		first := slices.IndexFunc(list[:i], h.sameAs)
		switch {
		case first < 0:
			d.Hosts.Hosts = append(d.Hosts.Hosts, h.besides(list[:i]))
		case !h.sameAs(list[i-1]):
			m.ds = append(m.ds, ruleMigrateRepeated.At(pos, "mirrors", fmt.Sprintf("%s is in the list of %s twice, and is asked once", h.URL, namespace)))
		}
	}
	m.out = append(m.out, d)
}

// hostSettings adds the registries that have no list but TLS settings for
// their own host.
func (m *listMigration) hostSettings() {
	for _, c := range m.cri.section.configs {
		if c.TLS == nil || !configsTLS.Has(m.version) {
			continue
		}
		for _, namespace := range []string{c.Host, "docker.io"} {
			if !m.named[namespace] && defaultHostOf(namespace) == c.Host {
				m.add(namespace, m.all, c.TLSPos)
			}
		}
	}
}

// endpointsOfAll adds the registries that the list for all others names: for
// them that list is not followed by the default host, as _default is.
func (m *listMigration) endpointsOfAll() {
	if len(m.all) == 0 {
		return
	}
	last := m.all[len(m.all)-1]
	for _, h := range m.all {
		ref, err := mirror.ParseReference(h.authority + "/x")
		if err != nil || ref.Domain != h.authority || m.named[h.authority] {
			continue // no registry has the name, or it has a file
		}
		if last.URL != "https://"+defaultHostOf(h.authority) || isLocalhost(h.authority) {
			m.add(h.authority, m.all, m.listOfAll().Pos)
		}
	}
}

func (m *listMigration) listOfAll() criMirror {
	i := slices.IndexFunc(m.cri.section.mirrors, func(l criMirror) bool { return l.Namespace == "*" })
	return m.cri.section.mirrors[i]
}

func defaultHostOf(namespace string) string {
	if namespace == "docker.io" {
		return "registry-1.docker.io"
	}
	return namespace
}

// endpointHost turns an endpoint into a host table. The URL is nil for one
// that cannot be asked.
func endpointHost(e criEndpoint) (Host, *url.URL, mirror.Diagnostics) {
	text := e.URL
	if !strings.Contains(text, "://") {
		scheme := "https://"
		if isLocalhost(authority(text)) {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Host{}, nil, mirror.Diagnostics{ruleMigrateSkipped.At(e.Pos, "endpoint", fmt.Sprintf("%q names no host that can be asked", e.URL))}
	}
	host := Host{Settings: Settings{Capabilities: []string{"pull", "resolve"}}}
	to := url.URL{Scheme: u.Scheme, Host: u.Host}
	var ds mirror.Diagnostics
	switch p := u.Path; {
	case p == "" || p == "/v2":
	case p == "/":
		ds = append(ds, ruleMigrateSlash.At(e.Pos, "endpoint", fmt.Sprintf("%s was asked without /v2, and becomes %s", e.URL, to.String())))
	case strings.HasSuffix(p, "/v2"):
		to.Path = strings.TrimSuffix(path.Clean(p), "/v2")
	default:
		to.Path = path.Clean(p)
		host.OverridePath = mirror.On
	}
	host.URL = to.String()
	return host, u, ds
}
