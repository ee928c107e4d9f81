package fileset

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The test binary runs itself as the process that is killed: childEnv holds
// the root and childPlan names a file with the plan.
const (
	childEnv  = "MIRRORCFG_TEST_APPLY_ROOT"
	childPlan = "MIRRORCFG_TEST_APPLY_PLAN"
)

// exitNotPermitted is the child's exit status for os.ErrPermission.
const exitNotPermitted = 7

func TestMain(m *testing.M) {
	if root := os.Getenv(childEnv); root != "" {
		os.Exit(applyAsChild(root))
	}
	os.Exit(m.Run())
}

func applyAsChild(root string) int {
	data, err := os.ReadFile(os.Getenv(childPlan))
	if err != nil {
		fmt.Println(err)
		return 3
	}
	var changes []mirror.Change
	if err := json.Unmarshal(data, (*changeList)(&changes)); err != nil {
		fmt.Println(err)
		return 3
	}
	fmt.Println("start")
	undo, err := Apply(root, mirror.Plan{Changes: changes})
	switch {
	case errors.Is(err, ErrLocked):
		fmt.Println("locked")
		return 5
	case errors.Is(err, ErrChanged):
		fmt.Println("changed")
		return 6
	case errors.Is(err, os.ErrPermission):
		fmt.Println(err)
		return exitNotPermitted
	case err != nil:
		fmt.Println(err)
		return 4
	}
	for _, l := range undo.LostAttributes() {
		fmt.Println(l)
	}
	fmt.Println("done")
	return 0
}

// changeList reads the kind by name, as MarshalText wrote it.
type changeList []mirror.Change

func (l *changeList) UnmarshalJSON(data []byte) error {
	var raw []struct {
		Path, Kind    string
		Before, After []byte
		Mode          uint32
		Prune         bool
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	kinds := map[string]mirror.ChangeKind{"create": mirror.Create, "update": mirror.Update, "delete": mirror.Delete}
	for _, r := range raw {
		*l = append(*l, mirror.Change{Path: r.Path, Kind: kinds[r.Kind], Before: r.Before, After: r.After, Mode: os.FileMode(r.Mode), Prune: r.Prune})
	}
	return nil
}

func child(t testing.TB, root, planFile string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+root, childPlan+"="+planFile)
	return cmd
}

func savePlan(t testing.TB, plan mirror.Plan) string {
	t.Helper()
	data, err := json.Marshal(plan.Changes)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "plan.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file
}

// thirtyFiles is a node and a plan: ten files each are created, updated and
// deleted.
func thirtyFiles(t testing.TB, root string) mirror.Plan {
	var plan mirror.Plan
	for i := range 10 {
		old, fresh := strings.Repeat(fmt.Sprintf("old %d\n", i), 50+400*i), strings.Repeat(fmt.Sprintf("new %d\n", i), 400*(10-i))
		write(t, root, fmt.Sprintf("etc/updated/%d.conf", i), old, os.FileMode(0o600+i))
		write(t, root, fmt.Sprintf("etc/certs.d/gone%d.io/hosts.toml", i), old, 0o644)
		plan.Changes = append(plan.Changes,
			update(fmt.Sprintf("/etc/updated/%d.conf", i), old, fresh),
			create(fmt.Sprintf("/etc/certs.d/new%d.io/hosts.toml", i), fresh),
			remove(fmt.Sprintf("/etc/certs.d/gone%d.io/hosts.toml", i), old))
	}
	return plan
}

// The applying process is killed with SIGKILL at a random moment, 1,000 times.
func TestKilledAtARandomMoment(t *testing.T) {
	runs := 1000
	if testing.Short() {
		runs = 40
	}
	full := fastDir(t)
	plan := thirtyFiles(t, full)
	file := savePlan(t, plan)
	old := snapshot(t, full)
	began := time.Now()
	_, err := Apply(full, plan)
	require.NoError(t, err)
	takes := time.Since(began)
	done := snapshot(t, full, "/var")

	const workers = 2
	var wg sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for w := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for i := w; i < runs && !t.Failed(); i += workers {
				wait := time.Duration(random.Int64N(int64(3*takes) + 1))
				outcome := killOnce(t, plan, file, wait, i, old, done)
				mu.Lock()
				outcomes[outcome]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("an apply took %v; of %d killed: %v", takes, runs, outcomes)
	if testing.Short() {
		return // too few for one to be sure to fall between
	}
	assert.Positive(t, outcomes["between"], "some were killed between the first and the last change")
}

func killOnce(t *testing.T, plan mirror.Plan, file string, wait time.Duration, run int, old, done map[string]string) string {
	root, err := os.MkdirTemp(filepath.Dir(fastRoot(t)), "mirrorcfg-kill-")
	if !assert.NoError(t, err) {
		return "failed"
	}
	defer func() { _ = os.RemoveAll(root) }()
	thirtyFiles(t, root)
	cmd := child(t, root, file)
	out, err := cmd.StdoutPipe()
	if !assert.NoError(t, err) || !assert.NoError(t, cmd.Start()) {
		return "failed"
	}
	_, _ = bufio.NewReader(out).ReadString('\n')
	time.Sleep(wait)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()

	now := snapshot(t, root, "/var")
	assertWhole(t, now, old, done)
	outcome := "between"
	switch {
	case assert.ObjectsAreEqual(now, done):
		outcome = "after"
	case assert.ObjectsAreEqual(now, old):
		outcome = "before"
	}
	switch run % 3 {
	case 0: // the same plan again
		_, err = Apply(root, plan)
		assert.NoError(t, err)
		assert.Equal(t, done, snapshot(t, root, "/var"))
	case 1: // a plan made from what is there now
		_, err = Apply(root, replan(t, root, plan))
		assert.NoError(t, err)
		assert.Equal(t, done, snapshot(t, root, "/var"))
	}
	undo, err := LoadUndo(root)
	if errors.Is(err, ErrNoRecord) {
		assert.Equal(t, old, snapshot(t, root, "/var"), "run %d", run)
		return outcome
	}
	if assert.NoError(t, err) {
		assert.NoError(t, undo.Restore())
		assert.Equal(t, old, snapshot(t, root, "/var"), "run %d", run)
	}
	return outcome
}

// fastRoot is a path in the directory that fastDir uses.
func fastRoot(t testing.TB) string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm/x"
	}
	return filepath.Join(os.TempDir(), "x")
}

// Of several processes one wins.
func TestConcurrentProcesses(t *testing.T) {
	for range 10 {
		root := fastDir(t)
		thirtyFiles(t, root)
		var cmds []*exec.Cmd
		var outs []*strings.Builder
		for i := range 4 {
			plan := thirtyFiles(t, root)
			for c := range plan.Changes {
				if plan.Changes[c].Kind != mirror.Delete {
					plan.Changes[c].After = append(plan.Changes[c].After, fmt.Sprintf("by %d\n", i)...)
				}
			}
			cmd, out := child(t, root, savePlan(t, plan)), &strings.Builder{}
			cmd.Stdout = out
			cmds, outs = append(cmds, cmd), append(outs, out)
		}
		for _, cmd := range cmds {
			require.NoError(t, cmd.Start())
		}
		var winners []int
		for i, cmd := range cmds {
			_ = cmd.Wait()
			switch code := cmd.ProcessState.ExitCode(); code {
			case 0:
				winners = append(winners, i)
			case 5, 6:
			default:
				t.Errorf("exit %d: %s", code, outs[i])
			}
		}
		require.Len(t, winners, 1)
		by := fmt.Sprintf("by %d\n", winners[0])
		for i := range 10 {
			assert.True(t, strings.HasSuffix(content(t, root, fmt.Sprintf("etc/updated/%d.conf", i)), by))
			assert.True(t, strings.HasSuffix(content(t, root, fmt.Sprintf("etc/certs.d/new%d.io/hosts.toml", i)), by))
		}
	}
}
