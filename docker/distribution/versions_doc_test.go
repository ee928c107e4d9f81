package distribution

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// TestVersionDocument keeps VERSIONS.md equal to the version table.
func TestVersionDocument(t *testing.T) {
	want := release.Markdown("What differs between versions of distribution",
		release.Group{Title: "config.yml", Features: []*release.Feature{
			&featureTTL, &featureExec, &featureWriteTimeout, &featureRedisAddrs, &featureCacheSize, &featureTagLimit, &featureOldDrivers, &featureNewPath,
		}},
	)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" { // declared by the other tests' package
		require.NoError(t, os.WriteFile("VERSIONS.md", []byte(want), 0o644))
	}
	got, err := os.ReadFile("VERSIONS.md")
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go test . -update")
}
