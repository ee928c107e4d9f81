package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// commandLines are run against a fresh copy of a node each; ROOT stands for its directory.
// The golden file of each holds its exit code and what it printed where.
var commandLines = []struct{ name, node, line string }{
	{"render", "", "render --engine containerd@2.4 --engine docker@28.5 --engine podman@5.4 -f testdata/mirrors.toml"},
	{"render-default", "", "render --engine containerd@1.7"},
	{"render-json", "", "render --engine docker@28.5 -f testdata/mirrors.json --json"},
	{"render-loss", "", "render --engine docker@28.5 -f testdata/blocked.toml"},
	{"render-loss-json", "", "render --engine docker@28.5 -f testdata/blocked.toml --json"},
	{"render-loss-accepted", "", "render --engine docker@28.5 -f testdata/blocked.toml --accept loss/blocked"},
	{"render-shared-file", "", "render --engine podman@5.4 --engine cri-o@1.34 -f testdata/mirrors.json"},
	{"render-fault", "", "render -f testdata/fault.toml"},
	{"render-fault-json", "", "render -f testdata/fault.toml --json"},
	{"render-warning", "", "render --engine containerd@2.4 --engine podman@5.4 -f testdata/warning.toml"},
	{"render-no-file", "", "render -f testdata/none.toml"},
	{"plan", "node.txtar", "plan --root ROOT --engine containerd@2.4 --engine docker@28.5 --engine podman@5.4 -f testdata/mirrors.toml"},
	{"plan-json", "node.txtar", "plan --root ROOT --engine docker@28.5 -f testdata/mirrors.json --json"},
	{"plan-json-secret", "node.txtar", "plan --root ROOT --engine containerd@2.4 -f testdata/mirrors.toml --json"},
	{"plan-exclusive", "node.txtar", "plan --root ROOT --engine containerd@2.4 --mode exclusive -f testdata/mirrors.json"},
	{"plan-remove", "node.txtar", "plan --root ROOT --engine podman@5.4 --mode remove -f testdata/mirrors.json"},
	{"plan-broken", "broken.txtar", "plan --root ROOT --engine containerd@2.4 --engine docker@28.5 --engine podman@5.4"},
	{"apply", "node.txtar", "apply --root ROOT --engine docker@28.5 -f testdata/mirrors.json"},
	{"apply-json", "node.txtar", "apply --root ROOT --engine docker@28.5 -f testdata/mirrors.json --json"},
	{"undo-nothing", "node.txtar", "undo --root ROOT"},
	{"read", "node.txtar", "read --root ROOT --engine podman@5.4"},
	{"read-json", "node.txtar", "read --root ROOT --engine podman@5.4 --json"},
	{"read-broken", "broken.txtar", "read --root ROOT --engine docker@28.5"},
	{"explain", "node.txtar", "explain --root ROOT --engine containerd@2.4 alpine:3.20"},
	{"explain-json", "node.txtar", "explain --root ROOT --engine containerd@2.4 --json alpine:3.20"},
	{"explain-skipped", "node.txtar", "explain --root ROOT --engine podman@5.4 docker.io/library/alpine:3.20"},
	{"explain-skipped-json", "node.txtar", "explain --root ROOT --engine podman@5.4 docker.io/library/alpine:3.20 --json"},
	{"explain-push", "node.txtar", "explain --root ROOT --engine containerd@2.4 --op push alpine:3.20"},
	{"explain-ignored-file", "node.txtar", "explain --root ROOT --engine containerd@2.4 quay.io/a/b"},
	{"explain-broken-containerd", "broken.txtar", "explain --root ROOT --engine containerd@2.4 alpine"},
	{"explain-broken-docker", "broken.txtar", "explain --root ROOT --engine docker@28.5 alpine"},
	{"explain-broken-json", "broken.txtar", "explain --root ROOT --engine podman@5.4 --json docker.io/library/alpine"},
	{"lint-containerd", "node.txtar", "lint --root ROOT --engine containerd@2.4"},
	{"lint-docker", "node.txtar", "lint --root ROOT --engine docker@28.5"},
	{"lint-json", "node.txtar", "lint --root ROOT --engine docker@28.5 --json"},
	{"lint-broken", "broken.txtar", "lint --root ROOT --engine docker@28.5"},
	{"lint-fix-dry-run", "node.txtar", "lint --root ROOT --engine docker@28.5 --fix --dry-run"},
	{"convert", "node.txtar", "convert --root ROOT --from podman@5.4 --to cri-o@1.34"},
	{"convert-loss", "node.txtar", "convert --root ROOT --from podman@5.4 --to containerd@2.4"},
	{"convert-loss-accepted", "node.txtar", "convert --root ROOT --from podman@5.4 --to containerd@2.4 --accept loss/blocked"},
	{"convert-broken", "broken.txtar", "convert --root ROOT --from podman@5.4 --to containerd@2.4"},
	{"migrate-containerd", "old.txtar", "migrate --root ROOT --engine containerd@2.4 --dry-run"},
	{"migrate-podman", "old.txtar", "migrate --root ROOT --engine podman@5.4 --dry-run"},
	{"trace", "", "trace testdata/pull.log"},
	{"trace-json", "", "trace testdata/pull.log --json"},
	{"catalog-rewrite", "", "catalog --rewrite docker.io/library/alpine:3.20"},
	{"catalog-unknown-provider", "", "catalog --provider nobody"},
	{"help", "", "--help"},
	{"help-explain", "", "explain --help"},
	{"no-command", "", ""},
	{"unknown-command", "", "lnt"},
	{"unknown-flag", "", "lint --engin docker"},
	{"unknown-engine", "node.txtar", "lint --root ROOT --engine contanerd@2.4"},
	{"unknown-version", "node.txtar", "lint --root ROOT --engine containerd@newest"},
	{"bad-reference", "node.txtar", "explain --root ROOT --engine docker Alpine"},
	{"no-root", "", "lint --root ROOT/none --engine docker"},
}

func TestGolden(t *testing.T) {
	for _, tt := range commandLines {
		t.Run(tt.name, func(t *testing.T) {
			root := nodeOf(t, tt.node)
			before := tree(t, root)
			got := mirrorctl("", strings.Fields(strings.ReplaceAll(tt.line, "ROOT", root))...)
			shown := fmt.Sprintf("$ mirrorctl %s\nexit %d\n--- stdout\n%s--- stderr\n%s", tt.line, got.code, got.out, got.err)
			golden(t, tt.name, strings.ReplaceAll(shown, root, "ROOT"))
			if !strings.HasPrefix(tt.line, "apply") {
				assert.Equal(t, before, tree(t, root), "nothing is written")
			}
			assert.NotContains(t, got.err, "c2VjcmV0")
			if !strings.HasPrefix(tt.line, "render") {
				assert.NotContains(t, got.out, "c2VjcmV0")
			}
		})
	}
}

// Every golden file belongs to a command line.
func TestNoGoldenFileIsLeftOver(t *testing.T) {
	found, err := filepath.Glob("testdata/golden/*.txt")
	require.NoError(t, err)
	assert.Len(t, found, len(commandLines))
}

func TestFlagsStandAnywhere(t *testing.T) {
	root := nodeOf(t, "node.txtar")
	want := mirrorctl("", "explain", "--root", root, "--engine", "containerd@2.4", "--json", "alpine:3.20")
	require.Equal(t, 0, want.code, want.err)
	for _, args := range [][]string{
		{"explain", "alpine:3.20", "--root", root, "--engine", "containerd@2.4", "--json"},
		{"explain", "--json", "alpine:3.20", "--engine=containerd@2.4", "--root=" + root},
		{"explain", "--engine", "containerd@2.4", "alpine:3.20", "--root", root, "--json"},
	} {
		assert.Equal(t, want, mirrorctl("", args...), "%q", args)
	}
}

func TestInputFromStdin(t *testing.T) {
	for file, stdin := range map[string]string{"testdata/mirrors.toml": "", "testdata/mirrors.json": ""} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		stdin = string(data)
		want := mirrorctl("", "render", "--engine", "podman@5.4", "-f", file)
		assert.Equal(t, want.out, mirrorctl(stdin, "render", "--engine", "podman@5.4", "-f", "-").out)
		require.Equal(t, 0, want.code)
	}
	log, err := os.ReadFile("testdata/pull.log")
	require.NoError(t, err)
	assert.Equal(t, mirrorctl("", "trace", "testdata/pull.log"), mirrorctl(string(log), "trace", "-"))
}
