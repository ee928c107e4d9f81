package docker

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// What keeps dockerd from starting is told, not an error of the caller's.
func TestDaemonThatIsNoFile(t *testing.T) {
	for name, lay := range map[string]func(at string) error{
		"directory": func(at string) error { return os.Mkdir(at, 0o755) },
		"loop":      func(at string) error { return os.Symlink("daemon.json", at) },
	} {
		root := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(root, "etc/docker"), 0o755))
		require.NoError(t, lay(filepath.Join(root, "etc/docker/daemon.json")), name)
		node := os.DirFS(root)
		view, err := Engine{}.Read(node)
		require.NoError(t, err, name)
		require.Len(t, view.Lint().WithCode("docker/daemon-no-file"), 1, name)
		ref, err := mirror.ParseReference("alpine:3")
		require.NoError(t, err)
		e := view.Explain(ref, mirror.OpPull)
		require.Empty(t, e.Attempts)
		require.Error(t, e.Diagnostics.Err())
		view.Config()
		_, err = Engine{}.Plan(node, hubOf(at("https://a")))
		require.ErrorContains(t, err, "docker/daemon-no-file")
	}
}

type deniedDaemon struct{ fs.FS }

func (d deniedDaemon) Open(name string) (fs.File, error) {
	if name == "etc/docker/daemon.json" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestDaemonThatTheCallerMayNotRead(t *testing.T) {
	_, err := Engine{}.Read(deniedDaemon{onNode()})
	require.ErrorIs(t, err, fs.ErrPermission)
}
