package docker

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/mirrortest"
)

var update = flag.Bool("update", false, "write golden files")

// The files in testdata/seeds are those of the recipe that they are named after, as it has them. Beside each is what
// they mean, what is said about them, and what a node gets that is to mean the same.
func TestSeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/seeds/*.json")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(file, ".json")
		node := daemonJSON(string(data))
		for _, version := range []string{"20.10", "28.5", "29"} {
			e := Engine{Version: version}
			v, err := e.Read(node)
			require.NoError(t, err)
			model, err := json.MarshalIndent(v.Config(), "", "  ")
			require.NoError(t, err)
			explained := explain(t, e, node, "alpine:3.20", mirror.OpPull)
			report := strings.Join(lines(explained), "\n") + "\n\n" + string(model) + "\n\n"
			for _, d := range v.Lint() {
				report += d.Error() + "\n"
			}
			golden(t, name+"@"+version+".txt", report)

			same, err := e.Plan(node, v.Config())
			require.NoError(t, err)
			assert.Empty(t, same.Changes)
			fresh, err := e.Plan(onNode(), v.Config())
			require.NoError(t, err)
			mirrortest.Plan(t, name+"@"+version+".txtar", fresh, mirrortest.Update(*update))
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, file)
}
