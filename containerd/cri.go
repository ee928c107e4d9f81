package containerd

import (
	"io/fs"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// criRegistry is what config.toml makes the CRI plugin do about registries.
type criRegistry struct {
	// Roots are the certs.d directories that CRI pulls look into, in order.
	// None means that no hosts.toml is read.
	Roots []string
	// RootsPos is where config_path is set; its Line is 0 for a default.
	RootsPos mirror.Position
	// Transfer: CRI pulls go through the transfer service.
	Transfer bool
	// Mirrors are the deprecated endpoint lists, in file order. They and
	// Roots exclude each other.
	Mirrors []criMirror
	// Broken: the CRI plugin does not load; the diagnostics say why.
	Broken bool
}

// criMirror is one mirrors."namespace" table.
type criMirror struct {
	Namespace string // "*" for every namespace that is not named
	Endpoints []criEndpoint
	Pos       mirror.Position
}

// criEndpoint is one element of an endpoint list, as written.
type criEndpoint struct {
	URL string
	Pos mirror.Position
}

// readCRI reads the CRI plugin's registry settings.
func readCRI(fsys fs.FS, paths Paths, version release.Version) (criRegistry, mirror.Diagnostics, error) {
	paths = paths.withDefaults()
	reg := criRegistry{Transfer: version.AtLeast(release.MustParse("2.1").Oldest())}
	data, found, err := nodefs.ReadFile(fsys, paths.Config)
	if err != nil || !found {
		return reg, nil, err
	}
	doc, err := tomledit.Parse(data)
	if err != nil {
		return criRegistry{Broken: true}, nil, nil
	}
	for _, id := range []string{"io.containerd.cri.v1.images", "io.containerd.grpc.v1.cri", "cri"} {
		node := doc.Lookup("plugins", id, "registry", "config_path")
		text, ok := node.AsString()
		if !ok || text == "" {
			continue
		}
		p := doc.Position(node.Span().Start)
		reg.RootsPos = mirror.Position{File: paths.Config, Line: p.Line, Column: p.Column}
		if reg.Transfer && strings.Contains(text, ":") {
			return reg, nil, nil
		}
		reg.Roots = strings.Split(text, ":")
		return reg, nil, nil
	}
	return reg, nil, nil
}

// planConfig returns the change to config.toml that makes CRI pulls read
// certsDir, or nil when they do already.
func planConfig(fsys fs.FS, paths Paths, version release.Version, certsDir string) (*mirror.Change, []mirror.Action, mirror.Diagnostics, error) {
	paths = paths.withDefaults()
	reg, ds, err := readCRI(fsys, paths, version)
	if err != nil || len(reg.Roots) == 1 && reg.Roots[0] == certsDir {
		return nil, nil, ds, err
	}
	before, found, err := nodefs.ReadFile(fsys, paths.Config)
	if err != nil || found {
		return nil, nil, ds, err
	}
	head, plugin := "version = 2\n", "io.containerd.grpc.v1.cri"
	if version.AtLeast(release.MustParse("2.0").Oldest()) {
		head, plugin = "version = 3\n", "io.containerd.cri.v1.images"
	}
	after := append([]byte(head+"\n"), tomledit.AppendHeader(nil, "plugins", plugin, "registry")...)
	after = append(after, "config_path = "...)
	if after, err = tomledit.AppendString(after, certsDir); err != nil {
		return nil, nil, ds, err
	}
	return &mirror.Change{Path: paths.Config, Kind: mirror.Create, Before: before, After: append(after, '\n'), Mode: 0o644,
			Reason: "CRI pulls read hosts.toml only from the directory that config_path names"},
		[]mirror.Action{{Command: []string{"systemctl", "restart", "containerd"}, Reason: "config.toml is read at start"}}, ds, nil
}
