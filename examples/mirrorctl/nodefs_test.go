package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A link of a mounted image means a file of the image.
func TestNodeKeepsLinksBelowItsRoot(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "daemon.json"), []byte("the host's"), 0o644))
	for name, data := range map[string]string{"opt/docker/daemon.json": "the node's", "etc/plain": "x"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(data), 0o644))
	}
	for link, target := range map[string]string{
		"etc/docker":   "/opt/docker",
		"etc/relative": "../opt/./docker/daemon.json",
		"etc/chain":    "docker/../docker/daemon.json",
		"etc/above":    "../../../../opt/docker/daemon.json",
		"etc/outside":  filepath.Join(outside, "daemon.json"),
		"etc/loop":     "loop",
		"etc/file":     "/etc/plain/daemon.json",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
	}
	node := nodeFS(root)
	for _, name := range []string{"etc/docker/daemon.json", "etc/relative", "etc/above", "etc/chain"} {
		data, err := fs.ReadFile(node, name)
		require.NoError(t, err, name)
		assert.Equal(t, "the node's", string(data), name)
	}
	for _, name := range []string{"etc/outside", "none", "etc/none/x"} {
		_, err := fs.ReadFile(node, name)
		assert.ErrorIs(t, err, fs.ErrNotExist, name)
	}
	for _, name := range []string{"etc/loop", "etc/file", "../x", "/etc"} {
		_, err := fs.ReadFile(node, name)
		assert.Error(t, err, name)
	}
	info, err := fs.Lstat(node, "etc/docker")
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink)
	target, err := fs.ReadLink(node, "etc/docker")
	require.NoError(t, err)
	assert.Equal(t, "/opt/docker", target)
	info, err = fs.Stat(node, "etc/docker")
	require.NoError(t, err)
	assert.True(t, info.IsDir())

	plain := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(plain, "etc/a"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(plain, "etc/a/b"), []byte("x"), 0o644))
	assert.NoError(t, fstest.TestFS(nodeFS(plain), "etc/a/b"))
}
