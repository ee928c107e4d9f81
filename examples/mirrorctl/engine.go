package main

import (
	"io/fs"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// engineChoice holds the flags that say more about an engine than its name.
type engineChoice struct {
	Client     string   `help:"Who pulls on containerd: cri, ctr or nerdctl." enum:"cri,ctr,nerdctl" default:"cri"`
	HostsDir   []string `help:"With --client ctr or nerdctl: the directory that its --hosts-dir names. Repeatable." placeholder:"DIR" sep:"none"`
	ImageStore string   `help:"Docker's image store: containerd, graphdriver, or auto for the version's default." enum:"auto,containerd,graphdriver" default:"auto"`
	Home       string   `help:"Home directory of the user who runs Podman or Docker without root, such as /home/me." placeholder:"DIR"`
	UID        int      `name:"uid" help:"With --home: the user's id." default:"1000"`
}

func (c engineChoice) options() engines.Options {
	return engines.Options{Client: c.Client, HostsDirs: c.HostsDir, ImageStore: c.ImageStore, Home: c.Home, UID: c.UID}
}

// engine returns the engine of a spec such as containerd@2.4.
func (c engineChoice) engine(spec string) (mirror.Engine, error) {
	return engines.Parse(spec, c.options())
}

func (c engineChoice) engines(specs []string) ([]mirror.Engine, error) {
	var all []string
	for _, s := range specs {
		all = append(all, strings.Split(s, ",")...)
	}
	return engines.ParseAll(all, c.options())
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
