package mirror_test

import (
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesFSFollowsTheContract(t *testing.T) {
	node := mirror.Files{
		{Path: "/etc/docker/daemon.json", Mode: 0o600, Data: []byte("{}\n")},
		{Path: "/etc/containerd/certs.d/docker.io/hosts.toml", Mode: 0o640, Data: []byte("server = \"https://a\"\n")},
		{Path: "/etc/containerd/certs.d/_default/hosts.toml"},
	}.FS()
	require.NoError(t, fstest.TestFS(node, "etc/docker/daemon.json",
		"etc/containerd/certs.d/docker.io/hosts.toml", "etc/containerd/certs.d/_default/hosts.toml"))
	for name, want := range map[string]fs.FileMode{
		".":                      fs.ModeDir | 0o755,
		"etc/containerd/certs.d": fs.ModeDir | 0o755,
		"etc/docker/daemon.json": 0o600,
		"etc/containerd/certs.d/docker.io/hosts.toml": 0o640,
		"etc/containerd/certs.d/_default/hosts.toml":  0o644,
	} {
		info, err := fs.Stat(node, name)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode(), name)
	}
	entries, err := fs.ReadDir(node, "etc/containerd/certs.d")
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "_default", entries[0].Name())
	assert.Implements(t, (*fs.ReadDirFS)(nil), node)
	assert.Implements(t, (*fs.ReadFileFS)(nil), node)
	assert.Implements(t, (*fs.StatFS)(nil), node)
}

func ExampleFiles_FS() {
	node := mirror.Files{{Path: "/etc/docker/daemon.json", Mode: 0o644, Data: []byte("{}\n")}}.FS()
	data, err := fs.ReadFile(node, "etc/docker/daemon.json")
	fmt.Printf("%s%v\n", data, err)
	// Output:
	// {}
	// <nil>
}

func TestFilesFSOfNoFiles(t *testing.T) {
	node := mirror.Files(nil).FS()
	require.NoError(t, fstest.TestFS(node))
	_, err := fs.ReadFile(node, "etc/docker/daemon.json")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = fs.ReadFile(node, "/etc/docker/daemon.json")
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = fs.ReadFile(node, ".")
	assert.ErrorContains(t, err, "is a directory")
}

// Files from input may break the rules of Files. There is a tree nevertheless.
func TestFilesFSOfOddFiles(t *testing.T) {
	for name, files := range map[string]mirror.Files{
		"a file above another":  {{Path: "/a", Data: []byte("x")}, {Path: "/a/b/c", Data: []byte("y")}},
		"a file below another":  {{Path: "/a/b/c", Data: []byte("y")}, {Path: "/a", Data: []byte("x")}, {Path: "/a/b"}},
		"twice":                 {{Path: "/a/b/c", Data: []byte("y")}, {Path: "/a/b/c", Data: []byte("z")}},
		"not clean":             {{Path: "a//b/../b/c", Data: []byte("y")}, {Path: "/../../"}, {Path: ""}, {Path: "/"}},
		"no UTF-8 in a name":    {{Path: "/a/b/c", Data: []byte("y")}, {Path: "/a/\xff"}},
		"a way out of the root": {{Path: "/../a/b/c", Data: []byte("y")}},
	} {
		t.Run(name, func(t *testing.T) {
			node := files.FS()
			require.NoError(t, fstest.TestFS(node, "a/b/c"))
			data, err := fs.ReadFile(node, "a/b/c")
			require.NoError(t, err)
			assert.Equal(t, "y", string(data))
		})
	}
}

func TestFilesFSHandsOutCopies(t *testing.T) {
	files := mirror.Files{{Path: "/a", Data: []byte("abc")}}
	node := files.FS()
	data, err := fs.ReadFile(node, "a")
	require.NoError(t, err)
	data[0] = 'X'
	assert.Equal(t, "abc", string(files[0].Data))
}

// A node's certs.d has as many directories as registries.
func BenchmarkFilesFS(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		var files mirror.Files
		for i := range n {
			files = append(files, mirror.File{Path: fmt.Sprintf("/etc/containerd/certs.d/r%05d.io/hosts.toml", i)})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				_ = files.FS()
			}
		})
	}
}
