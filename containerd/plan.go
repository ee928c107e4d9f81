package containerd

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleNamespace = rule(mirror.Rule{Code: "containerd/namespace", Severity: mirror.Error,
		Summary: "a registry that cannot become a directory of certs.d", Consequence: "the registry is left out", Fix: "write host[:port]",
		Evidence: "2.4.2 core/remotes/docker/config/config_unix.go hostPaths"})
	ruleUnwritable = rule(mirror.Rule{Code: "containerd/hosts-unwritable", Severity: mirror.Error,
		Summary: "hosts that no hosts.toml can say", Consequence: "the registry is left out", Fix: "name each host and header once, in UTF-8"})
	ruleRewritten = rule(mirror.Rule{Code: "containerd/hosts-rewritten", Severity: mirror.Warning,
		Summary: "a hosts.toml that has to be written anew", Consequence: "its comments and unknown keys are lost", Fix: "look at what goes in the plan's diff, and write the comments that are to stay into the new file"})
	ruleCertDirectory = rule(mirror.Rule{Code: "containerd/cert-files-unused", Severity: mirror.Warning,
		Summary: "certificate files beside a hosts.toml", Consequence: "containerd reads *.crt, *.cert and *.key only where there is no valid hosts.toml",
		Fix: "name them in hosts.toml with ca and client", Evidence: hostsSource + "loadHostDir"})
)

func fileMode(h *Hosts) fs.FileMode {
	if h.HasSecrets() {
		return 0o600
	}
	return 0o644
}

// Plan returns the changes to certs.d, and to config.toml where CRI pulls do
// not read the tree yet. A hosts.toml that exists is edited in place.
func (e Engine) Plan(fsys fs.FS, want mirror.Config, opts ...mirror.PlanOption) (mirror.Plan, error) {
	options := mirror.NewPlanOptions(opts...)
	v, ds, err := parseVersion(e.Version)
	if err != nil {
		return mirror.Plan{}, err
	}
	if faults := want.Validate(); options.Ownership != mirror.Remove {
		ds = append(ds, faults...)
		if err := ds.Err(); err != nil {
			return mirror.Plan{Diagnostics: ds}, err
		}
	}
	p, err := e.newPlanner(fsys, v, e.Paths.withDefaults(), ds)
	if err != nil {
		return mirror.Plan{}, err
	}
	switch options.Ownership {
	case mirror.Remove:
		for i := range want.Registries {
			p.remove(want.Registries[i].Prefix, "the registry is removed")
		}
		if err := p.removeLists(func(namespace string) bool { _, named := want.Find(namespace); return named }); err != nil {
			return mirror.Plan{}, err
		}
	default:
		for i := range want.Registries {
			p.registry(&want.Registries[i], i)
		}
		if options.Ownership == mirror.Exclusive {
			p.removeOthers(&want)
		}
		p.search(&want)
		if err := p.config(&want, options.Ownership); err != nil {
			return mirror.Plan{}, err
		}
		if options.Ownership == mirror.Exclusive && p.written == 0 {
			// Nothing put the tree in force, which removes all lists.
			if err := p.removeLists(func(namespace string) bool { _, wanted := want.Find(namespace); return !wanted }); err != nil {
				return mirror.Plan{}, err
			}
		}
	}
	return p.finish(options)
}

type planner struct {
	engine  Engine
	fsys    fs.FS
	version release.Version
	tree    *Tree
	paths   Paths
	render  renderer
	plan    mirror.Plan
	written int
}

func (p *planner) finish(options mirror.PlanOptions) (mirror.Plan, error) {
	p.plan.Diagnostics = options.Settle(append(p.plan.Diagnostics, p.render.ds...))
	if err := p.plan.Diagnostics.Err(); err != nil {
		return mirror.Plan{Diagnostics: p.plan.Diagnostics}, err
	}
	slices.SortFunc(p.plan.Changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	return p.plan, nil
}

func (p *planner) report(d mirror.Diagnostic) { p.plan.Diagnostics = append(p.plan.Diagnostics, d) }

// search reports search registries, of which containerd has none.
func (p *planner) search(want *mirror.Config) {
	if want.Search != nil && !slices.Equal(want.Search, []string{"docker.io"}) {
		p.report(mirror.Lost(mirror.LossSearch, p.render.target, "search", ""))
	}
}

// newPlanner reads what a plan starts from. The tree written to is the one
// that config_path names, where it names one.
func (e Engine) newPlanner(fsys fs.FS, v release.Version, paths Paths, ds mirror.Diagnostics) (*planner, error) {
	cri, _, err := readCRI(fsys, paths, v)
	if err != nil {
		return nil, err
	}
	tree, err := ReadTree(fsys, cri.certsDirInForce(paths.CertsDir), e.Platform)
	if err != nil {
		return nil, err
	}
	return &planner{engine: e, fsys: fsys, version: v, tree: tree, paths: paths,
		render: renderer{version: v, target: "containerd " + v.String()}, plan: mirror.Plan{Diagnostics: ds}}, nil
}

// config makes CRI pulls read the tree. Registries of the deprecated endpoint
// lists, which cannot stay beside it, move into the tree unless want has them
// or is all that there shall be.
func (p *planner) config(want *mirror.Config, own mirror.Ownership) error {
	if p.written == 0 || p.engine.Client != CRI {
		return nil
	}
	c, err := planConfig(p.fsys, p.paths, p.version, p.tree.Root, func(roots []string) bool { return p.inForce(roots, want, own) })
	if err != nil {
		return err
	}
	p.plan.Diagnostics = append(p.plan.Diagnostics, c.ds...)
	p.plan.Actions = append(p.plan.Actions, c.actions...)
	p.plan.Changes = append(p.plan.Changes, c.changes...)
	for _, d := range c.displaced {
		if own == mirror.Exclusive {
			break
		}
		if want != nil {
			if _, wanted := want.Find(d.Namespace); wanted {
				continue
			}
		}
		p.displaced(d, c.conflict)
	}
	p.reportTree(c)
	return nil
}

// reportTree names what was in the tree before anything read it.
func (p *planner) reportTree(c configPlan) {
	if !c.newTree {
		return
	}
	for _, d := range p.tree.Directories {
		if !slices.ContainsFunc(p.plan.Changes, func(c mirror.Change) bool { return path.Dir(c.Path) == d.Path }) {
			p.report(ruleTreeInForce.At(mirror.Position{File: d.Path}, "registry.config_path", d.Path+" was not read, and is from now on"))
		}
	}
}

func (p *planner) registry(reg *mirror.Registry, index int) {
	r := &p.render
	if !r.registry(reg, index) {
		return
	}
	name, err := DirectoryName(reg.Prefix, p.engine.Platform)
	if err != nil {
		p.report(ruleNamespace.At(mirror.Position{}, r.registryField("prefix"), err.Error()))
		return
	}
	fresh, err := appendHosts(nil, &r.hosts, r.form(&r.hosts))
	if err != nil {
		p.report(ruleUnwritable.At(mirror.Position{}, r.registryField("mirrors"), err.Error()))
		return
	}
	p.written++
	dir, exists := p.own(reg.Prefix)
	if !exists {
		dir = &Directory{Name: name, Path: path.Join(p.tree.Root, name)}
	}
	file := path.Join(dir.Path, hostsName)
	switch {
	case dir.NotDirectory:
		p.report(ruleNotDirectory.At(mirror.Position{File: dir.Path}, r.registryField("prefix"), dir.Path+" is a file"))
		return
	case dir.Unreadable != nil:
		p.report(ruleUnreadable.At(mirror.Position{File: file}, r.registryField("prefix"), dir.Unreadable.Error()))
		return
	}
	change := mirror.Change{Path: file, Kind: mirror.Create, After: fresh, Mode: fileMode(&r.hosts), Secret: r.hosts.HasSecrets()}
	change.Reason = reg.Prefix + " gets its mirrors in order: " + strings.Join(mirrorHosts(reg.Mirrors), ", ")
	if len(reg.Mirrors) == 0 {
		change.Reason = reg.Prefix + " has no mirrors"
	}
	if dir.HasFile {
		before, _, err := nodefs.ReadFile(p.fsys, file)
		if err != nil {
			p.report(ruleUnreadable.At(mirror.Position{File: file}, r.registryField("prefix"), err.Error()))
			return
		}
		change.Kind, change.Before = mirror.Update, before
		change.After = p.update(dir, fresh)
		if dir.Hosts != nil && dir.Hosts.Hosts().HasSecrets() {
			change.Secret = true
		}
		if bytes.Equal(before, change.After) {
			return
		}
	}
	if len(dir.CA)+len(dir.Client) > 0 {
		p.report(ruleCertDirectory.At(mirror.Position{File: dir.Path}, r.registryField("prefix"),
			"the certificate files in "+dir.Path+" no longer count once there is a hosts.toml"))
	}
	p.plan.Changes = append(p.plan.Changes, change)
}

// mirrorHosts names mirrors for a reason, without scheme and path; long lists
// are cut.
func mirrorHosts(mirrors []mirror.Endpoint) []string {
	var out []string
	for i, m := range mirrors {
		if i == 3 {
			return append(out, fmt.Sprintf("and %d more", len(mirrors)-i))
		}
		if u, err := mirror.ParseEndpointURL(m.URL); err == nil {
			out = append(out, u.Host)
		}
	}
	return out
}

func (p *planner) own(prefix string) (*Directory, bool) {
	if prefix == "*" {
		prefix = defaultName
	}
	return p.tree.Own(prefix)
}

// maxEditedHosts bounds the work of editing one file, which grows with the
// square of its hosts.
const maxEditedHosts = 100

// update edits an existing file towards the hosts rendered last. Where the
// file is written in a way that the version does not read as meant, it is
// written anew.
func (p *planner) update(dir *Directory, fresh []byte) []byte {
	if dir.Hosts == nil {
		if dir.Fault != nil {
			p.report(ruleRewritten.At(mirror.Position{File: dir.Fault.File, Line: dir.Fault.Line, Column: dir.Fault.Column}, "",
				"the file is not TOML and is written anew"))
		}
		return fresh
	}
	f := dir.Hosts
	target, err := ParseHosts(f.name, fresh)
	if err != nil {
		return fresh
	}
	namespace := dir.Namespace()
	wanted := p.meaning(target, namespace)
	if current := p.meaning(f, namespace); current.equal(wanted) {
		return f.Format()
	}
	if len(f.hosts())+len(p.render.hosts.Hosts) > maxEditedHosts {
		p.report(ruleRewritten.At(mirror.Position{File: f.name}, "", "the file has too many hosts to be edited one by one, and is written anew"))
		return fresh
	}
	edited := &HostsFile{name: f.name, doc: f.doc}
	if err := edited.become(&p.render.hosts, p.version, namespace); err == nil && p.meaning(edited, namespace).equal(wanted) {
		return edited.Format()
	}
	p.report(ruleRewritten.At(mirror.Position{File: f.name}, "", "the file is written in a form that containerd "+p.version.String()+" does not read as meant, and is written anew"))
	return fresh
}

// remove deletes what containerd would find for a prefix.
func (p *planner) remove(prefix, reason string) {
	names := []string{defaultName}
	if prefix != "*" {
		names = directoryNames(prefix, p.engine.Platform)
	}
	for _, name := range names {
		if d, ok := p.tree.byName[name]; ok {
			p.removeDirectory(d, reason)
		}
	}
}

func (p *planner) removeDirectory(d *Directory, reason string) {
	if !d.HasFile {
		return
	}
	file := path.Join(d.Path, hostsName)
	before, _, err := nodefs.ReadFile(p.fsys, file)
	if err != nil {
		p.report(ruleUnreadable.At(mirror.Position{File: file}, "", err.Error()))
		return
	}
	secret := d.Hosts != nil && d.Hosts.Hosts().HasSecrets()
	p.plan.Changes = append(p.plan.Changes, mirror.Change{Path: file, Kind: mirror.Delete, Before: before, Secret: secret, Prune: true, Reason: reason})
}

// removeOthers deletes the registries that are not wanted, and directories
// that are hidden by another for the same registry.
func (p *planner) removeOthers(want *mirror.Config) {
	for _, d := range p.tree.Directories {
		ns := d.Namespace()
		_, wanted := want.Find(ns)
		own, _ := p.own(ns)
		if wanted && own == d {
			continue
		}
		p.removeDirectory(d, ns+" is not among the registries wanted")
	}
}
