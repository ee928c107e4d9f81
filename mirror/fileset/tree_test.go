package fileset

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// snapshot is everything below root that must come back: types, modes,
// owners, link targets and contents. The journal is left out on request.
func snapshot(t testing.TB, root string, without ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(p, root)
		for _, w := range without {
			if rel == w || strings.HasPrefix(rel, w+"/") {
				return nil
			}
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		uid, gid := owner(info)
		line := fmt.Sprintf("%v %d:%d", info.Mode(), uid, gid)
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			if err != nil {
				return err
			}
			line += " -> " + target
		case info.IsDir():
			line += attributesAt(t, p)
		case info.Mode().IsRegular():
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			if line += " " + string(data); len(line) > 100 {
				line = line[:80] + "… " + digest(data)
			}
			line += attributesAt(t, p)
		}
		out[rel] = line
		return nil
	}))
	return out
}

// write makes a file of the node, with its directories.
func write(t testing.TB, root, path, data string, mode fs.FileMode) {
	t.Helper()
	full := filepath.Join(root, path)
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(t, os.WriteFile(full, []byte(data), 0o600))
	require.NoError(t, os.Chmod(full, mode))
}

func content(t testing.TB, root, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(data)
}

func create(path, after string) mirror.Change {
	return mirror.Change{Path: path, Kind: mirror.Create, After: []byte(after), Mode: 0o644}
}

func update(path, before, after string) mirror.Change {
	return mirror.Change{Path: path, Kind: mirror.Update, Before: []byte(before), After: []byte(after), Mode: 0o644}
}

func remove(path, before string) mirror.Change {
	return mirror.Change{Path: path, Kind: mirror.Delete, Before: []byte(before), Prune: true}
}

func planOf(changes ...mirror.Change) mirror.Plan { return mirror.Plan{Changes: changes} }

// fastDir is a temporary directory in memory where there is one: these tests
// sync thousands of times.
func fastDir(t testing.TB) string {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		if dir, err := os.MkdirTemp("/dev/shm", "mirrorcfg-"); err == nil {
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			return dir
		}
	}
	return t.TempDir()
}

// With the real / as the root, an absolute link is inside whatever it says,
// and ".." stops at the top.
func TestResolveAtSlash(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no / on Windows")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	write(t, dir, "real/file", "x", 0o644)
	require.NoError(t, os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "absolute")))
	require.NoError(t, os.Symlink(strings.Repeat("../", 40)+dir[1:]+"/real", filepath.Join(dir, "up")))
	root, err := openTree("/")
	require.NoError(t, err)
	defer root.close()
	for _, via := range []string{"real", "absolute", "up"} {
		at, err := root.resolve(dir + "/" + via + "/file")
		require.NoError(t, err)
		require.Equal(t, place{dir: dir[1:] + "/real", name: "file"}, at)
	}
}
