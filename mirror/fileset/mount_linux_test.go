package fileset

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tmpfs mounts a small file system, which takes root.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	if os.Getuid() != 0 {
		skip(t, "mounting a tmpfs needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		skip(t, "this environment does not allow mounts: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

func TestDiskFull(t *testing.T) {
	page := os.Getpagesize()
	for _, free := range []int{0, 1, 2, 3, 8, 12, 20, 30, 45} {
		root := tmpfs(t, "size=1m,mode=755")
		plan := thirtyFiles(t, root)
		fill(t, filepath.Join(root, "fill"), free*page)
		before := snapshot(t, root)
		_, err := Apply(root, plan)
		require.ErrorIs(t, err, syscall.ENOSPC, "%d pages free", free)
		require.ErrorContains(t, err, "nothing was changed")
		assert.Equal(t, before, snapshot(t, root), "%d pages free", free)

		require.NoError(t, os.Remove(filepath.Join(root, "fill")))
		before = snapshot(t, root)
		_, err = Apply(root, plan)
		require.NoError(t, err)
		done := snapshot(t, root)
		fill(t, filepath.Join(root, "fill"), free*page)
		undo, err := LoadUndo(root)
		require.NoError(t, err)
		if err := undo.Restore(); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			assert.Equal(t, done, without(snapshot(t, root), "/fill"), "%d pages free", free)
			require.NoError(t, os.Remove(filepath.Join(root, "fill")))
			require.NoError(t, undo.Restore())
		}
		assert.Equal(t, before, without(snapshot(t, root), "/fill"))
	}
}

func TestOutOfInodes(t *testing.T) {
	for inodes := range 40 {
		root := tmpfs(t, "size=4m,mode=755,nr_inodes=90")
		plan := thirtyFiles(t, root)
		for i := 0; ; i++ {
			if f, err := os.Create(filepath.Join(root, "fill"+string(rune('a'+i%26))+string(rune('a'+i/26)))); err == nil {
				require.NoError(t, f.Close())
				continue
			}
			break
		}
		filled, err := filepath.Glob(filepath.Join(root, "fill*"))
		require.NoError(t, err)
		for _, f := range filled[:min(inodes, len(filled))] {
			require.NoError(t, os.Remove(f))
		}
		before := snapshot(t, root)
		if _, err := Apply(root, plan); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			assert.Equal(t, before, snapshot(t, root), "%d inodes free", inodes)
			continue
		}
		require.Greater(t, inodes, 25)
		return
	}
	t.Fatal("never enough inodes")
}

func without(s map[string]string, path string) map[string]string {
	delete(s, path)
	return s
}

// fill leaves about free bytes on the file system.
func fill(t *testing.T, path string, free int) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	block := bytes.Repeat([]byte{1}, os.Getpagesize())
	size := int64(0)
	for {
		n, err := f.Write(block)
		size += int64(n)
		if err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			break
		}
	}
	require.NoError(t, f.Truncate(max(size-int64(free), 0)))
}

func TestReadOnlyTarget(t *testing.T) {
	root := tmpfs(t, "size=1m,mode=755")
	plan := thirtyFiles(t, root)
	require.NoError(t, syscall.Mount("", root, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	before := snapshot(t, root)
	_, err := Apply(root, plan)
	require.ErrorIs(t, err, syscall.EROFS)
	require.ErrorContains(t, err, "nothing was changed")
	assert.Equal(t, before, snapshot(t, root))

	// A plan with nothing to do needs no writable root.
	undo, err := Apply(root, planOf(update("/etc/updated/0.conf", "x", content(t, root, "etc/updated/0.conf"))))
	require.NoError(t, err)
	assert.True(t, undo.Empty())

	// Restoring on a file system that has become read-only, too.
	require.NoError(t, syscall.Mount("", root, "", syscall.MS_REMOUNT, ""))
	_, err = Apply(root, plan)
	require.NoError(t, err)
	require.NoError(t, syscall.Mount("", root, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	done := snapshot(t, root)
	undo, err = LoadUndo(root)
	require.NoError(t, err)
	require.ErrorIs(t, undo.Restore(), syscall.EROFS)
	assert.Equal(t, done, snapshot(t, root))
	require.NoError(t, syscall.Mount("", root, "", syscall.MS_REMOUNT, ""))
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, root))
}

// One of the directories of a plan is read-only, the journal's is not.
func TestReadOnlyDirectory(t *testing.T) {
	root := fastDir(t)
	inner := tmpfs(t, "size=1m,mode=755")
	write(t, root, "etc/a", "old", 0o644)
	write(t, inner, "b", "old", 0o644)
	mount := filepath.Join(root, "opt")
	require.NoError(t, os.Mkdir(mount, 0o755))
	require.NoError(t, syscall.Mount(inner, mount, "", syscall.MS_BIND, ""))
	defer func() { require.NoError(t, syscall.Unmount(mount, syscall.MNT_DETACH)) }()
	require.NoError(t, syscall.Mount("", mount, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""))
	before := snapshot(t, root)
	for _, last := range []mirror.Change{update("/opt/b", "old", "new"), remove("/opt/b", "old"), create("/opt/c/d", "x")} {
		_, err := Apply(root, planOf(update("/etc/a", "old", "new"), last))
		require.ErrorIs(t, err, syscall.EROFS)
		assert.Equal(t, before, snapshot(t, root))
	}
}

// Someone who may not write there gets the cause and no change.
func TestNotPermitted(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "old", 0o644)
	write(t, root, "var/b", "old", 0o644)
	belongsToNobody(t, root)
	require.NoError(t, os.Chmod(filepath.Join(root, "etc"), 0o555))
	defer func() { _ = os.Chmod(filepath.Join(root, "etc"), 0o755) }()
	before := snapshot(t, root)
	code, out := applyAs(t, root, planOf(update("/var/b", "old", "new"), update("/etc/a", "old", "new")), asNobody())
	require.Equal(t, exitNotPermitted, code, out)
	assert.Contains(t, out, "nothing was changed: write /etc/a: permission denied")
	assert.Equal(t, before, snapshot(t, root))
}
