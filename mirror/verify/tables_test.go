package verify

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd1"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/containerd2"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/podmanio5"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// The same tables are put to upstream's parsers in internal/.

func TestContainerdTables(t *testing.T) {
	for _, version := range []string{"1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4"} {
		t.Run(version, func(t *testing.T) {
			ctr := containerd.Engine{Version: version, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{tables.CertsRoot}}}
			checkTable(t, ctr, version, tables.Containerd())
			checkTable(t, containerd.Engine{Version: version}, version, tables.CRI())
		})
	}
}

func TestPodmanTables(t *testing.T) {
	for module, library := range map[string]string{"github.com/containers/image/v5": "5.36.2", "go.podman.io/image/v5": "5.42.0"} {
		t.Run(library, func(t *testing.T) {
			dir := moduleDir(t, module)
			cases, err := tables.SysRegistriesFiles(os.DirFS(filepath.Join(dir, "pkg/sysregistriesv2/testdata")), library == "5.42.0")
			require.NoError(t, err)
			checkTable(t, podman.Engine{Library: library}, library, append(tables.SysRegistries(), cases...))
		})
	}
}

func TestDockerTables(t *testing.T) {
	for _, c := range tables.Docker() {
		stores := map[upstream.DockerStore]docker.ImageStore{upstream.ContainerdStore: docker.Containerd, upstream.GraphDriver: docker.Graphdriver}
		checkTable(t, docker.Engine{ImageStore: stores[c.Store]}, "29", []tables.Case{c})
	}
}

// moduleDir is where a module of upstream's is in the module cache.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func checkTable(t *testing.T, engine mirror.Engine, version string, cases []tables.Case) {
	t.Helper()
	for _, c := range cases {
		if !c.HoldsFor(version) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			view, err := engine.Read(caseFS(c))
			require.NoError(t, err, c.Source)
			ref, err := mirror.ParseReference(c.Reference)
			require.NoError(t, err, c.Source)
			explanation := view.Explain(ref, operation(t, c.Operation))
			if c.Err != "" {
				assert.Error(t, explanation.Diagnostics.Err(), "%s: upstream says %q", c.Source, c.Err)
				assert.Empty(t, explanation.Attempts, c.Source)
				return
			}
			var got []string
			for _, a := range explanation.Attempts {
				got = append(got, a.Method+" "+a.URL)
			}
			assert.Equal(t, c.Want, got, c.Source)
			for i, want := range c.TLS {
				skips := explanation.Attempts[i].TLS == mirror.TLSSkipVerify || explanation.Attempts[i].TLS == mirror.TLSSkipVerifyThenPlain
				assert.Equal(t, want.SkipVerify, skips, "%s: %s", c.Source, got[i])
			}
			if c.Logged != "" {
				assert.NotEmpty(t, view.Lint().AtLeast(mirror.Error), "%s: upstream logs %q", c.Source, c.Logged)
			}
		})
	}
}

// TestTablesWrittenAnew: what the engine reads of a case and writes anew makes
// upstream do what the case says, unless something was said about it on the way.
func TestTablesWrittenAnew(t *testing.T) {
	ctr := containerd.Engine{Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{tables.CertsRoot}}}
	old := ctr
	ctr.Version, old.Version = "2.4", "1.7"
	for _, row := range []struct {
		name, version string
		engine        mirror.Engine
		parser        upstream.ParserFunc
		cases         []tables.Case
		atLeast       int // cases that nothing is said about
	}{
		{"containerd 2.4", "2.4", ctr, containerd2.Explain, tables.Containerd(), 100},
		{"containerd 1.7", "1.7", old, containerd1.Explain, tables.Containerd(), 100},
		{"podman", "5.42.0", podman.Engine{Library: "5.42.0"}, podmanio5.Explain, tables.SysRegistries(), 30},
	} {
		t.Run(row.name, func(t *testing.T) {
			compared := 0
			for _, c := range row.cases {
				if c.Err != "" || !c.HoldsFor(row.version) {
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					view, err := row.engine.Read(caseFS(c))
					require.NoError(t, err)
					config := view.Config()
					var rest []upstream.File
					for _, f := range c.Files {
						if !strings.HasSuffix(f.Path, ".toml") && !strings.HasSuffix(f.Path, ".conf") {
							rest = append(rest, f)
						}
					}
					kept := c
					kept.Files = rest
					plan, err := row.engine.Plan(caseFS(kept), config, allLosses())
					said := append(view.Lint(), view.Diagnostics()...)
					said = append(said.AtLeast(mirror.Warning), slices.Concat(said.WithCode("containerd/not-in-model"), said.WithCode("podman/not-in-model"), said.WithCode("podman/upstream-not-in-model"))...)
					if len(said) > 0 || len(plan.Diagnostics.AtLeast(mirror.Warning)) > 0 {
						return
					}
					require.NoError(t, err)
					compared++
					for _, f := range plan.Files() {
						kept.Files = append(kept.Files, upstream.File{Path: f.Path, Data: f.Data})
					}
					tables.Check(t, row.parser, kept)
				})
			}
			t.Logf("%d of %d cases written anew", compared, len(row.cases))
			assert.GreaterOrEqual(t, compared, row.atLeast)
		})
	}
}

func operation(t *testing.T, op upstream.Operation) mirror.Operation {
	t.Helper()
	if op == "" {
		return mirror.OpPull
	}
	parsed, err := mirror.ParseOperation(string(op))
	require.NoError(t, err)
	return parsed
}

func caseFS(c tables.Case) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range c.Files {
		fsys[strings.TrimPrefix(f.Path, "/")] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return fsys
}
