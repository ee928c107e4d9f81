package containerd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// RenderHosts turns a registry of the model into the hosts.toml that a
// version of containerd needs (empty: the newest known). ok is false where no
// file can say it; the diagnostics tell what is lost. Their fields begin at
// the registry.
func RenderHosts(reg mirror.Registry, version string) (h Hosts, ds mirror.Diagnostics, ok bool) {
	v, ds, err := parseVersion(version)
	if err != nil {
		return Hosts{}, mirror.Diagnostics{unknownVersion.At(mirror.Position{}, "version", err.Error())}, false
	}
	r := renderer{version: v, target: "containerd " + v.String()}
	ok = r.registry(&reg, -1)
	h = r.hosts.Clone()
	return h, append(ds, r.ds...), ok
}

// renderer turns registries into hosts one after the other, and uses its
// memory again for each.
type renderer struct {
	version release.Version
	target  string
	ds      mirror.Diagnostics
	hosts   Hosts // the registry rendered last
	index   int   // of that registry in the Config, -1 for one alone
}

// capabilityLists are the lists to write for each set.
var capabilityLists = func() (lists [mirror.AllCapabilities + 1][]string) {
	for c := range lists {
		lists[c] = mirror.Capabilities(c).Names()
	}
	return lists
}()

// registry fills r.hosts. It reports false for what no file can say.
func (r *renderer) registry(reg *mirror.Registry, index int) bool {
	r.index = index
	r.hosts = Hosts{Hosts: r.hosts.Hosts[:0]}
	switch {
	case strings.HasPrefix(reg.Prefix, "*."):
		r.lost(mirror.LossPrefixWildcard, "prefix", "")
		return false
	case strings.Contains(reg.Prefix, "/"):
		r.lost(mirror.LossPrefixPath, "prefix", "")
		return false
	case reg.Prefix == "*" && !defaultDirectory.HasAll(r.version):
		r.lost(mirror.LossAnyRegistry, "prefix", "the directory _default needs 1.6.17")
		return false
	case reg.Blocked && len(reg.Mirrors) == 0:
		r.lost(mirror.LossBlocked, "blocked", "")
		return false
	}
	only := reg.Blocked || reg.Fallback == mirror.Off
	for i := range reg.Mirrors {
		// Filled in place: a Host is large.
		n := len(r.hosts.Hosts)
		r.hosts.Hosts = append(r.hosts.Hosts, Host{})
		if !r.endpoint(&reg.Mirrors[i], &r.hosts.Hosts[n], reg.Prefix, i) {
			r.hosts.Hosts = r.hosts.Hosts[:n]
		}
	}
	switch n := len(r.hosts.Hosts); {
	case only && n == 0:
		r.lost(mirror.LossMirrorOnly, "mirrors", "no mirror can be written")
		return false
	case only:
		// There is no switch for "no upstream": the last mirror takes its
		// place.
		last := r.hosts.Hosts[n-1]
		r.hosts.Hosts = r.hosts.Hosts[:n-1]
		r.hosts.Server, r.hosts.Settings = last.URL, last.Settings
	case reg.Upstream != nil:
		var host Host
		if r.endpoint(reg.Upstream, &host, reg.Prefix, -1) {
			r.hosts.Server, r.hosts.Settings = host.URL, host.Settings
		}
	case n == 0 && reg.Prefix != "*":
		// Written out, so that the file keeps _default away.
		r.hosts.Server = defaultUpstream(reg.Prefix)
	}
	return true
}

func defaultUpstream(namespace string) string {
	if namespace == "docker.io" {
		return "https://registry-1.docker.io"
	}
	return "https://" + namespace
}

// endpoint fills one host; mirrorIndex is -1 for the upstream. It reports
// false for an endpoint that is left out.
func (r *renderer) endpoint(e *mirror.Endpoint, host *Host, namespace string, mirrorIndex int) bool {
	u, err := endpointURL(e.URL)
	if err != nil {
		d := ruleBadURL.At(mirror.Position{}, r.field(mirrorIndex, "url"), err.Error())
		r.ds = append(r.ds, d)
		return false
	}
	host.URL = e.URL
	switch {
	case e.Repository != "":
		host.URL = u.String() + "/v2/" + e.Repository
		host.OverridePath = mirror.On
	case strings.HasSuffix(u.BasePath, "/v2"):
		// containerd adds /v2 unless the path ends in it.
		host.URL = u.String() + "/v2"
	case strings.HasSuffix(e.URL, "/"):
		host.URL = u.String()
	}
	if !r.capabilities(e.Capabilities, host, mirrorIndex) {
		return false
	}
	if !e.TLS.IsZero() {
		r.tls(e, host)
		if u.Scheme == "http" {
			r.lostAt(mirror.LossScheme, mirrorIndex, "tls", "TLS settings on an http host make containerd try https first")
		}
	}
	if len(e.Headers) > 0 {
		host.Header = e.Headers
	}
	if e.DialTimeout != nil {
		switch {
		case !dialTimeoutKey.HasAll(r.version):
			r.lostAt(mirror.LossDialTimeout, mirrorIndex, "dial_timeout", "known since 2.0.7")
		case u.Scheme == "http" && dialTimeoutIsTLS.Has(r.version):
			r.lostAt(mirror.LossDialTimeout, mirrorIndex, "dial_timeout", "on an http host it would make containerd 2.0 try https first")
		default:
			host.DialTimeout = e.DialTimeout.String()
		}
	}
	if e.Namespace != "" && (e.Namespace != namespace || u.Host == namespace) {
		r.lostAt(mirror.LossNamespace, mirrorIndex, "namespace", "containerd always sends the registry's own name")
	}
	return true
}

// endpointURL is mirror.ParseEndpointURL, with a short way for the form that
// nearly all have: scheme://host[:port] of harmless characters.
func endpointURL(raw string) (mirror.EndpointURL, error) {
	scheme := "https"
	host, ok := strings.CutPrefix(raw, "https://")
	if !ok {
		scheme = "http"
		host, ok = strings.CutPrefix(raw, "http://")
	}
	colon := false
	for i := 0; ok && i < len(host); i++ {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.':
			ok = !colon || c >= '0' && c <= '9'
		case c == ':' && !colon && i > 0 && i+1 < len(host):
			colon = true
		default:
			ok = false
		}
	}
	if !ok || host == "" {
		return mirror.ParseEndpointURL(raw)
	}
	return mirror.EndpointURL{Scheme: scheme, Host: host}, nil
}

func (r *renderer) tls(e *mirror.Endpoint, host *Host) {
	host.SkipVerify = e.TLS.SkipVerify
	if len(e.TLS.CA) > 0 {
		host.CA = e.TLS.CA
	}
	for i := range e.TLS.Client {
		c := ClientCert{Cert: e.TLS.Client[i].Cert}
		if key := e.TLS.Client[i].Key; key != "" {
			c.Key = &key
		}
		host.Client = append(host.Client, c)
	}
}

// capabilities writes the set; false means that the endpoint is better left
// out than given more than was wanted.
func (r *renderer) capabilities(c mirror.Capabilities, host *Host, mirrorIndex int) bool {
	if c == 0 {
		return true
	}
	set := c & mirror.AllCapabilities
	if set.Has(mirror.Referrers) && !referrersCapability.HasAll(r.version) {
		set &^= mirror.Referrers
		r.lostAt(mirror.LossReferrers, mirrorIndex, "capabilities", "known since 2.2")
	}
	if set.Has(mirror.Resolve) && !set.Has(mirror.Pull) {
		set |= mirror.Pull
		r.lostAt(mirror.LossTagOnly, mirrorIndex, "capabilities", "a tag needs pull as well as resolve")
	}
	if set == 0 {
		d := mirror.Lost(mirror.LossCapabilities, r.target, r.field(mirrorIndex, "capabilities"),
			"an empty list means all of them; the endpoint is left out")
		d.Severity = mirror.Error
		r.ds = append(r.ds, d)
		return false
	}
	host.Capabilities = capabilityLists[set]
	return true
}

func (r *renderer) lost(rl mirror.Rule, key, detail string) {
	r.ds = append(r.ds, mirror.Lost(rl, r.target, r.registryField(key), detail))
}

func (r *renderer) lostAt(rl mirror.Rule, mirrorIndex int, key, detail string) {
	r.ds = append(r.ds, mirror.Lost(rl, r.target, r.field(mirrorIndex, key), detail))
}

func (r *renderer) registryField(key string) string {
	if r.index < 0 {
		return key
	}
	return fmt.Sprintf("registries[%d].%s", r.index, key)
}

func (r *renderer) field(mirrorIndex int, key string) string {
	if mirrorIndex < 0 {
		return r.registryField("upstream." + key)
	}
	return r.registryField(fmt.Sprintf("mirrors[%d].%s", mirrorIndex, key))
}

// form is how hosts have to be written for the version.
func (r *renderer) form(hosts *Hosts) hostForm {
	switch {
	case headerOrder.HasAll(r.version):
		return headerForm
	case slices.ContainsFunc(hosts.Hosts, func(h Host) bool { return strings.Contains(h.URL, "[") }):
		return dottedForm
	case !hostTableOptional.HasAll(r.version):
		return bareHostForm
	default:
		return headerForm
	}
}

// Render returns the certs.d files for a Config as if there were none yet, in
// the Config's order. It checks what it uses and no more: call
// mirror.Config.Validate first. The diagnostics tell what is lost.
func (e Engine) Render(want mirror.Config) (mirror.Files, mirror.Diagnostics, error) {
	v, ds, err := parseVersion(e.Version)
	if err != nil {
		return nil, nil, err
	}
	r := renderer{version: v, target: "containerd " + v.String(), ds: ds}
	root := e.Paths.withDefaults().CertsDir + "/"
	files := make(mirror.Files, 0, len(want.Registries))
	ends := make([]int, 0, len(want.Registries))
	buf := make([]byte, 0, estimate(&want))
	for i := range want.Registries {
		reg := &want.Registries[i]
		if !r.registry(reg, i) {
			continue
		}
		name, err := DirectoryName(reg.Prefix, e.Platform)
		if err != nil {
			r.ds = append(r.ds, ruleNamespace.At(mirror.Position{}, r.registryField("prefix"), err.Error()))
			continue
		}
		if buf, err = appendHosts(buf, &r.hosts, r.form(&r.hosts)); err != nil {
			r.ds = append(r.ds, ruleUnwritable.At(mirror.Position{}, r.registryField("mirrors"), err.Error()))
			continue
		}
		mode := fileMode(&r.hosts)
		files = append(files, mirror.File{Path: root + name + "/" + hostsName, Mode: mode})
		ends = append(ends, len(buf))
	}
	start := 0
	for i, end := range ends {
		files[i].Data = buf[start:end:end]
		start = end
	}
	return files, r.ds, nil
}

// estimate is about the size of all files together.
func estimate(want *mirror.Config) int {
	n := 0
	for i := range want.Registries {
		n += 32
		for j := range want.Registries[i].Mirrors {
			n += 56 + len(want.Registries[i].Mirrors[j].URL)
		}
	}
	return n
}
