package podman

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// TestVersionDocument keeps VERSIONS.md equal to the version table.
func TestVersionDocument(t *testing.T) {
	want := release.Markdown("What differs between versions of containers/image, Podman and CRI-O",
		release.Group{Title: "registries.conf, by the version of containers/image", Features: libraryFeatures},
		release.Group{Title: "crio.conf, by the version of CRI-O", Features: []*release.Feature{&crioMode, &crioLoopback}},
		release.Group{Title: "podman machine, by the version of Podman", Features: []*release.Feature{&machineMount, &machinePlaybook}},
	)
	if *update {
		require.NoError(t, os.WriteFile("VERSIONS.md", []byte(want), 0o644))
	}
	got, err := os.ReadFile("VERSIONS.md")
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go test . -update")
}
