package fileset

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomNode makes a tree with odd modes and owners, links to files and
// directories, and empty directories, and a plan that touches a part of it.
func randomNode(t *testing.T, r *rand.Rand, root string) mirror.Plan {
	mode := func(type_ fs.FileMode) fs.FileMode { return type_ | fs.FileMode(r.IntN(0o1000)) }
	chown := func(path string) {
		if os.Getuid() == 0 && r.IntN(2) == 0 {
			require.NoError(t, os.Lchown(path, r.IntN(70000), r.IntN(70000)))
		}
	}
	text := func() string { return strings.Repeat(fmt.Sprintf("%x\n", r.Uint32()), r.IntN(20)) }
	var dirs, paths []string
	for i := range 2 + r.IntN(6) {
		dir := fmt.Sprintf("d%d", i)
		if len(dirs) > 0 && r.IntN(2) == 0 {
			dir = dirs[r.IntN(len(dirs))] + "/" + dir
		}
		dirs = append(dirs, dir)
		require.NoError(t, os.Mkdir(filepath.Join(root, dir), 0o755))
	}
	made := slices.Clone(dirs) // none of them a link
	somewhere := func() string { return dirs[r.IntN(len(dirs))] }
	for i := range r.IntN(12) {
		p := somewhere() + fmt.Sprintf("/f%d", i)
		full := filepath.Join(root, p)
		require.NoError(t, os.WriteFile(full, []byte(text()), 0o600))
		chown(full)
		special := fs.FileMode(0)
		if r.IntN(6) == 0 {
			special = fs.ModeSetuid
		}
		require.NoError(t, os.Chmod(full, mode(special)))
		randomAttributes(r, full, 0o640)
		paths = append(paths, "/"+p)
	}
	for i := range r.IntN(6) {
		target := somewhere()
		if len(paths) > 0 && r.IntN(2) == 0 {
			target = paths[r.IntN(len(paths))][1:]
		}
		p := made[r.IntN(len(made))] + fmt.Sprintf("/l%d", i)
		link := filepath.Join(root, target)
		if r.IntN(3) > 0 {
			rel, err := filepath.Rel(filepath.Dir(filepath.Join(root, p)), link)
			require.NoError(t, err)
			link = rel
		}
		require.NoError(t, os.Symlink(link, filepath.Join(root, p)))
		chown(filepath.Join(root, p))
		if info, err := os.Stat(filepath.Join(root, p)); err == nil && info.IsDir() {
			dirs = append(dirs, p)
			paths = append(paths, "/"+p+"/new")
		} else {
			paths = append(paths, "/"+p)
		}
	}
	for i := range r.IntN(5) {
		paths = append(paths, "/"+somewhere()+fmt.Sprintf("/%s/n%d", []string{"x", "y/z", "d0"}[r.IntN(3)], i))
	}
	for _, dir := range slices.Backward(dirs) {
		chown(filepath.Join(root, dir))
		if info, err := os.Lstat(filepath.Join(root, dir)); err == nil && info.IsDir() {
			require.NoError(t, os.Chmod(filepath.Join(root, dir), mode(0)|0o700))
			randomAttributes(r, filepath.Join(root, dir), 0o750)
		}
	}
	r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	var plan mirror.Plan
	tree, err := openTree(root)
	require.NoError(t, err)
	defer tree.close()
	taken := map[place]bool{}
	for _, p := range paths {
		at, err := tree.resolve(p)
		require.NoError(t, err)
		if taken[at] || r.IntN(3) == 0 {
			continue
		}
		taken[at] = true
		c := mirror.Change{Path: p, Kind: mirror.Create, After: []byte(text()), Mode: mode(0), Secret: r.IntN(4) == 0}
		if now, err := os.ReadFile(filepath.Join(root, p)); err == nil {
			c.Kind, c.Before = mirror.Update, now
			if r.IntN(3) == 0 {
				c.Kind, c.After, c.Prune = mirror.Delete, nil, r.IntN(2) == 0
			}
		}
		plan.Changes = append(plan.Changes, c)
	}
	return plan
}

// Apply and Restore give back exactly what was there: contents, modes,
// owners, links, and no directory more or less.
func TestApplyAndRestoreAreInverse(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 30
	}
	changes := 0
	for seed := range runs {
		r := rand.New(rand.NewPCG(7, uint64(seed)))
		root := fastDir(t)
		plan := randomNode(t, r, root)
		before := snapshot(t, root)
		undo, err := Apply(root, plan)
		require.NoError(t, err, "seed %d", seed)
		for _, c := range plan.Changes {
			data, err := os.ReadFile(filepath.Join(root, c.Path))
			if c.Kind == mirror.Delete {
				require.ErrorIs(t, err, fs.ErrNotExist)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, string(c.After), string(data))
			changes++
		}
		again, err := Apply(root, plan)
		require.NoError(t, err)
		require.True(t, again.Empty(), "seed %d: a second time there is nothing to do", seed)
		back, err := undo.Plan()
		require.NoError(t, err)
		assert.Equal(t, undo.Empty(), back.Empty())
		require.NoError(t, undo.Restore(), "seed %d", seed)
		require.Equal(t, before, snapshot(t, root), "seed %d", seed)
	}
	t.Logf("%d runs, %d files written", runs, changes)
}

// While the plan is applied, another process keeps swapping a directory on its
// way for a link that leads out. Nothing may ever arrive there.
func TestSwappedDirectoryCannotLeadOut(t *testing.T) {
	outside := fastDir(t)
	root := fastDir(t)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc/docker"), 0o755))
	inner, away := filepath.Join(root, "etc/docker"), filepath.Join(root, "etc/away")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if os.Rename(inner, away) == nil {
				_ = os.Symlink(outside, inner)
				_ = os.Remove(inner)
				_ = os.Rename(away, inner)
			}
		}
	})
	outcomes := map[bool]int{}
	for i := range 300 {
		undo, err := Apply(root, planOf(create(fmt.Sprintf("/etc/docker/f%d", i), "x"), create(fmt.Sprintf("/etc/docker/sub%d/f", i), "x")))
		outcomes[err == nil]++
		if err == nil && i%2 == 0 {
			_ = undo.Restore()
		}
		left, err := os.ReadDir(outside)
		require.NoError(t, err)
		require.Empty(t, left)
	}
	close(stop)
	wg.Wait()
	t.Logf("applied %d, refused or failed %d", outcomes[true], outcomes[false])
}

// The same on random nodes with crashes: apply is killed at a random step, up
// to three times, then finished or not, and one Restore, itself killed once or
// not at all, still gives back exactly what was there.
func TestRandomCrashesAreUndone(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 30
	}
	for seed := range runs {
		r := rand.New(rand.NewPCG(9, uint64(seed)))
		root := fastDir(t)
		plan := randomNode(t, r, root)
		before := snapshot(t, root)
		die := func() Option { return stepping(stopAt(1+r.IntN(60), func() error { panic(crashed{}) })) }
		for range 1 + r.IntN(3) {
			_, _ = crashing(func() error {
				_, err := Apply(root, plan, die())
				return err
			})
		}
		if r.IntN(2) == 0 {
			_, err := Apply(root, plan)
			require.NoError(t, err, "seed %d", seed)
		}
		if r.IntN(2) == 0 {
			if undo, err := LoadUndo(root, die()); err == nil {
				_, _ = crashing(undo.Restore)
			}
		}
		if undo, err := LoadUndo(root); err == nil {
			require.NoError(t, undo.Restore(), "seed %d", seed)
		}
		require.Equal(t, before, snapshot(t, root, "/var"), "seed %d", seed)
		all, err := Records(root)
		require.NoError(t, err)
		require.Empty(t, all, "seed %d", seed)
	}
}
