package docker

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleHostsUnread = rule(mirror.Rule{Code: "docker/hosts-toml-graphdriver", Severity: mirror.Info,
	Summary: "a hosts.toml on a node whose image store is a graph driver", Consequence: "docker build reads it; docker pull does not, and asks the registry itself",
	Fix: `use the containerd image store: "features": {"containerd-snapshotter": true}`, Versions: hostsTOML.Versions(), Evidence: "29.7.2 daemon/internal/distribution/pull.go; 28.5.2 daemon/hosts.go"})

// Plan returns the changes to daemon.json and to certs.d. Mirrors of docker.io go into registry-mirrors where that says
// all that is wanted. What it cannot say, and every other registry, goes into certs.d/<registry>/hosts.toml from 28.0
// on, and is a loss before. A daemon.json that dockerd refuses is not edited: its faults are the error.
func (e Engine) Plan(fsys fs.FS, want mirror.Config, opts ...mirror.PlanOption) (mirror.Plan, error) {
	options := mirror.NewPlanOptions(opts...)
	p, err := e.newPlanner(fsys, want)
	if err != nil {
		return mirror.Plan{}, err
	}
	if faults := want.Validate(); options.Ownership != mirror.Remove {
		p.report(faults...)
	}
	if err := p.ds.Err(); err != nil {
		return mirror.Plan{Diagnostics: p.ds}, err
	}
	switch options.Ownership {
	case mirror.Remove:
		p.remove()
	default:
		for i := range want.Registries {
			p.registry(i)
		}
		if options.Ownership == mirror.Exclusive {
			p.exclude()
		}
		if want.Search != nil && !slices.Equal(want.Search, []string{"docker.io"}) {
			p.lost(mirror.LossSearch, "search", "")
		}
	}
	return p.finish(fsys, options)
}

// planner collects what the files must say.
type planner struct {
	*node
	want mirror.Config
	ds   mirror.Diagnostics

	// listed is what registry-mirrors shall be; nil leaves it alone.
	listed []string
	// why the list is changed.
	why string
	// trust and distrust are added to and taken from insecure-registries.
	trust, distrust []string
	// inTree are the indices of registries that go into certs.d; leaveTree the prefixes that must not be there.
	inTree    []int
	leaveTree []int
	// forceTree puts docker.io into certs.d in any case.
	forceTree bool
}

func (e Engine) newPlanner(fsys fs.FS, want mirror.Config) (*planner, error) {
	n, err := e.read(fsys)
	if err != nil {
		return nil, err
	}
	p := &planner{node: n, want: want}
	p.report(n.ds.WithCode(unknownVersion.Code)...)
	p.report(n.refusal...)
	return p, nil
}

func (p *planner) report(ds ...mirror.Diagnostic) { p.ds = append(p.ds, ds...) }

func (p *planner) lost(r mirror.Rule, field, detail string) {
	p.report(mirror.Lost(r, target(p.version), field, detail))
}

// hasTree reports whether every release that the version stands for reads hosts.toml.
func (p *planner) hasTree() bool { return hostsTOML.HasAll(p.version) }

func field(index int, key string) string { return fmt.Sprintf("registries[%d].%s", index, key) }

func mirrorField(index, at int, key string) string {
	return fmt.Sprintf("registries[%d].mirrors[%d].%s", index, at, key)
}

func mirrorsAlone(r *mirror.Registry) bool { return r.Blocked || r.Fallback == mirror.Off }

func (p *planner) registry(i int) {
	r := &p.want.Registries[i]
	switch {
	case strings.HasPrefix(r.Prefix, "*."):
		p.lost(mirror.LossPrefixWildcard, field(i, "prefix"), "")
	case strings.Contains(r.Prefix, "/"):
		p.lost(mirror.LossPrefixPath, field(i, "prefix"), "")
	case r.Blocked && len(r.Mirrors) == 0:
		p.lost(mirror.LossBlocked, field(i, "blocked"), "")
	case r.Prefix == "docker.io":
		p.hub(r, i)
	default:
		p.other(r, i)
	}
}

// other places a registry that is not docker.io.
func (p *planner) other(r *mirror.Registry, i int) {
	insecure, alone := ownUpstream(r)
	switch {
	case insecure && p.insecure.hosts[r.Prefix] && alone && !p.hasHostsFile(r.Prefix):
		p.plainFallback(r, i)
		return // said already
	case insecure && (!p.hasTree() || p.store == Graphdriver):
		p.trust = append(p.trust, r.Prefix)
		p.plainFallback(r, i)
		if alone && !p.hasHostsFile(r.Prefix) {
			return // BuildKit looks there too, where there is no hosts.toml
		}
	case !insecure && r.Upstream != nil && r.Upstream.TLS.SkipVerify == mirror.Off && (!p.hasTree() || p.store == Graphdriver):
		p.verify(r.Prefix, field(i, "upstream.skip_verify"))
	case !insecure && r.Upstream != nil && p.insecure.hosts[r.Prefix]:
		p.distrust = append(p.distrust, r.Prefix)
	}
	if p.hasTree() {
		p.placeInTree(r, i)
		return
	}
	switch {
	case mirrorsAlone(r):
		p.lost(mirror.LossMirrorOnly, field(i, "fallback"), "only docker.io has mirrors before 28.0")
	case r.Prefix == "*":
		p.lost(mirror.LossAnyRegistry, field(i, "prefix"), "")
	case len(r.Mirrors) > 0:
		p.lost(mirror.LossOnlyDockerHub, field(i, "prefix"), "hosts.toml is read from 28.0 on")
	case r.Upstream != nil && !(insecure && alone) && !isDefaultUpstream(r):
		p.lost(mirror.LossUpstream, field(i, "upstream"), "")
	}
}

func (p *planner) plainFallback(r *mirror.Registry, i int) {
	if strings.HasPrefix(r.Upstream.URL, "https:") {
		p.lost(mirror.LossPlainFallback, field(i, "upstream.skip_verify"), "insecure-registries")
	}
}

// placeInTree puts a registry into certs.d and says who will not read it there.
func (p *planner) placeInTree(r *mirror.Registry, i int) {
	p.inTree = append(p.inTree, i)
	if p.store != Graphdriver {
		return
	}
	if mirrorsAlone(r) {
		p.lost(mirror.LossMirrorOnly, field(i, "fallback"), "docker pull with a graph driver does not read hosts.toml")
		return
	}
	const detail = "docker pull reads no hosts.toml while the image store is a graph driver; docker build does"
	switch {
	case len(r.Mirrors) > 0 && r.Prefix == "*":
		p.lost(mirror.LossAnyRegistry, field(i, "prefix"), detail)
	case len(r.Mirrors) > 0:
		p.lost(mirror.LossOnlyDockerHub, field(i, "prefix"), detail)
	case !isDefaultUpstream(r):
		p.lost(mirror.LossUpstream, field(i, "upstream"), detail)
	}
}

// ownUpstream reports whether a registry's own host is to be asked without checking its certificate or over plain http,
// and whether that is all that is wanted.
func ownUpstream(r *mirror.Registry) (insecure, alone bool) {
	if r.Upstream == nil {
		return false, false
	}
	u, err := mirror.ParseEndpointURL(r.Upstream.URL)
	if err != nil || u.Host != r.Prefix || u.BasePath != "" {
		return false, false
	}
	up := *r.Upstream
	insecure = u.Scheme == "http" || up.TLS.SkipVerify == mirror.On
	up.TLS.SkipVerify = mirror.Unset
	return insecure, len(r.Mirrors) == 0 && isBare(&up) && !mirrorsAlone(r)
}

// isBare reports whether an endpoint is nothing but a URL.
func isBare(e *mirror.Endpoint) bool {
	return e.Repository == "" && e.Capabilities == 0 && e.TLS.IsZero() && len(e.Headers) == 0 && e.DialTimeout == nil && e.Namespace == ""
}

func isDefaultUpstream(r *mirror.Registry) bool {
	if r.Upstream == nil {
		return true
	}
	prefix, err := mirror.ParsePrefix(r.Prefix)
	return err == nil && strings.TrimSuffix(r.Upstream.URL, "/") == prefix.DefaultUpstream() && isBare(r.Upstream)
}

// hasHostsFile reports whether a registry has a hosts.toml of its own.
func (p *planner) hasHostsFile(prefix string) bool {
	if prefix == "*" {
		prefix = "_default"
	}
	d, ok := p.tree.Own(prefix)
	return ok && d.HasFile
}

func (p *planner) remove() {
	for i := range p.want.Registries {
		prefix := p.want.Registries[i].Prefix
		if prefix == "docker.io" {
			p.list(nil, "docker.io is removed")
		}
		if p.insecure.hosts[prefix] {
			p.distrust = append(p.distrust, prefix)
		}
		p.leaveTree = append(p.leaveTree, i)
	}
}

// exclude takes away what want does not name.
func (p *planner) exclude() {
	if _, wanted := p.want.Find("docker.io"); !wanted {
		p.list(nil, "docker.io is not among the registries wanted")
	}
	kept := map[string]bool{}
	for i := range p.want.Registries {
		kept[p.want.Registries[i].Prefix] = true
		for _, m := range p.want.Registries[i].Mirrors {
			if u, err := mirror.ParseEndpointURL(m.URL); err == nil {
				kept[u.Host] = true
			}
		}
	}
	for _, host := range p.insecureHosts() {
		if !kept[host] {
			p.distrust = append(p.distrust, host)
		}
	}
}

// writer is the release that what is written must please.
func (p *planner) writer() release.Version { return p.version.Oldest() }
