package containerd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestSeedConfigs reads the config.toml samples of published guides as they
// are written there: alone, and as a part of a file that has the version they
// are meant for. The golden file has what lint says, the requests, and what a
// migration writes.
func TestSeedConfigs(t *testing.T) {
	files, err := filepath.Glob("testdata/seedconfigs/*.toml")
	require.NoError(t, err)
	require.Len(t, files, 6)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			if f, err := ParseConfig("config.toml", data); err == nil {
				require.Equal(t, data, f.Format())
			}
			var out bytes.Buffer
			for _, version := range []string{"1.7", "2.0", "2.4"} {
				for _, head := range []string{"", "version = 2\n", "version = 3\n"} {
					if head != "" && (strings.Contains(string(data), "version =") || version == "1.7" && head == "version = 3\n") {
						continue
					}
					fmt.Fprintf(&out, "== containerd %s, %q before\n", version, head)
					seedConfig(t, &out, Engine{Version: version}, head+string(data))
				}
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".golden", out.Bytes())
		})
	}
}

func seedConfig(t *testing.T, out *bytes.Buffer, e Engine, text string) {
	fsys := configNode(map[string]string{configName: text})
	view, err := e.Read(fsys)
	require.NoError(t, err)
	for _, d := range view.Lint() {
		fmt.Fprintf(out, "%d:%d %s %s\n", d.Line, d.Column, d.Severity, d.Code)
	}
	for _, name := range []string{"alpine:3.20", "registry.k8s.io/coredns:1.6.5"} {
		ref, err := mirror.ParseReference(name)
		require.NoError(t, err)
		for _, a := range view.Explain(ref, mirror.OpPull).Attempts {
			fmt.Fprintf(out, "%s %s :%d\n", a.Method, a.URL, a.Source.Line)
		}
	}
	plan, err := e.Migrate(fsys)
	for _, c := range plan.Changes {
		fmt.Fprintf(out, "-- %s %s --\n%s", c.Kind, c.Path, c.After)
	}
	if err != nil {
		out.WriteString("not migrated\n")
	}
}
