package tables

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// Intent is what a project's own configuration asks for in one of its tests,
// put as a Config, and the requests that a node makes which was planned so.
type Intent struct {
	Name   string
	Source string
	// Node are files that are there before.
	Node []upstream.File
	Want mirror.Config
	Asks []Ask
	// Engines are the families that can do it, all when empty.
	Engines []string
	// Refused is the code of the fault for which no plan is made.
	Refused string
}

// Ask is a reference and the URLs of its manifest requests, without the query
// by which some engines tell a mirror the registry.
type Ask struct {
	Reference string
	URLs      []string
}

// Families of engines, for Intent.Engines. Docker has its containerd image
// store; with the older one it knows mirrors of docker.io alone.
const (
	FamilyContainerd = "containerd"
	FamilyDocker     = "docker"
	FamilyPodman     = "podman"
)

// Intents returns those of all projects.
func Intents() []Intent {
	return slices.Concat(spegelIntents(), talosIntents(), clusterIntents(), openshiftIntents())
}

// Is reports whether the intent is for a family of engines.
func (i Intent) Is(family string) bool {
	return len(i.Engines) == 0 || slices.Contains(i.Engines, family)
}

// asked are a reference and the bases that serve it, see pulls.
func asked(reference string, bases ...string) Ask {
	_, rest, _ := strings.Cut(reference, "/")
	ask := Ask{Reference: reference}
	for _, base := range bases {
		ask.URLs = append(ask.URLs, base+"/"+manifestPath(rest))
	}
	return ask
}

// mirrors are the endpoints at some URLs, for pulls by tag and by digest.
func mirrors(urls ...string) []mirror.Endpoint {
	var out []mirror.Endpoint
	for _, url := range urls {
		out = append(out, mirror.Endpoint{URL: url, Capabilities: mirror.Pull | mirror.Resolve})
	}
	return out
}

// wants is a Config of registries.
func wants(registries ...mirror.Registry) mirror.Config { return mirror.Config{Registries: registries} }
