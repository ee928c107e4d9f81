package docker

import (
	"fmt"
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Engine is Docker Engine at one version, as mirror.Engine.
type Engine struct {
	// Version is "28.5", "20.10.24" and the like; empty is the newest known.
	Version string
	Paths   Paths
	// ImageStore is where docker pull puts images, which decides whom it asks.
	ImageStore ImageStore
	// Builder makes Explain answer for docker build: BuildKit asks registries as the containerd image store does, with
	// whichever store.
	Builder bool
}

var _ mirror.Engine = Engine{}

// ImageStore is one of dockerd's two image stores. Each has a pull path of its own: other requests, other files read.
type ImageStore uint8

const (
	// Auto is what dockerd chooses: by version, daemon.json and what is in its data directory.
	Auto ImageStore = iota
	// Containerd is the store that reads hosts.toml from 28.0 on and sends ?ns= to mirrors.
	Containerd
	// Graphdriver is the older store, which reads daemon.json alone.
	Graphdriver
)

// String returns "auto", "containerd" or "graphdriver".
func (s ImageStore) String() string {
	return [...]string{"auto", "containerd", "graphdriver"}[min(int(s), 2)]
}

// ParseImageStore returns the image store of a name.
func ParseImageStore(name string) (ImageStore, error) {
	for _, s := range []ImageStore{Auto, Containerd, Graphdriver} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown image store %q: known are auto, containerd, graphdriver", name)
}

// Check tells whether the version is one.
func (e Engine) Check() error {
	_, ds := parseVersion(e.Version)
	return ds.Err()
}

// Name returns "docker@" and the version.
func (e Engine) Name() string {
	if e.Version == "" {
		return "docker@" + newestKnown
	}
	return "docker@" + e.Version
}

// Read loads daemon.json and certs.d. What dockerd refuses or ignores in them is told by the view.
func (e Engine) Read(fsys fs.FS) (mirror.View, error) {
	n, err := e.read(fsys)
	if err != nil {
		return nil, err
	}
	return n.compile(), nil
}

// target names the engine in losses.
func target(v release.Version) string { return "docker " + v.String() }
