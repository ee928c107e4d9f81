package docker

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// hub places docker.io: into registry-mirrors where that says all, into certs.d otherwise.
func (p *planner) hub(r *mirror.Registry, i int) {
	if !p.hasTree() {
		p.oldHub(r, i)
		return
	}
	if p.sayable(r) && !p.forceTree && !p.defaultInTree() && !(len(r.Mirrors) > 0 && p.hubHasHosts()) && !p.hasInsecureMirror(r) {
		p.list(urlsOf(r), "the mirrors of docker.io")
		if p.hasHostsFile("docker.io") {
			p.leaveTree = append(p.leaveTree, i)
		}
		return
	}
	p.inTree = append(p.inTree, i)
	if p.store != Graphdriver {
		p.list(nil, "the mirrors of docker.io are in certs.d")
		return
	}
	// docker pull takes the list; BuildKit takes hosts.toml, and with several hosts there ignores the list.
	if mirrorsAlone(r) {
		p.lost(mirror.LossMirrorOnly, field(i, "fallback"), "docker pull with a graph driver does not read hosts.toml")
	}
	p.listFor(r, i, "the mirrors of docker.io for docker pull, which does not read hosts.toml with a graph driver")
}

// sayable reports whether registry-mirrors can say a registry, how its mirrors' certificates are checked aside.
func (p *planner) sayable(r *mirror.Registry) bool {
	if mirrorsAlone(r) || !isDefaultUpstream(r) {
		return false
	}
	for i := range r.Mirrors {
		m := r.Mirrors[i]
		u, err := mirror.ParseEndpointURL(m.URL)
		if err != nil || u.BasePath != "" && !mirrorPath.HasAll(p.version) || strings.HasSuffix(u.BasePath, "/v2") {
			return false
		}
		switch m.Capabilities {
		case 0, pullAlone, pullAlone | mirror.Referrers:
			m.Capabilities = 0
		}
		if m.Namespace == "docker.io" {
			m.Namespace = ""
		}
		m.TLS.SkipVerify = mirror.Unset
		if !isBare(&m) {
			return false
		}
	}
	return true
}

// hasInsecureMirror reports whether a mirror needs TLS settings that must stay its own.
func (p *planner) hasInsecureMirror(r *mirror.Registry) bool {
	for _, m := range r.Mirrors {
		u, err := mirror.ParseEndpointURL(m.URL)
		if err == nil && (m.TLS.SkipVerify == mirror.On || p.insecure.covers(u.Host) || slices.Contains(p.trust, u.Host)) {
			return true
		}
	}
	return false
}

// defaultInTree reports whether docker.io without a directory of its own would be served by _default, which would hide
// registry-mirrors.
func (p *planner) defaultInTree() bool {
	if _, wanted := p.want.Find("*"); wanted {
		return true
	}
	return !p.exclusive && p.hasHostsFile("*")
}

// hubHasHosts reports whether a hosts.toml names hosts for docker.io already, so that it is edited where it is.
func (p *planner) hubHasHosts() bool {
	if p.certs == nil {
		return false
	}
	d, ok := p.tree.Own("docker.io")
	if !ok || !d.HasFile {
		return false
	}
	found, _ := p.certs.Lookup("docker.io")
	return found != nil && len(found.Hosts) > 1
}

func urlsOf(r *mirror.Registry) []string {
	urls := make([]string, 0, len(r.Mirrors))
	for _, m := range r.Mirrors {
		urls = append(urls, strings.TrimSuffix(m.URL, "/"))
	}
	return urls
}

// verify takes a host off insecure-registries. It stays insecure where a network of the list, or loopback, covers it.
func (p *planner) verify(host, field string) {
	if p.insecure.inNetwork(host) {
		p.lost(mirror.LossTLSVerify, field, host+" is in a network of insecure-registries, or this machine")
	}
	p.distrust = append(p.distrust, distrusted{host, field})
}

// trustMirror puts a mirror whose certificate is not checked into insecure-registries.
func (p *planner) trustMirror(m *mirror.Endpoint, i, at int) {
	u, err := mirror.ParseEndpointURL(m.URL)
	if err != nil || u.Scheme != "https" {
		return
	}
	switch {
	case m.TLS.SkipVerify == mirror.On:
		if !p.insecure.inNetwork(u.Host) {
			p.trust = append(p.trust, u.Host)
		}
		p.lost(mirror.LossPlainFallback, mirrorField(i, at, "skip_verify"), "insecure-registries holds for images named with that host too")
	case m.TLS.SkipVerify == mirror.Off:
		p.verify(u.Host, mirrorField(i, at, "skip_verify"))
	case p.insecure.covers(u.Host):
		d := mirror.Lost(mirror.LossTLSVerify, target(p.version), mirrorField(i, at, "skip_verify"), "insecure-registries, or a loopback address, covers "+u.Host)
		d.Severity = mirror.Warning // nothing was said about it
		p.report(d)
	}
}

// oldHub places docker.io where there is no hosts.toml.
func (p *planner) oldHub(r *mirror.Registry, i int) {
	if mirrorsAlone(r) {
		p.lost(mirror.LossMirrorOnly, field(i, "fallback"), "")
	}
	p.listFor(r, i, "the mirrors of docker.io")
}

// listFor puts into registry-mirrors what it can say of docker.io, and reports the rest.
func (p *planner) listFor(r *mirror.Registry, i int, why string) {
	if !isDefaultUpstream(r) {
		p.lost(mirror.LossUpstream, field(i, "upstream"), "")
	}
	kept := mirror.Registry{Prefix: r.Prefix}
	for at := range r.Mirrors {
		if p.oldMirror(&r.Mirrors[at], i, at) {
			kept.Mirrors = append(kept.Mirrors, r.Mirrors[at])
			p.trustMirror(&r.Mirrors[at], i, at)
		}
	}
	p.list(urlsOf(&kept), why)
}

// oldMirror reports what registry-mirrors cannot say of a mirror; false leaves it out.
func (p *planner) oldMirror(m *mirror.Endpoint, i, at int) bool {
	lost := func(r mirror.Rule, key, detail string) { p.lost(r, mirrorField(i, at, key), detail) }
	u, err := mirror.ParseEndpointURL(m.URL)
	if err != nil {
		return false // Validate has told
	}
	if u.BasePath != "" && !mirrorPath.HasAll(p.version) {
		lost(mirror.LossBasePath, "url", "known since 24.0.8")
		return false
	}
	if p.resolver() && !p.hasTree() { // 27.5.1 daemon/daemon.go RegistryHosts: a mirror is a host, with what follows it
		if u.BasePath != "" {
			lost(mirror.LossBasePath, "url", "before 28.0 the containerd image store and BuildKit put it after /v2, or drop it")
			return false
		}
		if u.Scheme == "http" && !isLoopback(u.Host) {
			lost(mirror.LossScheme, "url", "before 28.0 the containerd image store and BuildKit ask it over https")
		}
	}
	if m.Repository != "" {
		detail := ""
		if p.hasTree() {
			detail = "from registry-mirrors, which docker pull with a graph driver reads; hosts.toml has it for docker build and the containerd image store"
		}
		lost(mirror.LossRepository, "repository", detail)
		return false
	}
	set := m.Capabilities & mirror.AllCapabilities
	switch {
	case m.Capabilities == 0:
	case set&(mirror.Pull|mirror.Resolve) == 0:
		d := mirror.Lost(mirror.LossCapabilities, target(p.version), mirrorField(i, at, "capabilities"), "every mirror may pull and resolve; it is left out")
		p.report(d)
		return false
	case !set.Has(mirror.Resolve) && p.hasTree():
		lost(mirror.LossCapabilities, "capabilities", "docker pull with a graph driver does not use the mirror; docker build does")
		return false
	case !set.Has(mirror.Resolve):
		lost(mirror.LossDigestOnly, "capabilities", "")
	case !set.Has(mirror.Pull):
		lost(mirror.LossTagOnly, "capabilities", "")
	}
	if set.Has(mirror.Push) {
		lost(mirror.LossPush, "capabilities", "")
	}
	if len(m.TLS.CA) > 0 {
		lost(mirror.LossCA, "ca", "put the file at "+p.paths.CertsDir+"/"+u.Host+"/ca.crt")
	}
	if len(m.TLS.Client) > 0 {
		lost(mirror.LossClientCert, "client", "put the files at "+p.paths.CertsDir+"/"+u.Host+"/client.cert and client.key")
	}
	if len(m.Headers) > 0 {
		lost(mirror.LossHeader, "header", "")
	}
	if m.DialTimeout != nil {
		lost(mirror.LossDialTimeout, "dial_timeout", "")
	}
	if m.Namespace != "" && m.Namespace != "docker.io" {
		lost(mirror.LossNamespace, "namespace", "")
	}
	return true
}
