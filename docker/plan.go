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
	p.exclusive = options.Ownership == mirror.Exclusive
	switch options.Ownership {
	case mirror.Remove:
		p.remove()
	default:
		// Where docker.io's mirrors go depends on which hosts the other registries make insecure.
		for _, hub := range []bool{false, true} {
			for i := range want.Registries {
				if hub == (want.Registries[i].Prefix == "docker.io") {
					p.registry(i)
				}
			}
		}
		if p.exclusive {
			p.exclude()
		}
		p.keepListed()
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
	// trust are hosts that insecure-registries shall have, distrust those that it shall not.
	trust    []string
	distrust []distrusted
	// inTree are the indices of registries that go into certs.d; leaveTree the prefixes that must not be there.
	inTree    []int
	leaveTree []int
	// exclusive takes away what want does not name.
	exclusive bool
	// forceTree puts docker.io into certs.d in any case.
	forceTree bool
}

// distrusted is a host that must not be in insecure-registries. field is where a certificate that is checked is asked
// for, if it is.
type distrusted struct{ host, field string }

func (e Engine) newPlanner(fsys fs.FS, want mirror.Config) (*planner, error) {
	n, err := e.read(fsys)
	if err != nil {
		return nil, err
	}
	p := &planner{node: n, want: want}
	p.report(n.ds.WithCode(unknownVersion.Code)...)
	p.report(n.ds.WithCode(oldVersion.Code)...)
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
	case insecure && p.insecure.hosts[r.Prefix] && alone && !p.mustBeInTree(r.Prefix):
		p.trust = append(p.trust, r.Prefix)
		p.plainFallback(r, i)
		return // said already
	case insecure && (!p.hasTree() || p.store == Graphdriver):
		p.trust = append(p.trust, r.Prefix)
		p.plainFallback(r, i)
		if alone && !p.mustBeInTree(r.Prefix) {
			return // BuildKit looks there too, where there is no hosts.toml
		}
	case !insecure && r.Upstream != nil && r.Upstream.TLS.SkipVerify == mirror.Off && (!p.hasTree() || p.store == Graphdriver):
		p.verify(r.Prefix, field(i, "upstream.skip_verify"))
	case !insecure && r.Upstream != nil && p.insecure.hosts[r.Prefix]:
		p.distrust = append(p.distrust, distrusted{host: r.Prefix})
	case r.Upstream == nil && p.insecure.hosts[r.Prefix] && len(r.Mirrors) > 0 && !mirrorsAlone(r) && p.hasTree():
		p.report(ruleHiddenInsecure.At(p.file.InsecureRegistries().Position, field(i, "upstream"),
			fmt.Sprintf("%s is in insecure-registries, which its hosts.toml hides; nothing is said about its certificate", r.Prefix)))
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
	case !alone && !isDefaultUpstream(r):
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

// keepListed gives a hosts.toml to each registry of daemon.json that has none and that the one for every other registry
// would hide.
func (p *planner) keepListed() {
	all, ok := p.want.Find("*")
	if !ok || len(all.Mirrors) == 0 && all.Upstream == nil || !p.hasTree() || p.exclusive {
		return
	}
	var kept []mirror.Registry
	if p.listed == nil && len(p.mirrors) > 0 && p.wouldHide("docker.io") {
		kept = append(kept, p.listedHub())
		if p.store != Graphdriver {
			p.list(nil, "the mirrors of docker.io are in certs.d, where the hosts for every other registry do not hide them")
		}
	}
	for _, host := range p.insecureHosts() {
		if p.wouldHide(host) && !slices.ContainsFunc(p.distrust, func(d distrusted) bool { return d.host == host }) &&
			!slices.ContainsFunc(p.listed, func(url string) bool { return hostOf(url) == host }) {
			kept = append(kept, insecureRegistry(host))
		}
	}
	p.want = p.want.Clone() // the caller's stays as it is
	for _, r := range kept {
		p.inTree = append(p.inTree, len(p.want.Registries))
		p.want.Registries = append(p.want.Registries, r)
	}
}

// wouldHide reports whether a new hosts.toml for every other registry would hide what daemon.json says of one.
func (p *planner) wouldHide(prefix string) bool {
	if slices.ContainsFunc(p.inTree, func(i int) bool { return p.want.Registries[i].Prefix == prefix }) {
		return false
	}
	if _, own := p.tree.Own(prefix); own {
		return false
	}
	d, ok := p.certs.Lookup(prefix)
	return !ok || len(d.Hosts) == 1 // where there are more, it is hidden already
}

// hasHostsFile reports whether a registry has a hosts.toml of its own.
func (p *planner) hasHostsFile(prefix string) bool {
	if prefix == "*" {
		prefix = "_default"
	}
	d, ok := p.tree.Own(prefix)
	return ok && d.HasFile
}

// mustBeInTree reports whether a hosts.toml is read for a registry, so that daemon.json does not do.
func (p *planner) mustBeInTree(prefix string) bool {
	return p.hasHostsFile(prefix) || p.hasTree() && p.defaultInTree()
}

func (p *planner) remove() {
	for i := range p.want.Registries {
		prefix := p.want.Registries[i].Prefix
		if prefix == "docker.io" {
			p.list(nil, "docker.io is removed")
		}
		if p.insecure.hosts[prefix] {
			p.distrust = append(p.distrust, distrusted{host: prefix})
		}
		p.leaveTree = append(p.leaveTree, i)
	}
}

// exclude takes away what want does not name.
func (p *planner) exclude() {
	if p.listed == nil {
		p.list(nil, "docker.io is not among the registries wanted, or cannot be said")
	}
	kept := map[string]bool{}
	for i := range p.want.Registries {
		kept[p.want.Registries[i].Prefix] = true
	}
	for _, url := range p.listed {
		kept[hostOf(url)] = true
	}
	for _, host := range p.insecureHosts() {
		if !kept[host] {
			p.distrust = append(p.distrust, distrusted{host: host})
		}
	}
}

// writer is the release that what is written must please.
func (p *planner) writer() release.Version { return p.version.Oldest() }
