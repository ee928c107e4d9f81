package podman

import (
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/release/versiondoc"
)

func TestVersionDocument(t *testing.T) {
	versiondoc.Check(t, *update, "What differs between versions of containers/image, Podman and CRI-O",
		versiondoc.Group{Title: "registries.conf, by the version of containers/image", Features: libraryFeatures},
		versiondoc.Group{Title: "crio.conf, by the version of CRI-O", Features: []*release.Feature{&crioMode, &crioLoopback}},
		versiondoc.Group{Title: "podman machine, by the version of Podman", Features: []*release.Feature{&machineMount, &machinePlaybook}},
	)
}
