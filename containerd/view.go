package containerd

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// view is a node's files, compiled for one version and client.
type view struct {
	version  release.Version
	client   Client
	platform Platform
	// trees are those in force, in the order they are looked into; unread is
	// the one a plan would write to, when none is in force.
	trees  []*certsTree
	unread *certsTree
	// unlooked are trees with hosts.toml files in other clients' places.
	unlooked []*certsTree

	cri       criRegistry
	criFaults mirror.Diagnostics
	mirrors   map[string][]compiledEndpoint
	// tlsFaults are the hosts whose settings in configs.tls cannot be used.
	tlsFaults map[string]mirror.Diagnostic

	ds     mirror.Diagnostics
	config mirror.Config
}

// Config returns the registries of the trees in force, or of the CRI
// plugin's mirrors. Where no tree is in force it returns what the tree says
// that a plan would put in force; Diagnostics tells that nothing reads it.
func (v *view) Config() mirror.Config { return v.config.Clone() }

// Diagnostics returns what the version ignores or refuses.
func (v *view) Diagnostics() mirror.Diagnostics {
	out := slices.Clone(v.ds)
	for _, t := range v.allTrees() {
		for _, d := range t.Directories {
			out = append(out, t.dirs[d.Name].ds...)
		}
	}
	out.Sort()
	return out
}

func (v *view) allTrees() []*certsTree {
	if v.unread != nil {
		return []*certsTree{v.unread}
	}
	return v.trees
}

// lookup returns the directory that is taken for a namespace: of the first
// tree that has one, _default included.
func (v *view) lookup(namespace string) *compiledDir {
	for _, t := range v.trees {
		if d, ok := t.Own(namespace); ok {
			return t.dirs[d.Name]
		}
		if d, ok := t.byName[defaultName]; ok && defaultDirectory.Has(v.version) {
			return t.dirs[d.Name]
		}
	}
	return nil
}
