package docker

import (
	"io/fs"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleMigrateVersion = rule(mirror.Rule{Code: "docker/migrate-version", Severity: mirror.Error,
		Summary: "a migration to hosts.toml for a dockerd that does not read it", Consequence: "nothing is changed", Fix: "use Docker Engine 28.0 or newer",
		Evidence: hostsTOML.Source})
	ruleMigrateKept = rule(mirror.Rule{Code: "docker/migrate-kept", Severity: mirror.Warning,
		Summary: "registry-mirrors beside a hosts.toml that names hosts for docker.io", Consequence: "the hosts.toml, which is in force, is kept, and the list emptied",
		Fix: "compare the two"})
)

// Migrate moves registry-mirrors of daemon.json into certs.d/docker.io/hosts.toml, where each mirror has settings of its
// own, and empties the list. With a graph driver the list stays as well, since docker pull reads no hosts.toml there.
// A node without mirrors gives an empty plan.
func (e Engine) Migrate(fsys fs.FS, opts ...mirror.PlanOption) (mirror.Plan, error) {
	options := mirror.NewPlanOptions(opts...)
	options.Ownership = mirror.Merge
	p, err := e.newPlanner(fsys, mirror.Config{})
	if err != nil {
		return mirror.Plan{}, err
	}
	if !p.hasTree() {
		p.report(ruleMigrateVersion.At(mirror.Position{File: p.paths.Daemon}, "version", "Docker Engine "+p.version.String()+" does not read hosts.toml"))
	}
	if err := p.ds.Err(); err != nil {
		return mirror.Plan{Diagnostics: p.ds}, err
	}
	if len(p.mirrors) == 0 {
		return mirror.Plan{Diagnostics: p.ds}, nil
	}
	if p.hubHasHosts() {
		if p.store != Graphdriver {
			p.report(ruleMigrateKept.At(p.mirrors[0].Position, mirrorsKey, "registry-mirrors is ignored beside the hosts of certs.d/docker.io/hosts.toml, and emptied"))
			p.list(nil, "the mirrors of docker.io are in certs.d")
		}
		return p.finish(fsys, options)
	}
	p.want.Registries = []mirror.Registry{p.listedHub()}
	p.forceTree = true
	p.registry(0)
	return p.finish(fsys, options)
}

// listedHub is docker.io as registry-mirrors has it, in what hosts.toml can say.
func (p *planner) listedHub() mirror.Registry {
	model := p.model()
	hub, ok := model.Find("docker.io")
	if !ok {
		return mirror.Registry{Prefix: "docker.io"}
	}
	for i := range hub.Mirrors {
		m := &hub.Mirrors[i]
		m.Capabilities = pullAlone
		if u, err := mirror.ParseEndpointURL(m.URL); err == nil {
			// A path that ends in /v2 is taken for the whole of what goes before the repository.
			m.URL = u.Scheme + "://" + u.Host + strings.TrimSuffix(u.BasePath, "/v2")
			if u.Scheme == "https" && p.insecure.covers(u.Host) {
				m.TLS.SkipVerify = mirror.On
			}
		}
	}
	return *hub
}
