package fileset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// crashed is what a step panics with in place of SIGKILL: nothing of what the
// process would have done after it runs, but for the descriptors being closed.
type crashed struct{}

// node makes files for smallPlan: created, updated, deleted and pruned ones.
func node(t testing.TB, root string) {
	write(t, root, "etc/containerd/config.toml", "old config\n", 0o640)
	write(t, root, "etc/containerd/certs.d/gone.io/hosts.toml", "old hosts\n", 0o600)
	write(t, root, "etc/docker/daemon.json", "{}\n", 0o644)
	require.NoError(t, os.Chmod(filepath.Join(root, "etc/containerd/certs.d/gone.io"), 0o751))
}

func smallPlan() mirror.Plan {
	return planOf(
		create("/etc/containerd/certs.d/docker.io/hosts.toml", "new hosts\n"),
		remove("/etc/containerd/certs.d/gone.io/hosts.toml", "old hosts\n"),
		update("/etc/containerd/config.toml", "old config\n", "new config\n"),
		update("/etc/docker/daemon.json", "{}\n", "{\"new\":1}\n"),
		create("/opt/new/file", "new\n"),
	)
}

// replan is what an engine would plan from the files as they are now.
func replan(t testing.TB, root string, goal mirror.Plan) mirror.Plan {
	tree, err := openTree(root)
	require.NoError(t, err)
	defer tree.close()
	var out mirror.Plan
	for _, c := range goal.Changes {
		at, err := tree.resolve(c.Path)
		require.NoError(t, err)
		now, _, err := tree.read(at)
		require.NoError(t, err)
		switch {
		case now == nil && c.Kind == mirror.Delete:
			continue
		case now == nil:
			c.Kind, c.Before = mirror.Create, nil
		case c.Kind == mirror.Delete:
			c.Before = now.Data
		case string(now.Data) == string(c.After):
			continue
		default:
			c.Kind, c.Before = mirror.Update, now.Data
		}
		out.Changes = append(out.Changes, c)
	}
	return out
}

// stopAt returns a step that does what at its nth call.
func stopAt(n int, what func() error) func(op, path string) error {
	return func(string, string) error {
		if n--; n == 0 {
			return what()
		}
		return nil
	}
}

// crashing runs do and reports whether it crashed on the way.
func crashing(do func() error) (err error, died bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(crashed); !ok {
				panic(p)
			}
			died = true
		}
	}()
	return do(), false
}

func stepping(step func(op, path string) error) Option {
	return func(o *options) { o.step = step }
}

// assertWhole checks that each file is wholly old or wholly new.
func assertWhole(t *testing.T, now, old, new map[string]string) {
	t.Helper()
	for path, state := range now {
		if strings.Contains(path, ".mirrorcfg-") {
			continue
		}
		if before, ok := old[path]; ok && state == before {
			continue
		}
		if after, ok := new[path]; ok && state == after {
			continue
		}
		if strings.HasPrefix(state, "d") {
			continue // a directory that is being made
		}
		t.Errorf("%s is neither old nor new: %q", path, state)
	}
	for path := range old {
		_, later := new[path]
		_, there := now[path]
		assert.True(t, there || !later, "%s is gone", path)
	}
}

// Crash at every single step, then recover in each of the possible ways.
func TestCrashAtEveryStep(t *testing.T) {
	goal := smallPlan()
	full := fastDir(t)
	node(t, full)
	old := snapshot(t, full)
	_, err := Apply(full, goal)
	require.NoError(t, err)
	done := snapshot(t, full, "/var")

	recoveries := map[string]func(t *testing.T, root string){
		"undo": func(t *testing.T, root string) {
			undo, err := LoadUndo(root)
			if errors.Is(err, ErrNoRecord) {
				assert.Equal(t, old["/etc/docker/daemon.json"], snapshot(t, root)["/etc/docker/daemon.json"])
				return
			}
			require.NoError(t, err)
			require.NoError(t, undo.Restore())
			assert.Equal(t, old, snapshot(t, root, "/var"))
		},
		"the same plan again": func(t *testing.T, root string) {
			_, err := Apply(root, goal)
			require.NoError(t, err)
			assert.Equal(t, done, snapshot(t, root, "/var"))
		},
		"a new plan": func(t *testing.T, root string) {
			_, err := Apply(root, replan(t, root, goal))
			require.NoError(t, err)
			assert.Equal(t, done, snapshot(t, root, "/var"))
		},
	}
	stride := 5
	if testing.Short() {
		stride = 20
	}
	for second := 2; second < 60; second += stride {
		recoveries[fmt.Sprintf("the same plan, killed again at step %d, then undo", second)] = func(t *testing.T, root string) {
			_, _ = crashing(func() error {
				_, err := Apply(root, goal, stepping(stopAt(second, func() error { panic(crashed{}) })))
				return err
			})
			assertWhole(t, snapshot(t, root, "/var"), old, done)
		}
	}
	for name, again := range recoveries {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				root := fastDir(t)
				node(t, root)
				err, died := crashing(func() error {
					_, err := Apply(root, goal, stepping(stopAt(n, func() error { panic(crashed{}) })))
					return err
				})
				if !died {
					require.NoError(t, err)
					require.Greater(t, n, 20, "the crashes covered the whole run")
					return
				}
				assertWhole(t, snapshot(t, root, "/var"), old, done)
				again(t, root)
				// Whatever happened, one undo now restores the very first state.
				if undo, err := LoadUndo(root); err == nil {
					require.NoError(t, undo.Restore())
				}
				assert.Equal(t, old, snapshot(t, root, "/var"), "crash at step %d", n)
				all, err := Records(root)
				require.NoError(t, err)
				assert.Empty(t, all)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// An error at every single step leaves nothing changed.
func TestErrorAtEveryStep(t *testing.T) {
	for _, lasting := range []bool{false, true} {
		t.Run(fmt.Sprintf("lasting=%v", lasting), func(t *testing.T) {
			for n := 1; ; n++ {
				root := fastDir(t)
				node(t, root)
				old := snapshot(t, root)
				calls := 0
				undo, err := Apply(root, smallPlan(), stepping(func(string, string) error {
					if calls++; calls == n || lasting && calls > n {
						return syscall.ENOSPC
					}
					return nil
				}))
				if err == nil && calls < n {
					require.Greater(t, n, 20)
					return
				}
				if err == nil {
					// Past the point of no return only sweeping is left.
					assert.Equal(t, "new\n", content(t, root, "opt/new/file"))
					require.NoError(t, undo.withoutSteps().Restore())
					assert.Equal(t, old, snapshot(t, root))
					continue
				}
				require.ErrorIs(t, err, syscall.ENOSPC)
				if strings.HasPrefix(err.Error(), "nothing was changed") {
					assert.Equal(t, old, snapshot(t, root), "error at step %d", n)
					continue
				}
				require.True(t, lasting, "a single error at step %d is rolled back: %v", n, err)
				again, err := LoadUndo(root)
				require.NoError(t, err)
				assert.True(t, again.Interrupted())
				require.NoError(t, again.Restore())
				assert.Equal(t, old, snapshot(t, root), "error from step %d on", n)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func (u *Undo) withoutSteps() *Undo {
	out := *u
	out.opts.step = nil
	return &out
}

// A restore that is killed, or fails, at every single step can be run again,
// or the plan applied again.
func TestRestoreCrashAtEveryStep(t *testing.T) {
	for _, again := range []string{"undo", "apply", "error"} {
		t.Run(again, func(t *testing.T) {
			for n := 1; ; n++ {
				root := fastDir(t)
				node(t, root)
				old := snapshot(t, root)
				_, err := Apply(root, smallPlan())
				require.NoError(t, err)
				whole, done := snapshot(t, root), snapshot(t, root, "/var")
				undo, err := LoadUndo(root, stepping(stopAt(n, func() error {
					if again == "error" {
						return syscall.EIO
					}
					panic(crashed{})
				})))
				require.NoError(t, err)
				err, died := crashing(undo.Restore)
				if !died && err == nil {
					require.Greater(t, n, 10)
					return
				}
				assertWhole(t, snapshot(t, root, "/var"), old, done)
				switch again {
				case "error":
					require.ErrorIs(t, err, syscall.EIO)
					if strings.HasPrefix(err.Error(), "nothing was changed") {
						assert.Equal(t, whole, snapshot(t, root), "error at step %d", n)
					}
				case "apply":
					_, err = Apply(root, smallPlan())
					require.NoError(t, err)
					assert.Equal(t, done, snapshot(t, root, "/var"))
				}
				if undo, err = LoadUndo(root); errors.Is(err, ErrNoRecord) {
					assert.Equal(t, old, snapshot(t, root, "/var"))
					continue
				}
				require.NoError(t, undo.Restore())
				assert.Equal(t, old, snapshot(t, root), "crash at step %d", n)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// A file that someone edits after a crash is never overwritten by recovery.
func TestEditAfterACrash(t *testing.T) {
	root := fastDir(t)
	node(t, root)
	swaps := 0
	_, died := crashing(func() error {
		_, err := Apply(root, smallPlan(), stepping(func(op, _ string) error {
			if op == "swap" {
				if swaps++; swaps == 4 {
					panic(crashed{})
				}
			}
			return nil
		}))
		return err
	})
	require.True(t, died)
	write(t, root, "etc/containerd/config.toml", "by hand\n", 0o644)
	undo, err := LoadUndo(root)
	require.NoError(t, err)
	require.ErrorIs(t, undo.Restore(), ErrChanged)
	_, err = Apply(root, smallPlan())
	require.ErrorIs(t, err, ErrChanged)
	assert.Equal(t, "by hand\n", content(t, root, "etc/containerd/config.toml"))
	_, err = Apply(root, replan(t, root, smallPlan()))
	require.NoError(t, err)
	undo, err = LoadUndo(root)
	require.NoError(t, err)
	require.NoError(t, undo.Restore())
	assert.Equal(t, "by hand\n", content(t, root, "etc/containerd/config.toml"))
	assert.NoFileExists(t, filepath.Join(root, "opt/new/file"))
}

// What makes an engine read its files again is kept with them, also that of
// an apply which was killed and taken over by the next.
func TestActionsAreKept(t *testing.T) {
	reload := mirror.Action{Command: []string{"systemctl", "reload", "docker"}, Reason: "new mirrors"}
	restart := mirror.Action{Command: []string{"systemctl", "restart", "containerd"}, Reason: "new config_path"}
	root := fastDir(t)
	write(t, root, "etc/a", "0", 0o644)
	write(t, root, "etc/b", "0", 0o644)

	killed := planOf(update("/etc/a", "0", "1"))
	killed.Actions = []mirror.Action{reload}
	_, died := crashing(func() error {
		_, err := Apply(root, killed, stepping(func(op, _ string) error {
			if op == "journal-mark" {
				panic(crashed{})
			}
			return nil
		}))
		return err
	})
	require.True(t, died)

	next := planOf(update("/etc/a", "1", "1"), update("/etc/b", "0", "1"))
	next.Actions = []mirror.Action{restart, reload}
	_, err := Apply(root, next)
	require.NoError(t, err)
	undo, err := LoadUndo(root)
	require.NoError(t, err)
	plan, err := undo.Plan()
	require.NoError(t, err)
	assert.Equal(t, []mirror.Action{restart, reload}, plan.Actions)
	assert.Equal(t, []string{"/etc/a", "/etc/b"}, undo.Paths())
	require.NoError(t, undo.Restore())
	after, err := undo.Plan()
	require.NoError(t, err)
	assert.Empty(t, after.Actions, "nothing is left to do")
}
