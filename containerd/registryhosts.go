package containerd

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// RegistryHosts is a certs.d tree that another program reads with
// containerd's resolver, as dockerd does from 28.0 on.
type RegistryHosts struct {
	// Root is the tree, such as /etc/docker/certs.d.
	Root string
	// Version is that of the containerd packages the program is built with;
	// empty is the newest known.
	Version  string
	Platform Platform
	// Target names the program in losses, such as "docker 28.5".
	Target string
}

// ResolvedHost is one host as the resolver asks it.
type ResolvedHost struct {
	Endpoint
	// Base is scheme://host/path; requests append /repository/manifests/….
	Base string
	TLS  mirror.TLSMode
	// Why the host is never asked; empty when it is.
	Why string
}

// ResolvedDirectory is what the resolver makes of one directory of the tree.
type ResolvedDirectory struct {
	*Directory
	// Hosts in the order they are asked. The last one is the upstream; its
	// Host is empty in _default where no server is written: see DefaultHost.
	Hosts []ResolvedHost
	// InForce is true where a hosts.toml is read, false where it is missing
	// or refused and the certificate files count.
	InForce bool
	// Fatal: every pull from the registry fails.
	Fatal bool
	// Told are the findings that an explanation repeats.
	Told mirror.Diagnostics
}

// RegistryHostsView is a tree, read and compiled.
type RegistryHostsView struct {
	view *view
	dirs map[string]*ResolvedDirectory
}

// Read loads the tree. The error is one of fsys or of the version.
func (r RegistryHosts) Read(fsys fs.FS) (*RegistryHostsView, error) {
	v, err := Engine{Version: r.Version, Client: Ctr, Platform: r.Platform, Paths: Paths{HostsDirs: []string{r.Root}}}.read(fsys)
	if err != nil {
		return nil, err
	}
	out := &RegistryHostsView{view: v, dirs: map[string]*ResolvedDirectory{}}
	for _, d := range v.trees[0].Directories {
		c := v.trees[0].dirs[d.Name]
		resolved := &ResolvedDirectory{Directory: d, Fatal: c.fatal, Told: c.told, InForce: c.reading != nil && !c.reading.refused}
		for _, h := range c.hosts {
			if ns := d.Namespace(); h.Root && h.Host == "" && ns != "*" {
				h = compileEndpoint(h.withDefaultHost(ns, v.version), v.version)
			}
			resolved.Hosts = append(resolved.Hosts, h.resolved())
		}
		out.dirs[d.Name] = resolved
	}
	return out, nil
}

func (c *compiledEndpoint) resolved() ResolvedHost {
	return ResolvedHost{Endpoint: c.Endpoint, Base: c.base, TLS: c.tls, Why: c.why}
}

// DefaultHost is the host that the resolver asks for a registry without a
// directory. of carries the settings of _default's root, where that is what
// is in force; the zero Endpoint has none.
func (v *RegistryHostsView) DefaultHost(namespace string, of Endpoint) ResolvedHost {
	of.Root = true
	c := compileEndpoint(of.withDefaultHost(namespace, v.view.version), v.view.version)
	return c.resolved()
}

// Lookup returns the directory that the resolver takes for a registry,
// _default included.
func (v *RegistryHostsView) Lookup(namespace string) (*ResolvedDirectory, bool) {
	d := v.view.lookup(namespace)
	if d == nil {
		return nil, false
	}
	return v.dirs[d.Name], true
}

// Directories returns all directories, ordered by name.
func (v *RegistryHostsView) Directories() []*ResolvedDirectory {
	out := make([]*ResolvedDirectory, 0, len(v.dirs))
	for _, d := range v.view.trees[0].Directories {
		out = append(out, v.dirs[d.Name])
	}
	return out
}

// Tree returns what was read.
func (v *RegistryHostsView) Tree() *Tree { return v.view.trees[0].Tree }

// Config returns the registries that the tree names.
func (v *RegistryHostsView) Config() mirror.Config { return v.view.Config() }

// Diagnostics returns what the resolver ignores or refuses.
func (v *RegistryHostsView) Diagnostics() mirror.Diagnostics { return v.view.Diagnostics() }

// Lint returns everything that is wrong or silently useless in the tree.
func (v *RegistryHostsView) Lint() mirror.Diagnostics { return v.view.Lint() }

// SendsNamespace reports whether requests to the host carry ?ns=, which they
// do unless the host is the registry's own.
func (h *ResolvedHost) SendsNamespace(namespace string) bool { return h.sendsNamespace(namespace) }

// Plan returns the changes that make the tree say what the registries say at
// the given indices of want; fields of diagnostics name those indices.
// Registries whose indices are not given count as not wanted. It validates
// nothing and settles no losses: both are left to the caller.
func (r RegistryHosts) Plan(fsys fs.FS, want mirror.Config, indices []int, own mirror.Ownership) (mirror.Plan, error) {
	v, ds, err := parseVersion(r.Version)
	if err != nil {
		return mirror.Plan{}, err
	}
	tree, err := ReadTree(fsys, path.Clean("/"+r.Root), r.Platform)
	if err != nil {
		return mirror.Plan{}, err
	}
	p := &planner{engine: Engine{Version: r.Version, Client: Ctr, Platform: r.Platform}, fsys: fsys, version: v, tree: tree,
		paths: Paths{CertsDir: r.Root}.withDefaults(), render: renderer{version: v, target: r.target(v)}, plan: mirror.Plan{Diagnostics: ds}}
	var chosen mirror.Config
	for _, i := range indices {
		if own == mirror.Remove {
			p.remove(want.Registries[i].Prefix, "the registry is removed")
			continue
		}
		p.registry(&want.Registries[i], i)
		chosen.Registries = append(chosen.Registries, want.Registries[i])
	}
	if own == mirror.Exclusive {
		p.removeOthers(&chosen)
	}
	p.plan.Diagnostics = append(p.plan.Diagnostics, p.render.ds...)
	slices.SortFunc(p.plan.Changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	return p.plan, nil
}

func (r RegistryHosts) target(v release.Version) string {
	if r.Target != "" {
		return r.Target
	}
	return "containerd " + v.String()
}

// PushSendsNamespace reports whether pushes carry ?ns= as pulls do.
func (v *RegistryHostsView) PushSendsNamespace() bool { return pushNamespace.Has(v.view.version) }
