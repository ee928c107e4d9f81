package podman

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file under testdata, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, path)
}

// The samples of recipes that people follow, as they are written there: what
// is wrong with them before and after containers/image 5.40, and the file
// that says the same without the faults.
func TestSeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/seeds/*.conf")
	require.NoError(t, err)
	require.Len(t, files, 6)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".conf"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			path := etcMain
			if strings.Contains(name, "podman-crio") {
				path = etcD + "zz-mirror.conf"
			}
			if doc, err := ParseRegistries(path, data); err == nil {
				assert.Equal(t, string(data), string(doc.Format()))
			}
			var found, rendered strings.Builder
			for _, e := range []Engine{{Version: "5.8"}, {Version: "6.0"}} {
				view, err := e.Read(tree{path: string(data)}.fs())
				require.NoError(t, err)
				fmt.Fprintf(&found, "# %s\n", e.Name())
				for _, d := range view.Lint() {
					fmt.Fprintln(&found, d.Error())
				}
				fmt.Fprintf(&rendered, "# %s\n", e.Name())
				if view.Diagnostics().Err() != nil {
					rendered.WriteString("# the file does not load\n")
					continue
				}
				plan, err := e.Plan(tree{}.fs(), view.Config())
				require.NoError(t, err)
				for _, f := range plan.Files() {
					fmt.Fprintf(&rendered, "# %s\n%s", f.Path, f.Data)
				}
			}
			base := strings.TrimSuffix(name, ".conf")
			golden(t, base+".diagnostics", found.String())
			golden(t, base+".render", rendered.String())
		})
	}
}

// The requests that the recipes' own logs show.
func TestSeedRequests(t *testing.T) {
	data, err := os.ReadFile("testdata/seeds/containerd-1x-2x-and-podman-crio.conf")
	require.NoError(t, err)
	got := explain(t, oldPodman, tree{etcD + "zz-mirror.conf": string(data)}, "registry.k8s.io/coredns:1.6.5", mirror.OpPull)
	require.NotEmpty(t, got.Attempts)
	assert.Equal(t, "https://k8s.alduin.net/v2/coredns/manifests/1.6.5", got.Attempts[0].URL)
	assert.Equal(t, "GET", got.Attempts[0].Method)

	// A machine whose user's file is a link to the host's.
	machine := Engine{Version: "5.8", Paths: RootlessPaths("/var/home/core", 501)}
	files := tree{"/var/home/core/.config/containers/registries.conf": "unqualified-search-registries = ['docker.io']\n" + reg("docker.io", mir("docker.1ms.run"))}
	got = explain(t, machine, files, "alpine", mirror.OpPull)
	require.Len(t, got.Attempts, 2)
	assert.Equal(t, "https://docker.1ms.run/v2/library/alpine/manifests/latest", got.Attempts[0].URL)
}
