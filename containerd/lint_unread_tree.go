package containerd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleTreeElsewhere = rule(mirror.Rule{Code: "containerd/tree-elsewhere", Severity: mirror.Info,
	Summary:     "hosts.toml files in a place that other programs look into, where this client looks into none",
	Consequence: "pulls do not use them", Fix: "name the directory to this client, or move its files",
	Evidence: "2.4.2 internal/cri/server/images/image_pull.go pullImageWithTransferService; nerdctl pkg/imgutil/transfer.go createOCIRegistry; moby daemon/hosts.go"})

// unreadTrees are the trees with anything in them, where CRI pulls read none.
func (v *view) unreadTrees() []string {
	var out []string
	if len(v.unread.Directories) > 0 {
		out = append(out, v.unread.Root)
	}
	for _, t := range v.unlooked {
		out = append(out, t.Root)
	}
	return out
}

// lintUnlooked reports trees elsewhere, where the trees in force are empty.
func (v *view) lintUnlooked() mirror.Diagnostics {
	if len(v.trees) == 0 || slices.ContainsFunc(v.trees, func(t *certsTree) bool { return t.hasHosts() }) {
		return nil
	}
	var roots []string
	for _, t := range v.trees {
		roots = append(roots, t.Root)
	}
	var ds mirror.Diagnostics
	for _, t := range v.unlooked {
		ds = append(ds, ruleTreeElsewhere.At(mirror.Position{File: t.Root}, "", fmt.Sprintf("%s is not looked into by %s, and there is no hosts.toml in %s", t.Root, v.client, strings.Join(roots, " and "))))
	}
	return ds
}
