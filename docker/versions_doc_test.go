package docker

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// TestVersionDocument keeps VERSIONS.md equal to the version table.
func TestVersionDocument(t *testing.T) {
	want := release.Markdown("What differs between versions of Docker Engine",
		release.Group{Title: "daemon.json and certs.d", Features: daemonFeatures},
	)
	if *update {
		require.NoError(t, os.WriteFile("VERSIONS.md", []byte(want), 0o644))
	}
	got, err := os.ReadFile("VERSIONS.md")
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go test . -update")
}
