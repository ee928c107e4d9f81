// Package engines turns what users write, such as containerd@2.4, into
// engines and joins the plans of several. It is the one place of the example
// programs that knows every engine.
package engines

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
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
	// ImageStore is Docker's: auto, containerd or graphdriver.
	ImageStore string
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
		return e, nil
	case "podman", "cri-o", "buildah", "skopeo":
		tool, err := podman.ParseTool(name)
		if err != nil {
			return nil, err
		}
		return podman.Engine{Tool: tool, Version: version}, nil
	}
	if word, ok := nearest.Word(name, Names()); ok {
		return nil, fmt.Errorf("unknown engine %q: did you mean %q?", name, word)
	}
	return nil, fmt.Errorf("unknown engine %q: known are %s, each with @version or without", name, strings.Join(Names(), ", "))
}
