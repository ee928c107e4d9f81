package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHomeIsOfAUserWithoutRoot(t *testing.T) {
	for _, tt := range []struct{ engine, file string }{
		{"podman@5.4", "home/me/.config/containers/registries.conf.d/50-mirrorcfg.conf"},
		{"podman@6.0", "home/me/.config/containers/registries.conf.d/50-mirrorcfg.conf"},
		{"docker@29", "home/me/.config/docker/daemon.json"},
	} {
		root := t.TempDir()
		got := mirrorctl("", "apply", "--root", root, "--engine", tt.engine, "--home", "/home/me", "-f", "testdata/mirrors.json")
		require.Equal(t, 0, got.code, got.err)
		assert.Contains(t, tree(t, root), tt.file)
		got = mirrorctl("", "explain", "docker.io/library/alpine", "--root", root, "--engine", tt.engine, "--home", "/home/me")
		assert.Equal(t, 0, got.code, got.err)
		assert.Contains(t, got.out, "/"+tt.file)
		got = mirrorctl("", "explain", "docker.io/library/alpine", "--root", root, "--engine", tt.engine)
		assert.NotContains(t, got.out, tt.file, "root has files of its own")
	}
	assert.Equal(t, 1, mirrorctl("", "plan", "--root", t.TempDir(), "--engine", "cri-o", "--home", "/home/me").code)
}

// An empty name, as of a variable that is not set, is not every engine.
func TestEngineNames(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"", "docker,", ","} {
		got := mirrorctl("", "apply", "--root", root, "--engine", name)
		assert.Equal(t, 1, got.code, "%q", name)
		assert.Contains(t, got.err, `unknown engine ""`, "%q", name)
	}
	assert.Empty(t, tree(t, root))
	assert.Equal(t, mirrorctl("", "render", "--engine", "docker", "--engine", "podman"), mirrorctl("", "render", "--engine", "docker,podman"))
}

func TestHostsDirIsForCtrAndNerdctl(t *testing.T) {
	root := t.TempDir()
	args := []string{"--root", root, "--engine", "containerd@2.4", "--hosts-dir", "/opt/a", "--hosts-dir", "/opt/b"}
	for _, client := range []string{"ctr", "nerdctl"} {
		got := mirrorctl("", append([]string{"apply", "--client", client, "-f", "testdata/mirrors.json"}, args...)...)
		require.Equal(t, 0, got.code, got.err)
		assert.Contains(t, tree(t, root), "opt/a/docker.io/hosts.toml")
		got = mirrorctl("", append([]string{"explain", "alpine", "--client", client}, args...)...)
		assert.Equal(t, 0, got.code, got.err)
		assert.Contains(t, got.out, "/opt/a/docker.io/hosts.toml")
	}
	got := mirrorctl("", append([]string{"explain", "alpine"}, args...)...)
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.err, "config_path")
}
