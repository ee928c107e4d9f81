package containerd

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleMigrateAuth = rule(mirror.Rule{Code: "containerd/migrate-auth", Severity: mirror.Info,
		Summary: "credentials in config.toml, which hosts.toml cannot hold", Consequence: "they stay in configs.*.auth, where they hold beside config_path",
		Fix: "use image pull secrets to be rid of them"})
	ruleMigrateSlash = rule(mirror.Rule{Code: "containerd/migrate-slash", Severity: mirror.Warning,
		Summary: "an endpoint that ends in a slash, and was asked without /v2", Consequence: "it is migrated to what was meant, and asked with /v2"})
	ruleMigrateOverwrites = rule(mirror.Rule{Code: "containerd/migrate-overwrites", Severity: mirror.Warning,
		Summary: "a hosts.toml that was not read, for a registry whose endpoint list was", Consequence: "it is replaced by what was in force", Fix: "compare the two in the plan's diff, and add what is missed to the new file"})
	ruleMigrateKept = rule(mirror.Rule{Code: "containerd/migrate-kept", Severity: mirror.Warning,
		Summary: "a registry that has both an endpoint list and a hosts.toml, where config_path is set", Consequence: "the hosts.toml is kept and the list removed", Fix: "compare the two"})
	ruleMigrateRepeated = rule(mirror.Rule{Code: "containerd/migrate-repeated", Severity: mirror.Info,
		Summary: "an endpoint that is in a list twice, with others between", Consequence: "it is asked in the first of its places alone"})
	ruleMigrateLocalhost = rule(mirror.Rule{Code: "containerd/migrate-localhost", Severity: mirror.Info,
		Summary:     "registries on the node itself that no list and no hosts.toml names",
		Consequence: "they were asked by http; with config_path they are asked by https, whose certificate is not checked, and by http if that fails; without a port, or on 443, by https alone",
		Fix:         `for a registry that speaks http alone write server = "http://localhost:5000" into certs.d/localhost_5000_/hosts.toml`, Versions: localhostBoth.Versions(),
		Evidence: "2.4.2 internal/cri/server/images/image_pull.go defaultScheme; core/remotes/docker/config/hosts.go ConfigureHosts"})
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
	after, err := appendHosts(nil, &d.Hosts, p.render.form(&d.Hosts))
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
