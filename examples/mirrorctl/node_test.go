package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromPlanToUndo(t *testing.T) {
	root := nodeOf(t, "node.txtar")
	before := tree(t, root)
	wanted := []string{"--root", root, "--engine", "containerd@2.4", "--engine", "docker@28.5", "--engine", "podman@5.4", "-f", "testdata/mirrors.toml"}
	with := func(command string, more ...string) outcome {
		return mirrorctl("", append(append([]string{command}, wanted...), more...)...)
	}

	planned := with("plan")
	require.Equal(t, 2, planned.code, planned.err)
	assert.Equal(t, before, tree(t, root))
	applied := with("apply")
	require.Equal(t, 0, applied.code, applied.err)
	assert.Equal(t, planned.out, applied.out, "what was planned is what is done")
	assert.Contains(t, applied.err, "then run: systemctl reload docker")

	again := with("plan")
	assert.Equal(t, 0, again.code, again.out)
	assert.Empty(t, again.out)
	assert.Equal(t, 0, with("apply").code, "a second apply does nothing")

	dry := mirrorctl("", "undo", "--root", root, "--dry-run")
	assert.Equal(t, 2, dry.code)
	assert.NotEqual(t, before, tree(t, root))
	undone := mirrorctl("", "undo", "--root", root)
	require.Equal(t, 0, undone.code, undone.err)
	assert.Equal(t, dry.out, undone.out)
	assert.Contains(t, undone.err, "then run: systemctl reload docker", "the old file has to be read again")
	assert.Equal(t, before, tree(t, root), "every byte is back")
	assert.Equal(t, 1, mirrorctl("", "undo", "--root", root).code, "there is nothing more to undo")
}

func TestUndoRecordsAreListedAndDiscarded(t *testing.T) {
	root := nodeOf(t, "node.txtar")
	before := tree(t, root)
	require.Equal(t, 0, mirrorctl("", "apply", "--root", root, "--engine", "podman@5.4", "-f", "testdata/mirrors.toml").code)
	after := mirrorctl("", "read", "--root", root, "--engine", "podman@5.4").out

	listed := mirrorctl("", "undo", "--root", root, "--list")
	require.Equal(t, 0, listed.code, listed.err)
	assert.Regexp(t, `^000001-[0-9a-f]{12} applied /etc/containers/registries.conf\n$`, listed.out)
	var doc struct {
		Records []struct {
			Name        string
			Interrupted bool
			Paths       []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(mirrorctl("", "undo", "--root", root, "--list", "--json").out), &doc))
	require.Len(t, doc.Records, 1)
	assert.Equal(t, []string{"/etc/containers/registries.conf"}, doc.Records[0].Paths)

	assert.Equal(t, 1, mirrorctl("", "undo", "--root", root, "--discard", "000009-0123456789ab").code)
	require.Equal(t, 0, mirrorctl("", "undo", "--root", root, "--discard", doc.Records[0].Name).code)
	assert.Empty(t, mirrorctl("", "undo", "--root", root, "--list").out)
	assert.Equal(t, 1, mirrorctl("", "undo", "--root", root).code)
	assert.Equal(t, after, mirrorctl("", "read", "--root", root, "--engine", "podman@5.4").out)
	assert.NotEqual(t, before, tree(t, root))
}

func TestRenderIntoADirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "tree")
	args := []string{"render", "--engine", "containerd@2.4", "--engine", "podman@5.4", "-f", "testdata/mirrors.toml"}
	got := mirrorctl("", append(args, "-o", dir)...)
	require.Equal(t, 0, got.code, got.err)
	assert.Empty(t, got.out)
	assert.Contains(t, got.err, "4 files written below "+dir)

	var doc struct {
		Files []struct{ Path, Mode, Data string }
	}
	require.NoError(t, json.Unmarshal([]byte(mirrorctl("", append(args, "--json")...).out), &doc))
	want := map[string]string{}
	for _, f := range doc.Files {
		want[f.Path[1:]] = f.Data
		info, err := os.Stat(filepath.Join(dir, f.Path))
		require.NoError(t, err)
		assert.Equal(t, f.Mode, fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	assert.Equal(t, want, tree(t, dir))

	// The tree is a node that needs no change.
	plan := mirrorctl("", "plan", "--root", dir, "--engine", "containerd@2.4", "--engine", "podman@5.4", "-f", "testdata/mirrors.toml")
	assert.Equal(t, 0, plan.code, plan.out)
}

func TestEnginesOfTheNode(t *testing.T) {
	root := nodeOf(t, "")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc/docker"), 0o755))
	got := mirrorctl("", "apply", "--root", root, "-f", "testdata/mirrors.json")
	require.Equal(t, 0, got.code, got.err)
	assert.NoDirExists(t, filepath.Join(root, "etc/containerd"))
	assert.FileExists(t, filepath.Join(root, "etc/docker/daemon.json"))
}

func TestMigrate(t *testing.T) {
	root := nodeOf(t, "old.txtar")
	before := tree(t, root)
	for _, engine := range []string{"containerd@2.4", "podman@5.4"} {
		got := mirrorctl("", "migrate", "--root", root, "--engine", engine)
		require.Equal(t, 0, got.code, got.err)
		require.NotEmpty(t, got.out)
		again := mirrorctl("", "migrate", "--root", root, "--engine", engine, "--dry-run")
		assert.Equal(t, outcome{}, again, "%s is there already", engine)
	}
	explained := mirrorctl("", "explain", "--root", root, "--engine", "containerd@2.4", "alpine")
	assert.Contains(t, explained.out, "https://m.example/v2/library/alpine/manifests/latest?ns=docker.io")
	assert.Contains(t, explained.out, "/etc/containerd/certs.d/docker.io/hosts.toml")
	for range 2 {
		require.Equal(t, 0, mirrorctl("", "undo", "--root", root).code)
	}
	assert.Equal(t, before, tree(t, root))

	none := mirrorctl("", "migrate", "--root", root, "--engine", "docker@28.5")
	assert.Empty(t, none.out)
}

func TestLintFix(t *testing.T) {
	root := nodeOf(t, "node.txtar")
	got := mirrorctl("", "lint", "--root", root, "--engine", "docker@28.5", "--fix", "--json")
	require.Equal(t, 0, got.code, got.err)
	assert.NotContains(t, got.out, "docker/flag-name", "what was mended is not listed any more")
	assert.Contains(t, got.err, `+	"registry-mirrors": ["https://m.example"]`, "the change is a message beside the document")
	assert.Contains(t, tree(t, root)["etc/docker/daemon.json"], `"registry-mirrors"`)
	explained := mirrorctl("", "explain", "--root", root, "--engine", "docker@28.5", "alpine")
	assert.Contains(t, explained.out, "m.example")

	assert.Equal(t, 1, mirrorctl("", "lint", "--root", root, "--engine", "docker@28.5", "--dry-run").code)
}

func TestSARIF(t *testing.T) {
	for _, tt := range []struct {
		node, engine string
		code         int
	}{{"node.txtar", "containerd@2.4", 2}, {"node.txtar", "docker@28.5", 0}, {"broken.txtar", "podman@5.4", 2}, {"", "podman@5.4", 0}} {
		t.Run(tt.node+" "+tt.engine, func(t *testing.T) {
			root := nodeOf(t, tt.node)
			got := mirrorctl("", "lint", "--root", root, "--engine", tt.engine, "--format", "sarif")
			require.Equal(t, tt.code, got.code, got.err)
			strict := json.NewDecoder(strings.NewReader(got.out))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(new(sarif.Report)), "no key that SARIF does not have")
			log, err := sarif.FromString(got.out)
			require.NoError(t, err)
			require.Len(t, log.Runs, 1)
			// The library writes these out as empty where a document leaves them to their defaults.
			log.Runs[0].Language, log.Runs[0].Tool.Driver.Language = "en-US", "en-US"
			log.Runs[0].NewlineSequences = []string{"\n"}
			require.NoError(t, log.Validate(), "the schema of SARIF 2.1.0")

			var found struct {
				Diagnostics []struct {
					Severity, Code, File string
					Line, Column         int
				}
			}
			listed := mirrorctl("", "lint", "--root", root, "--engine", tt.engine, "--json")
			require.NoError(t, json.Unmarshal([]byte(listed.out), &found))
			require.Len(t, log.Runs[0].Results, len(found.Diagnostics))
			for i, d := range found.Diagnostics {
				r := log.Runs[0].Results[i]
				assert.Equal(t, d.Code, *r.RuleID)
				assert.Equal(t, d.Code, *log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID)
				assert.Equal(t, map[string]string{"info": "note", "warning": "warning", "error": "error"}[d.Severity], r.Level)
				if d.File != "" {
					at := r.Locations[0].PhysicalLocation
					assert.Equal(t, d.File, "/"+*at.ArtifactLocation.URI)
					if d.Line > 0 {
						assert.Equal(t, d.Line, *at.Region.StartLine)
					}
				}
			}
		})
	}
}

func TestTraceAgainstAConfiguration(t *testing.T) {
	root := nodeOf(t, "")
	want := `{"registry": [{"prefix": "docker.io", "mirror": [{"url": "https://hub-mirror.c.163.com", "capabilities": ["pull", "resolve"]}]}]}`
	require.Equal(t, 0, mirrorctl(want, "apply", "--root", root, "--engine", "containerd@1.7", "-f", "-").code)
	agrees := mirrorctl("", "trace", "testdata/pull.log", "--root", root, "--engine", "containerd@1.7")
	assert.Equal(t, 0, agrees.code, agrees.err)
	assert.Contains(t, agrees.out, "agrees with the configuration")

	differs := mirrorctl("", "trace", "testdata/pull.log", "--root", nodeOf(t, "node.txtar"), "--engine", "containerd@2.4")
	assert.Equal(t, 2, differs.code, differs.out)
	assert.Contains(t, differs.out, "log and configuration differ")
}
