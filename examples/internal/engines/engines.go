// Package engines turns what users write, such as containerd@2.4, into
// engines and joins the plans of several. It is the one place of the example
// programs that knows every engine.
package engines

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
	"github.com/mirrorcfg/mirrorcfg/podman/authfile"
)

// Names returns what stands before the @.
func Names() []string {
	return []string{"containerd", "docker", "podman", "cri-o", "buildah", "skopeo"}
}

// Options say more about an engine than its name and version do. Empty fields
// mean the engine's default.
type Options struct {
	// Client is who pulls on containerd: cri, ctr or nerdctl.
	Client string
	// HostsDirs are what ctr's --hosts-dir and nerdctl's hosts_dir name.
	HostsDirs []string
	// ImageStore is Docker's: auto, containerd or graphdriver.
	ImageStore string
	// Home is the home directory on the node of the user who runs Docker,
	// Podman, Buildah or Skopeo without root, and UID the user's id.
	Home string
	UID  int
}

// Parse returns the engine of a spec: a name, and a version after an @. A
// spec without one means the newest version known.
func Parse(spec string, o Options) (mirror.Engine, error) {
	name, version, hasVersion := strings.Cut(spec, "@")
	if hasVersion && version == "" {
		return nil, fmt.Errorf("engine %q ends in @ without a version; leave the @ out for the newest", spec)
	}
	switch name {
	case "containerd":
		e := containerd.Engine{Version: version}
		if o.Client != "" {
			client, err := containerd.ParseClient(o.Client)
			if err != nil {
				return nil, err
			}
			e.Client = client
		}
		if len(o.HostsDirs) > 0 {
			if e.Client == containerd.CRI {
				return nil, errors.New("a hosts directory is named to ctr or nerdctl; CRI pulls read the one of config_path in config.toml")
			}
			e.Paths.HostsDirs, e.Paths.CertsDir = o.HostsDirs, o.HostsDirs[0]
		}
		return e, nil
	case "docker":
		e := docker.Engine{Version: version}
		if o.ImageStore != "" {
			store, err := docker.ParseImageStore(o.ImageStore)
			if err != nil {
				return nil, err
			}
			e.ImageStore = store
		}
		if o.Home != "" {
			e.Paths = docker.RootlessPaths(o.Home, "")
		}
		return e, nil
	case "podman", "cri-o", "buildah", "skopeo":
		tool, err := podman.ParseTool(name)
		if err != nil {
			return nil, err
		}
		e := podman.Engine{Tool: tool, Version: version, Logins: authfile.Names}
		if o.Home != "" {
			if tool == podman.CRIO {
				return nil, fmt.Errorf("cri-o is run by root, who has no files in %s", o.Home)
			}
			e.Paths = podman.RootlessPaths(o.Home, o.UID)
		}
		return e, nil
	}
	if word, ok := nearest.Word(name, Names()); ok {
		return nil, fmt.Errorf("unknown engine %q: did you mean %q?", name, word)
	}
	return nil, fmt.Errorf("unknown engine %q: known are %s, each with @version or without", name, strings.Join(Names(), ", "))
}
