package fileset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestApplyThenRestoreIsExact(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/docker/daemon.json", "{}\n", 0o640)
	write(t, root, "etc/containerd/config.toml", "version = 2\n", fs.ModeSetuid|0o711)
	write(t, root, "etc/containerd/certs.d/quay.io/hosts.toml", "server = 'x'\n", 0o444)
	write(t, root, "srv/shared/registries.conf", "old\n", 0o664)
	require.NoError(t, os.Chmod(filepath.Join(root, "etc/containerd/certs.d/quay.io"), 0o711))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc/containers"), 0o755))
	require.NoError(t, os.Symlink("../../srv/shared/registries.conf", filepath.Join(root, "etc/containers/registries.conf")))
	require.NoError(t, os.Symlink("docker", filepath.Join(root, "etc/moby")))
	require.NoError(t, os.Symlink("quay.io", filepath.Join(root, "etc/containerd/certs.d/alias")))
	if os.Getuid() == 0 {
		require.NoError(t, os.Chown(filepath.Join(root, "etc/docker/daemon.json"), 1234, 4321))
		require.NoError(t, os.Chown(filepath.Join(root, "etc/containerd/certs.d/quay.io"), 11, 12))
	}
	before := snapshot(t, root)

	undo, err := Apply(root, planOf(
		create("/etc/containerd/certs.d/docker.io/hosts.toml", "new\n"),
		update("/etc/containerd/config.toml", "version = 2\n", "version = 3\n"),
		update("/etc/containers/registries.conf", "old\n", "new\n"),
		remove("/etc/containerd/certs.d/quay.io/hosts.toml", "server = 'x'\n"),
		update("/etc/moby/daemon.json", "{}\n", "{\"a\":1}\n"),
		mirror.Change{Path: "/opt/secret/auth.json", Kind: mirror.Create, After: []byte("s"), Mode: 0o644, Secret: true},
	))
	require.NoError(t, err)
	after := snapshot(t, root, "/var")

	assert.Equal(t, "new\n", content(t, root, "etc/containerd/certs.d/docker.io/hosts.toml"))
	assert.NoDirExists(t, filepath.Join(root, "etc/containerd/certs.d/quay.io"))
	assert.Equal(t, "../../srv/shared/registries.conf", before["/etc/containers/registries.conf"][len(before["/etc/containers/registries.conf"])-32:])
	assert.Equal(t, before["/etc/containers/registries.conf"], after["/etc/containers/registries.conf"], "the link stays")
	assert.Equal(t, "new\n", content(t, root, "srv/shared/registries.conf"))
	assert.Equal(t, []string{
		"/etc/containerd/certs.d/docker.io/hosts.toml", "/etc/containerd/certs.d/quay.io/hosts.toml", "/etc/containerd/config.toml",
		"/etc/containers/registries.conf", "/etc/moby/daemon.json", "/opt/secret/auth.json",
	}, undo.Paths())
	for path, mode := range map[string]fs.FileMode{
		"etc/docker/daemon.json": 0o640, "etc/containerd/config.toml": 0o711 | fs.ModeSetuid, "srv/shared/registries.conf": 0o664,
		"opt/secret/auth.json": 0o600, "etc/containerd/certs.d/docker.io/hosts.toml": 0o644, "var/lib/mirrorcfg/" + undo.Name() + ".json": 0o600,
	} {
		info, err := os.Stat(filepath.Join(root, path))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode(), path)
		if os.Getuid() == 0 && path == "etc/docker/daemon.json" {
			uid, gid := owner(info)
			assert.Equal(t, [2]int{1234, 4321}, [2]int{uid, gid})
		}
	}
	assertNoTemps(t, root)

	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, root), "all of it, the journal's directories included")
	require.ErrorIs(t, undo.Restore(), ErrNoRecord)
}

func assertNoTemps(t *testing.T, root string) {
	t.Helper()
	for path := range snapshot(t, root, "/var/lib/mirrorcfg/lock") {
		assert.NotContains(t, path, ".mirrorcfg-")
		assert.NotContains(t, path, newPrefix)
	}
}

func TestDeleteOfALinkLeavesItsTarget(t *testing.T) {
	root := fastDir(t)
	write(t, root, "srv/hosts.toml", "shared\n", 0o644)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc/r"), 0o755))
	require.NoError(t, os.Symlink("../../srv/hosts.toml", filepath.Join(root, "etc/r/hosts.toml")))
	before := snapshot(t, root)
	undo, err := Apply(root, planOf(remove("/etc/r/hosts.toml", "shared\n")))
	require.NoError(t, err)
	assert.NoDirExists(t, filepath.Join(root, "etc/r"))
	assert.Equal(t, "shared\n", content(t, root, "srv/hosts.toml"))
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, root))
}

func TestPruneKeepsADirectoryInUse(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/r/hosts.toml", "x", 0o644)
	write(t, root, "etc/r/ca.crt", "pem", 0o644)
	undo, err := Apply(root, planOf(remove("/etc/r/hosts.toml", "x")))
	require.NoError(t, err)
	assert.Equal(t, "pem", content(t, root, "etc/r/ca.crt"))
	require.NoError(t, undo.Restore())
	assert.Equal(t, "x", content(t, root, "etc/r/hosts.toml"))
}

func TestNothingToWrite(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "new", 0o600)
	info, err := os.Stat(filepath.Join(root, "etc/a"))
	require.NoError(t, err)
	before := snapshot(t, root)
	for _, plan := range []mirror.Plan{
		{}, planOf(update("/etc/a", "old", "new")), planOf(create("/etc/a", "new")), planOf(remove("/etc/gone", "x")),
	} {
		undo, err := Apply(root, plan)
		require.NoError(t, err)
		assert.True(t, undo.Empty())
		assert.Empty(t, undo.Paths())
		require.NoError(t, undo.Restore())
	}
	assert.Equal(t, before, snapshot(t, root), "no journal either")
	again, err := os.Stat(filepath.Join(root, "etc/a"))
	require.NoError(t, err)
	assert.True(t, os.SameFile(info, again))
	_, err = LoadUndo(root)
	require.ErrorIs(t, err, ErrNoRecord)
}

func TestSecretsAreTakenFromOthers(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/same", "s", 0o644)
	write(t, root, "etc/new", "old", 0o640)
	write(t, root, "etc/tight", "old", 0o400)
	before := snapshot(t, root)
	secret := func(c mirror.Change) mirror.Change { c.Secret, c.Mode = true, 0o600; return c }
	undo, err := Apply(root, planOf(secret(update("/etc/same", "s", "s")), secret(update("/etc/new", "old", "s")), secret(update("/etc/tight", "old", "s"))))
	require.NoError(t, err)
	for path, mode := range map[string]fs.FileMode{"etc/same": 0o600, "etc/new": 0o600, "etc/tight": 0o400} {
		info, err := os.Stat(filepath.Join(root, path))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode(), path)
	}
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, root))
}

func TestRefusedPlansChangeNothing(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "passwd", "root\n", 0o644)
	root := fastDir(t)
	write(t, root, "etc/good", "old", 0o644)
	write(t, root, "etc/file", "x", 0o644)
	for link, target := range map[string]string{
		"etc/out": outside, "etc/out-file": filepath.Join(outside, "passwd"), "etc/up": "../../" + filepath.Base(outside),
		"etc/loop": "loop", "etc/host-etc": "/etc", "etc/sneaky": "x/../../../" + filepath.Base(outside), "etc/again": "out-file",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "etc/dir"), 0o755))
	before, out := snapshot(t, root), snapshot(t, outside)
	cases := []struct {
		name   string
		change mirror.Change
		is     error
	}{
		{"dot dot", create("/etc/../../x", "x"), ErrEscape},
		{"dot dot inside", create("/etc/../x", "x"), ErrEscape},
		{"dot dot first", create("../x", "x"), ErrEscape},
		{"dot dot last", create("/etc/..", "x"), ErrEscape},
		{"not rooted", create("etc/x", "x"), ErrPath},
		{"two slashes", create("//etc/x", "x"), ErrPath},
		{"drive", create(`C:\x`, "x"), ErrPath},
		{"newline", create("/etc/a\nb", "x"), ErrPath},
		{"nul", create("/etc/a\x00b", "x"), ErrPath},
		{"root", create("/", "x"), ErrPath},
		{"empty", create("", "x"), ErrPath},
		{"slash behind", create("/etc/x/", "x"), ErrPath},
		{"linked directory out", create("/etc/out/x", "x"), ErrEscape},
		{"linked file out", update("/etc/out-file", "root\n", "x"), ErrEscape},
		{"link to a link out", update("/etc/again", "root\n", "x"), ErrEscape},
		{"delete beneath a link out", remove("/etc/out/passwd", "root\n"), ErrEscape},
		{"relative link out", create("/etc/up/x", "x"), ErrEscape},
		{"link out through a missing directory", create("/etc/sneaky/x", "x"), ErrEscape},
		{"link to the host's etc", create("/etc/host-etc/mirrorcfg-test", "x"), ErrEscape},
		{"loop", create("/etc/loop/x", "x"), nil},
		{"file as directory", create("/etc/file/x", "x"), nil},
		{"directory as file", update("/etc/dir", "", "x"), nil},
		{"changed since", update("/etc/file", "y", "z"), ErrChanged},
		{"created since", create("/etc/file", "z"), ErrChanged},
		{"gone since", update("/etc/gone", "y", "z"), ErrChanged},
		{"changed before delete", remove("/etc/file", "y"), ErrChanged},
		{"the journal", create("/var/lib/mirrorcfg/x", "x"), nil},
		{"named twice", update("/etc/good", "old", "other"), nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Apply(root, planOf(create("/a/new", "x"), update("/etc/good", "old", "new"), tc.change))
			require.Error(t, err)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
			assert.Contains(t, err.Error(), "nothing was changed")
			assert.Equal(t, before, snapshot(t, root))
			assert.Equal(t, out, snapshot(t, outside))
		})
	}
}

func TestAllConflictsAtOnce(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "x", 0o644)
	write(t, root, "etc/b", "x", 0o644)
	_, err := Apply(root, planOf(update("/etc/a", "o", "n"), update("/etc/b", "o", "n"), create("/../c", "")))
	require.ErrorContains(t, err, "/etc/a")
	require.ErrorContains(t, err, "/etc/b")
	require.ErrorContains(t, err, "/../c")
}

func TestLinksInsideTheRootAreFollowed(t *testing.T) {
	root := fastDir(t)
	write(t, root, "srv/real/daemon.json", "old", 0o644)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc"), 0o755))
	for link, target := range map[string]string{
		"etc/docker":   filepath.Join(root, "srv/real"), // absolute, and inside as this system reads it
		"etc/relative": "../srv/real", "etc/dangling": "../srv/later/file", "etc/chain": "relative",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
	}
	before := snapshot(t, root)
	for _, dir := range []string{"docker", "relative", "chain"} {
		undo, err := Apply(root, planOf(update("/etc/"+dir+"/daemon.json", "old", "new"), create("/etc/dangling", "made")))
		require.NoError(t, err)
		assert.Equal(t, "new", content(t, root, "srv/real/daemon.json"))
		assert.Equal(t, "made", content(t, root, "srv/later/file"))
		require.NoError(t, undo.Restore())
		assert.Equal(t, before, snapshot(t, root))
	}
	_, err := Apply(root, planOf(update("/etc/docker/daemon.json", "old", "a"), update("/etc/chain/daemon.json", "old", "b")))
	require.ErrorContains(t, err, "is the same file as /etc/docker/daemon.json")
	assert.Equal(t, before, snapshot(t, root))
}

func TestRestoreRefusesLaterEdits(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "old", 0o644)
	write(t, root, "etc/b", "old", 0o644)
	undo, err := Apply(root, planOf(update("/etc/a", "old", "new"), update("/etc/b", "old", "new")))
	require.NoError(t, err)
	write(t, root, "etc/b", "by hand", 0o644)
	require.ErrorIs(t, undo.Restore(), ErrChanged)
	assert.Equal(t, "new", content(t, root, "etc/a"))
	write(t, root, "etc/b", "new", 0o644)
	require.NoError(t, undo.Restore())
	assert.Equal(t, "old", content(t, root, "etc/b"))
}

func TestRecordsAreAStack(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "0", 0o644)
	before := snapshot(t, root)
	for _, step := range []string{"0", "1", "2"} {
		_, err := Apply(root, planOf(update("/etc/a", step, string(step[0]+1))))
		require.NoError(t, err)
	}
	all, err := Records(root)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.ErrorIs(t, all[0].Restore(), ErrChanged, "a newer apply stands on it")
	for _, want := range []string{"2", "1", "0"} {
		undo, err := LoadUndo(root)
		require.NoError(t, err)
		assert.False(t, undo.Interrupted())
		assert.Equal(t, []string{"/etc/a"}, undo.Paths())
		require.NoError(t, undo.Restore())
		assert.Equal(t, want, content(t, root, "etc/a"))
	}
	assert.Equal(t, before, snapshot(t, root))
}

func TestDamagedRecordIsNotUsed(t *testing.T) {
	root := fastDir(t)
	undo, err := Apply(root, planOf(create("/etc/a", "x")), JournalAt("/opt/journal"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "opt/journal", undo.Name()+".json"), []byte(`{"format":1}`), 0o600))
	_, err = LoadUndo(root, JournalAt("/opt/journal"))
	require.ErrorContains(t, err, "digest")
	require.ErrorContains(t, undo.Restore(), "digest")
	assert.Equal(t, "x", content(t, root, "etc/a"))
}

// Of applies that run at the same time one wins. All others say why not, and
// the files are those of the winner.
func TestConcurrentApplies(t *testing.T) {
	for range 20 {
		root := fastDir(t)
		write(t, root, "etc/a", "old", 0o644)
		write(t, root, "etc/b", "old", 0o644)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				mine := string(rune('0' + i))
				_, errs[i] = Apply(root, planOf(update("/etc/a", "old", mine), update("/etc/b", "old", mine), create("/etc/c", mine)))
			})
		}
		wg.Wait()
		won := 0
		for i, err := range errs {
			if err != nil {
				assert.True(t, errors.Is(err, ErrLocked) || errors.Is(err, ErrChanged), "%v", err)
				continue
			}
			won++
			for _, f := range []string{"a", "b", "c"} {
				assert.Equal(t, string(rune('0'+i)), content(t, root, "etc/"+f))
			}
		}
		assert.Equal(t, 1, won)
		all, err := Records(root)
		require.NoError(t, err)
		assert.Len(t, all, 1)
	}
}
