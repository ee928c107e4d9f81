package bench

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A consumer of the root module inherits neither an engine nor a Go version that
// only an engine needs. Everything comes from the module cache.
func TestImportCost(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	root, err := ModuleDir()
	require.NoError(t, err)
	for _, c := range Consumers() {
		if c.Role != Ours {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			cost, err := c.Measure(root)
			require.NoError(t, err)
			t.Logf("%d modules %v, %s added, go %s", len(cost.Modules), cost.Modules, megabytes(cost.Added), cost.Go)
			for _, m := range cost.Modules {
				assert.Contains(t, allowedModules, m)
			}
			assert.Contains(t, cost.Packages, module+"/mirror")
			for _, heavy := range heavyPackages {
				assert.NotContains(t, cost.Packages, heavy)
			}
			assert.Equal(t, MaxGo, cost.Go)
			assert.LessOrEqual(t, cost.Added, int64(5_000_000), "a package that has no business here was linked")
		})
	}
}

var allowedModules = []string{
	"github.com/mirrorcfg/mirrorcfg", "github.com/distribution/reference", "github.com/opencontainers/go-digest",
	"github.com/pelletier/go-toml/v2", "github.com/tailscale/hujson",
}

// heavyPackages are large, and not needed to read and write configuration; of
// go-toml the parser alone is.
var heavyPackages = []string{"github.com/pelletier/go-toml/v2", "net/http", "crypto/tls", "text/template", "os/exec", "testing", "github.com/stretchr/testify/require"}
