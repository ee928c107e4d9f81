package containerd

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Engine is containerd at one version, as mirror.Engine.
type Engine struct {
	// Version is "1.7", "2.4.2" and the like; empty is the newest known. A
	// version without a patch is read as its newest patch and written for all
	// of them.
	Version string
	Paths   Paths
	// Client is who pulls.
	Client Client
	// Platform is the kind of node.
	Platform Platform
}

var _ mirror.Engine = Engine{}

// Client is the program that asks containerd to pull. Each finds the certs.d
// directories in its own way.
type Client uint8

const (
	// CRI is the kubelet or crictl: config.toml says where the tree is.
	CRI Client = iota
	// Ctr never reads config.toml; Paths.HostsDirs is its --hosts-dir.
	Ctr
	// Nerdctl looks into Paths.HostsDirs, or two default directories.
	Nerdctl
)

// String returns "cri", "ctr" or "nerdctl".
func (c Client) String() string {
	return [...]string{"cri", "ctr", "nerdctl"}[min(int(c), 2)]
}

// ParseClient returns the client of a name.
func ParseClient(name string) (Client, error) {
	for _, c := range []Client{CRI, Ctr, Nerdctl} {
		if c.String() == name {
			return c, nil
		}
	}
	return 0, fmt.Errorf("unknown client %q: known are cri, ctr, nerdctl", name)
}

// Name returns "containerd@" and the version.
func (e Engine) Name() string {
	if e.Version == "" {
		return "containerd@" + newestKnown
	}
	return "containerd@" + e.Version
}

// Read loads config.toml and the certs.d trees that the client's pulls look
// into.
func (e Engine) Read(fsys fs.FS) (mirror.View, error) {
	v, err := e.read(fsys)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (e Engine) read(fsys fs.FS) (*view, error) {
	v, ds, err := parseVersion(e.Version)
	if err != nil {
		return nil, err
	}
	paths := e.Paths.withDefaults()
	out := &view{version: v, client: e.Client, platform: e.Platform, ds: ds}
	var roots []string
	switch e.Client {
	case Ctr:
		roots = ctrRoots(paths)
	case Nerdctl:
		roots = nerdctlRoots(paths, v)
	default:
		cri, ds, err := readCRI(fsys, paths, v)
		if err != nil {
			return nil, err
		}
		out.cri, roots = cri, cri.Roots
		out.ds = append(out.ds, ds...)
		out.criFaults = ds
	}
	for _, root := range roots {
		t, err := out.readTree(fsys, root)
		if err != nil {
			return nil, err
		}
		out.trees = append(out.trees, t)
	}
	if len(roots) == 0 {
		if out.unread, err = out.readTree(fsys, paths.CertsDir); err != nil {
			return nil, err
		}
	}
	out.readUnlooked(fsys, paths, roots)
	out.compileMirrors()
	out.checkTLSFiles(fsys)
	out.config = out.model()
	return out, nil
}

// readUnlooked reads the trees that stand where some client of containerd looks
// by default, and this one does not. What cannot be read matters to nobody.
func (v *view) readUnlooked(fsys fs.FS, paths Paths, roots []string) {
	places := append([]string{paths.CertsDir}, strings.Split(multiRootDefault, ":")...)
	switch {
	case v.client == Ctr:
		return
	case v.client == Nerdctl && len(paths.HostsDirs) > 0:
		places = paths.HostsDirs
	}
	for i, place := range places {
		if slices.Contains(roots, place) || slices.Contains(places[:i], place) || v.unread != nil && v.unread.Root == place {
			continue
		}
		if t, err := v.readTree(fsys, place); err == nil && t.hasHosts() {
			v.unlooked = append(v.unlooked, t)
		}
	}
}

// ctrRoots is the one directory of --hosts-dir; ctr has no default and takes
// no list.
func ctrRoots(paths Paths) []string {
	return paths.HostsDirs[:min(len(paths.HostsDirs), 1)]
}

// nerdctlRoots: nerdctl pulls through the transfer service of containerd 2 and
// gives it its first directory alone (pkg/imgutil/transfer.go); with
// containerd 1 it looks into all.
func nerdctlRoots(paths Paths, v release.Version) []string {
	roots := paths.HostsDirs
	if len(roots) == 0 {
		roots = []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}
	}
	if nerdctlTransfer.Has(v) {
		return roots[:1]
	}
	return roots
}
