package main

import (
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// engineChoice holds the flags that say more about an engine than its name.
type engineChoice struct {
	Client     string `help:"Who pulls on containerd: cri, ctr or nerdctl." enum:"cri,ctr,nerdctl" default:"cri"`
	ImageStore string `help:"Docker's image store: containerd, graphdriver, or auto for the version's default." enum:"auto,containerd,graphdriver" default:"auto"`
}

// engine returns the engine of a spec such as containerd@2.4.
func (c engineChoice) engine(spec string) (mirror.Engine, error) {
	return engines.Parse(spec, engines.Options{Client: c.Client, ImageStore: c.ImageStore})
}

func (c engineChoice) engines(specs []string) ([]mirror.Engine, error) {
	return engines.ParseAll(specs, engines.Options{Client: c.Client, ImageStore: c.ImageStore})
}

// mainEngines are the three that render writes for by default.
var mainEngines = []string{"containerd", "docker", "podman"}

// installed guesses the engines of a node from the directories that their
// packages make; a node that shows none gets all three.
func installed(node fs.FS) []string {
	var found []string
	for _, e := range []struct{ dir, name string }{{"etc/containerd", "containerd"}, {"etc/docker", "docker"}, {"etc/containers", "podman"}} {
		if info, err := fs.Stat(node, e.dir); err == nil && info.IsDir() {
			found = append(found, e.name)
		}
	}
	if found == nil {
		return mainEngines
	}
	return found
}
