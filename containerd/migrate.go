package containerd

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleMigrateAuth = rule(mirror.Rule{Code: "containerd/migrate-auth", Severity: mirror.Info,
		Summary: "credentials in config.toml, which hosts.toml cannot hold", Consequence: "they stay in configs.*.auth, where they hold beside config_path",
		Fix: "nothing; or use image pull secrets"})
	ruleMigrateSlash = rule(mirror.Rule{Code: "containerd/migrate-slash", Severity: mirror.Warning,
		Summary: "an endpoint that ends in a slash, and was asked without /v2", Consequence: "it is migrated to what was meant, and asked with /v2"})
	ruleMigrateOverwrites = rule(mirror.Rule{Code: "containerd/migrate-overwrites", Severity: mirror.Warning,
		Summary: "a hosts.toml that was not read, for a registry whose endpoint list was", Consequence: "it is replaced by what was in force", Fix: "nothing; the plan's diff shows what goes"})
	ruleMigrateKept = rule(mirror.Rule{Code: "containerd/migrate-kept", Severity: mirror.Warning,
		Summary: "a registry that has both an endpoint list and a hosts.toml, where config_path is set", Consequence: "the hosts.toml is kept and the list removed", Fix: "compare the two"})
	ruleMigrateSkipped = rule(mirror.Rule{Code: "containerd/migrate-skipped", Severity: mirror.Warning,
		Summary: "an endpoint or namespace that hosts.toml cannot say", Consequence: "it is left out"})
)

// Migrate moves the deprecated mirrors and configs.tls of config.toml into
// hosts.toml files that make the same requests, and puts the tree in force. A
// node without them gives an empty plan.
func (e Engine) Migrate(fsys fs.FS, opts ...mirror.PlanOption) (mirror.Plan, error) {
	options := mirror.NewPlanOptions(opts...)
	v, ds, err := parseVersion(e.Version)
	if err != nil {
		return mirror.Plan{}, err
	}
	paths := e.Paths.withDefaults()
	reg, _, err := readCRI(fsys, paths, v)
	if err != nil {
		return mirror.Plan{}, err
	}
	if !reg.hasDeprecated(v) {
		return mirror.Plan{Diagnostics: ds}, nil
	}
	p, err := e.newPlanner(fsys, v, paths, ds)
	if err != nil {
		return mirror.Plan{}, err
	}
	p.written = 1
	if err := p.config(nil, mirror.Merge); err != nil {
		return mirror.Plan{}, err
	}
	for _, c := range reg.section.configs {
		if c.Auth {
			p.report(ruleMigrateAuth.At(c.AuthPos, "registry.configs", fmt.Sprintf("the credentials of %s stay in config.toml", c.Host)))
		}
	}
	return p.finish(options)
}

// hasDeprecated reports whether there is anything to migrate.
func (r *criRegistry) hasDeprecated(v release.Version) bool {
	if len(r.section.mirrors) > 0 {
		return true
	}
	for _, c := range r.section.configs {
		if c.TLS != nil && configsTLS.Has(v) {
			return true
		}
	}
	return false
}

// displaced turns the endpoint lists and TLS settings into hosts files, by
// the inverse of 2.4.2 internal/cri/server/images/image_pull.go
// registryEndpoints and registryHosts.
func (r *criRegistry) displaced(v release.Version) ([]displacedHosts, mirror.Diagnostics) {
	var out []displacedHosts
	var ds mirror.Diagnostics
	tls := func(host string) *criTLS { return r.tlsOf(host, v) }
	used := map[string]bool{}
	for _, m := range r.section.mirrors {
		d := displacedHosts{Namespace: m.Namespace, Pos: m.Pos}
		namesItself := false
		for _, e := range m.Endpoints {
			host, u, found := endpointHost(e)
			ds = append(ds, found...)
			if u == nil {
				continue
			}
			if t := tls(u.Host); t != nil && u.Scheme == "https" {
				t.apply(&host.Settings)
			}
			used[u.Host] = true
			namesItself = namesItself || u.Host == m.Namespace
			d.Hosts.Hosts = append(d.Hosts.Hosts, host)
		}
		d.placeUpstream(namesItself, tls)
		used[m.Namespace], used[defaultHostOf(m.Namespace)] = true, true
		out = append(out, d)
	}
	for _, c := range r.section.configs {
		if c.TLS == nil || used[c.Host] || !configsTLS.Has(v) {
			continue
		}
		d := displacedHosts{Namespace: c.Host, Pos: c.TLSPos}
		d.Hosts.Server = "https://" + c.Host
		c.TLS.apply(&d.Hosts.Settings)
		out = append(out, d)
	}
	return out, ds
}

func defaultHostOf(namespace string) string {
	if namespace == "docker.io" {
		return "registry-1.docker.io"
	}
	return namespace
}

// placeUpstream settles what is asked last. A list that names the namespace's
// own host is used as it is, so that its last endpoint becomes the server;
// every other list is followed by the default host.
func (d *displacedHosts) placeUpstream(namesItself bool, tls func(string) *criTLS) {
	hosts := d.Hosts.Hosts
	if namesItself {
		last := hosts[len(hosts)-1]
		d.Hosts.Hosts, d.Hosts.Server, d.Hosts.Settings = hosts[:len(hosts)-1], last.URL, last.Settings
		return
	}
	upstream := defaultHostOf(d.Namespace)
	if n := len(hosts); n > 0 && hosts[n-1].URL == "https://"+upstream {
		d.Hosts.Hosts = hosts[:n-1]
	}
	if d.Namespace == "*" {
		return
	}
	d.Hosts.Server = "https://" + upstream
	if isLocalhost(upstream) {
		d.Hosts.Server = "http://" + upstream
	}
	if t := tls(upstream); t != nil {
		t.apply(&d.Hosts.Settings)
	}
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
	host := Host{URL: u.Scheme + "://" + u.Host, Settings: Settings{Capabilities: []string{"pull", "resolve"}}}
	switch p := u.Path; {
	case p == "" || p == "/v2":
	case p == "/":
		return host, u, mirror.Diagnostics{ruleMigrateSlash.At(e.Pos, "endpoint", fmt.Sprintf("%s was asked without /v2, and becomes %s", e.URL, host.URL))}
	case strings.HasSuffix(p, "/v2"):
		host.URL += strings.TrimSuffix(path.Clean(p), "/v2")
	default:
		host.URL += path.Clean(p)
		host.OverridePath = mirror.On
	}
	return host, u, nil
}

// tlsOf finds the TLS settings that hold for https endpoints at a host.
func (r *criRegistry) tlsOf(host string, v release.Version) *criTLS {
	if !configsTLS.Has(v) {
		return nil
	}
	for _, c := range r.section.configs {
		if c.Host == host {
			return c.TLS
		}
	}
	return nil
}

// apply puts the TLS settings of config.toml into those of a host.
func (t *criTLS) apply(s *Settings) {
	s.SkipVerify = t.SkipVerify
	if t.CA != "" {
		s.CA = []string{t.CA}
	}
	if t.Cert != "" {
		c := ClientCert{Cert: t.Cert}
		if t.KeyFile != "" {
			key := t.KeyFile
			c.Key = &key
		}
		s.Client = []ClientCert{c}
	}
}

// displaced writes the hosts.toml of a list that config_path puts out of
// force. keep leaves a file that exists as it is.
func (p *planner) displaced(d displacedHosts, keep bool) {
	name, err := DirectoryName(d.Namespace, p.engine.Platform)
	if err != nil {
		p.report(ruleMigrateSkipped.At(d.Pos, "mirrors", err.Error()))
		return
	}
	after, err := appendHosts(nil, &d.Hosts, p.render.form())
	if err != nil {
		p.report(ruleMigrateSkipped.At(d.Pos, "mirrors", err.Error()))
		return
	}
	dir := path.Join(p.tree.Root, name)
	if own, ok := p.own(d.Namespace); ok {
		dir = own.Path
	}
	change := mirror.Change{Path: path.Join(dir, hostsName), Kind: mirror.Create, After: after, Mode: fileMode(&d.Hosts),
		Reason: fmt.Sprintf("the endpoint list of %s moves here from config.toml", d.Namespace)}
	before, found, err := nodefs.ReadFile(p.fsys, change.Path)
	switch {
	case err != nil:
		p.report(ruleUnreadable.At(mirror.Position{File: change.Path}, "mirrors", err.Error()))
		return
	case found && bytes.Equal(before, after):
		return
	case found && keep:
		p.report(ruleMigrateKept.At(d.Pos, "mirrors", change.Path+" is kept, and the endpoint list of "+d.Namespace+" goes"))
		return
	case found:
		change.Kind, change.Before = mirror.Update, before
		p.report(ruleMigrateOverwrites.At(mirror.Position{File: change.Path}, "", change.Path+" was not read, and is replaced by the endpoint list that was"))
	}
	p.plan.Changes = append(p.plan.Changes, change)
}
