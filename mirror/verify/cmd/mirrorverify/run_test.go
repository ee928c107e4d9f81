package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := verify.Close(); err != nil {
		code = 1
	}
	os.Exit(code)
}

func node(t *testing.T, path, text string) string {
	t.Helper()
	root := t.TempDir()
	full := filepath.Join(root, path)
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	return root
}

func mirrorverify(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

const conf = "[[registry]]\nlocation = \"reg.example\"\n[[registry.mirror]]\nlocation = \"m.example/hub\"\ninsecure = true\n"

func TestJSON(t *testing.T) {
	root := node(t, "etc/containers/registries.conf", conf)
	// Flags may stand on both sides of the reference.
	code, stdout, stderr := mirrorverify(t, "--root", root, "--engine", "podman@6.0", "reg.example/app:1", "--json")
	require.Equal(t, 0, code, stderr)
	var got document
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.Equal(t, document{
		Reference: "reg.example/app:1",
		Attempts: []attempt{
			{URL: "https://m.example/v2/hub/app/manifests/1", Method: "GET", Host: "m.example", Mirror: true, SkipVerify: true},
			{URL: "https://reg.example/v2/app/manifests/1", Method: "GET", Host: "reg.example"},
		},
		Skipped: []skipped{}, Diagnostics: []diagnostic{},
	}, got)
}

func TestText(t *testing.T) {
	root := node(t, "etc/containers/registries.conf", conf)
	code, stdout, stderr := mirrorverify(t, "--root", root, "--engine", "podman@6.0", "reg.example/app:1")
	require.Equal(t, 0, code, stderr)
	assert.Equal(t, "GET https://m.example/v2/hub/app/manifests/1  (certificate not verified)\nGET https://reg.example/v2/app/manifests/1\n", stdout)
}

func TestFileThatDoesNotLoad(t *testing.T) {
	root := node(t, "etc/containers/registries.conf", "[[registry]]\n")
	code, stdout, stderr := mirrorverify(t, "--root", root, "--engine", "podman@6.0", "--json", "reg.example/app:1")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "both location and prefix are unset")
	var got document
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.Empty(t, got.Attempts)
	require.Len(t, got.Diagnostics, 1)
	assert.Equal(t, "upstream/error", got.Diagnostics[0].Code)
}

func TestOperation(t *testing.T) {
	root := node(t, "etc/containers/registries.conf", conf)
	code, stdout, _ := mirrorverify(t, "--root", root, "--engine", "podman@6.0", "--op", "push", "reg.example/app:1")
	assert.Equal(t, 0, code)
	assert.Equal(t, "PUT https://reg.example/v2/app/manifests/1\n", stdout)
}

func TestUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"which reference?":           {"--engine", "podman"},
		"which --engine?":            {"alpine"},
		"more than one reference":    {"--engine", "podman", "a", "b"},
		`unknown engine "rkt"`:       {"--engine", "rkt", "a"},
		`unknown operation "delete"`: {"--engine", "podman", "--op", "delete", "a"},
	} {
		code, stdout, stderr := mirrorverify(t, args...)
		assert.Equal(t, 1, code, want)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, want)
	}
}
