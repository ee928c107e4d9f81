package filetree_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/filetree"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestTreeFollowsTheContractOfFS(t *testing.T) {
	tree := filetree.New(mirror.Files{
		{Path: "/etc/docker/daemon.json", Mode: 0o600, Data: []byte("{}\n")},
		{Path: "/etc/containerd/certs.d/docker.io/hosts.toml", Mode: 0o644, Data: []byte("server = \"https://a\"\n")},
		{Path: "/etc/containerd/certs.d/_default/hosts.toml", Mode: 0o644},
	})
	require.NoError(t, fstest.TestFS(tree, "etc/docker/daemon.json", "etc/containerd/certs.d/docker.io/hosts.toml"))

	info, err := fs.Stat(tree, "etc/docker/daemon.json")
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, info.Mode())
	entries, err := fs.ReadDir(tree, "etc/containerd/certs.d")
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "_default", entries[0].Name())
}

func TestEmpty(t *testing.T) {
	require.NoError(t, fstest.TestFS(filetree.Empty))
	_, err := fs.ReadFile(filetree.Empty, "etc/docker/daemon.json")
	assert.ErrorIs(t, err, fs.ErrNotExist)
}
