package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Docker and Podman push to no mirror. The files made of theirs must not make
// containerd push to one; a hosts.toml that does keeps doing so.
func TestConvertTurnsNoMirrorIntoAPushTarget(t *testing.T) {
	const hub, podmanHub = `{"registry-mirrors": ["https://m.example"]}`, "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.example\"\n"
	for _, tt := range []struct{ name, file, data, from, to, pushed string }{
		{"daemon.json", "etc/docker/daemon.json", hub, "docker@29", "containerd@2.4", "registry-1.docker.io"},
		{"registries.conf", "etc/containers/registries.conf", podmanHub, "podman@6.0", "containerd@1.7", "registry-1.docker.io"},
		{"a whole domain", "etc/containers/registries.conf", podmanHub + "[[registry]]\nprefix = \"*.example\"\n", "podman@6.0", "docker@29", "registry-1.docker.io"},
		{"hosts.toml", "etc/docker/certs.d/docker.io/hosts.toml", "[host.\"https://m.example\"]\n", "docker@29", "containerd@2.4", "m.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			node, made := t.TempDir(), t.TempDir()
			file := filepath.Join(node, tt.file)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte(tt.data), 0o644))
			got := mirrorctl("", "convert", "--root", node, "--from", tt.from, "--to", tt.to, "-o", made)
			require.Equal(t, 0, got.code, got.err)
			for op, want := range map[string]string{"push": tt.pushed, "pull": "m.example"} {
				got = mirrorctl("", "explain", "--root", made, "--engine", tt.to, "--op", op, "alpine")
				require.Equal(t, 0, got.code, got.err)
				assert.Regexp(t, `(?m)^ +1 +[A-Z]+ +https://`+want+`/`, got.out)
			}
		})
	}
}

// What a conversion loses is no note any more, and where images would come
// from somewhere else there is none unless that is accepted.
func TestConvertSaysWhatItLoses(t *testing.T) {
	const remap = "[[registry]]\nprefix = \"example.com/foo\"\nlocation = \"internal.example.com/bar\"\n"
	const mirrors = "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.example\"\ninsecure = true\n[[registry.mirror]]\nlocation = \"m.example\"\n"
	for _, tt := range []struct {
		name, file, data, from string
		accept                 []string
		code                   int
		says                   []string
	}{
		{"a remap", "etc/containers/registries.conf", remap, "podman@6.0", nil, 1, []string{"error: registry.location: .*accept the loss.*podman/upstream-not-in-model"}},
		{"a remap, accepted", "etc/containers/registries.conf", remap, "podman@6.0", []string{"--accept", "podman/upstream-not-in-model"}, 0, []string{"warning: .*podman/upstream-not-in-model"}},
		{"another is accepted", "etc/containers/registries.conf", remap, "podman@6.0", []string{"--accept", "loss/blocked"}, 1, []string{"error: .*podman/upstream-not-in-model"}},
		{"insecure, and a mirror twice", "etc/containers/registries.conf", mirrors, "podman@6.0", nil, 0, []string{"warning: .*podman/http-fallback", "warning: .*podman/not-in-model"}},
		{"a host without /v2", "etc/containerd/certs.d/docker.io/hosts.toml", "[host.\"https://m.example/base\"]\n  override_path = true\n", "containerd@2.4", nil, 0, []string{"warning: .*containerd/not-in-model"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			node, made := t.TempDir(), t.TempDir()
			file := filepath.Join(node, tt.file)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte(tt.data), 0o644))
			got := mirrorctl("", append([]string{"convert", "--root", node, "--from", tt.from, "--to", "docker@29", "-o", made}, tt.accept...)...)
			assert.Equal(t, tt.code, got.code, got.err)
			for _, pattern := range tt.says {
				assert.Regexp(t, pattern, got.err)
			}
			files, err := os.ReadDir(made)
			require.NoError(t, err)
			if tt.code != 0 {
				assert.Empty(t, files)
			}
		})
	}
}
