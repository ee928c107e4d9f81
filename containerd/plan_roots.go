package containerd

import (
	"path"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// inForce reports whether pulls that look into roots, in this order, find what
// is planned. Of several, the tree written to may be any, as long as none
// before it has a directory for a registry that is wanted. Where nothing else
// shall hold, or all other registries are meant, it must be the only one.
func (p *planner) inForce(roots []string, want *mirror.Config, own mirror.Ownership) bool {
	at := slices.IndexFunc(roots, func(root string) bool { return path.Clean("/"+root) == p.tree.Root })
	if at < 0 || len(roots) == 1 {
		return at == 0
	}
	if _, all := want.Find("*"); all || own == mirror.Exclusive {
		return false
	}
	for _, root := range roots[:at] {
		before, err := ReadTree(p.fsys, root, p.engine.Platform)
		if err != nil || slices.ContainsFunc(want.Registries, func(r mirror.Registry) bool { return before.hides(r.Prefix, p.version) }) {
			return false
		}
	}
	return true
}
