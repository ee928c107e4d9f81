package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The keys of the JSON documents are what other programs are written against.
var (
	diagnosticKeys = "code column field file fix line message severity"
	actionKeys     = "command reason"
	filesKeys      = shape{"": "actions diagnostics files", "files": "data mode path", "diagnostics": diagnosticKeys, "actions": actionKeys}
	planKeys       = shape{"": "actions changes diagnostics", "changes": "after before kind path reason", "diagnostics": diagnosticKeys, "actions": actionKeys}
	explainKeys    = shape{
		"":         "attempts diagnostics reference skipped",
		"attempts": "file host line method mirror skip_verify url", "skipped": "host why", "diagnostics": diagnosticKeys,
	}
	lintKeys = shape{"": "diagnostics", "diagnostics": diagnosticKeys}
)

// shape maps a list of the document to the keys of its members, in order; the
// empty name is the document itself.
type shape map[string]string

func TestJSONKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, tt := range []struct {
		node, line string
		code       int
		want       shape
	}{
		{"", "render --engine containerd@2.4 --engine docker@28.5 --engine podman@5.4 -f testdata/mirrors.toml --json", 0, filesKeys},
		{"", "render --engine docker@28.5 -f testdata/fault.toml --json", 1, filesKeys},
		{"node.txtar", "convert --root ROOT --from podman@5.4 --to docker@28.5 --accept loss/blocked --json", 0, filesKeys},
		{"node.txtar", "plan --root ROOT --engine containerd@2.4 --engine docker@28.5 --engine podman@5.4 -f testdata/mirrors.toml --json", 2, planKeys},
		{"node.txtar", "plan --root ROOT --engine docker@28.5 -f testdata/fault.toml --json", 1, planKeys},
		{"broken.txtar", "plan --root ROOT --engine docker@28.5 --json", 1, planKeys},
		{"node.txtar", "apply --root ROOT --engine docker@28.5 -f testdata/mirrors.json --json", 0, planKeys},
		{"old.txtar", "migrate --root ROOT --engine containerd@2.4 --json", 0, planKeys},
		{"node.txtar", "lint --root ROOT --engine docker@28.5 --fix --dry-run --json", 2, planKeys},
		{"node.txtar", "explain --root ROOT --engine containerd@2.4 alpine --json", 0, explainKeys},
		{"node.txtar", "explain --root ROOT --engine podman@5.4 docker.io/library/alpine:3.20 --json", 0, explainKeys},
		{"broken.txtar", "explain --root ROOT --engine docker@28.5 alpine --json", 1, explainKeys},
		{"node.txtar", "lint --root ROOT --engine containerd@2.4 --json", 2, lintKeys},
		{"node.txtar", "lint --root ROOT --engine docker@28.5 --format json", 0, lintKeys},
	} {
		t.Run(tt.line, func(t *testing.T) {
			got := mirrorctl("", strings.Fields(strings.ReplaceAll(tt.line, "ROOT", nodeOf(t, tt.node)))...)
			require.Equal(t, tt.code, got.code, got.err)
			decoder := json.NewDecoder(strings.NewReader(got.out))
			var doc map[string]any
			require.NoError(t, decoder.Decode(&doc), got.out)
			assert.False(t, decoder.More(), "one document")
			assert.Equal(t, tt.want[""], keys(doc))
			for list, want := range tt.want {
				if list == "" {
					continue
				}
				members, isList := doc[list].([]any)
				require.True(t, isList, "%s is a list, empty or not: %v", list, doc[list])
				for _, m := range members {
					seen[list] = true
					assert.Equal(t, want, keys(m.(map[string]any)), list)
				}
			}
		})
	}
	for _, list := range []string{"files", "changes", "attempts", "skipped", "diagnostics", "actions"} {
		assert.True(t, seen[list], "no document had a member in %s", list)
	}
}

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// The JSON of read is what render reads.
func TestReadGivesInput(t *testing.T) {
	root := nodeOf(t, "node.txtar")
	for _, form := range [][]string{{}, {"--json"}} {
		got := mirrorctl("", append([]string{"read", "--root", root, "--engine", "podman@5.4"}, form...)...)
		require.Equal(t, 0, got.code, got.err)
		again := mirrorctl(got.out, "plan", "--root", root, "--engine", "podman@5.4", "-f", "-")
		assert.Equal(t, outcome{}, again, "what is there needs no change")
	}
}

// Secrets are masked on the way out, and the mask is no value on the way in.
func TestReadMasksSecrets(t *testing.T) {
	root := nodeOf(t, "")
	require.Equal(t, 0, mirrorctl("", "apply", "--root", root, "--engine", "containerd@2.4", "-f", "testdata/mirrors.toml").code)
	got := mirrorctl("", "read", "--root", root, "--engine", "containerd@2.4")
	require.Equal(t, 0, got.code, got.err)
	assert.Contains(t, got.out, `X-Token = ["***"]`)
	again := mirrorctl(got.out, "apply", "--root", root, "--engine", "containerd@2.4", "-f", "-")
	assert.Equal(t, 1, again.code)
	assert.Contains(t, again.err, "registries[0].mirrors[1].header.X-Token is ***")
}

func TestCatalogJSON(t *testing.T) {
	got := mirrorctl("", "catalog", "docker.io", "--json")
	require.Equal(t, 0, got.code)
	var doc struct {
		Mirrors []struct {
			Provider string
			Mirror   struct{ Registry, URL, State string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
	require.NotEmpty(t, doc.Mirrors)
	for _, m := range doc.Mirrors {
		assert.Equal(t, "docker.io", m.Mirror.Registry)
		assert.NotEmpty(t, m.Provider)
		assert.NotEmpty(t, m.Mirror.State)
	}
	table := mirrorctl("", "catalog", "docker.io")
	assert.Len(t, strings.Split(strings.TrimSpace(table.out), "\n"), len(doc.Mirrors)+1)

	// What a provider offers is input too.
	provider := mirrorctl("", "catalog", "--provider", "daocloud")
	require.Equal(t, 0, provider.code)
	rendered := mirrorctl(provider.out, "render", "--engine", "containerd@2.4", "-f", "-")
	require.Equal(t, 0, rendered.code, rendered.err)
	assert.Contains(t, rendered.out, "https://docker.m.daocloud.io")

	allowed := mirrorctl("", "catalog", "--allowed", "docker.io/library/alpine")
	assert.Equal(t, outcome{0, "docker.io/library/alpine: true\n", ""}, allowed)
}
