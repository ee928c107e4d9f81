package e2e_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

// again runs this test binary once more, with only some tests.
func again(pattern string, environment ...string) *exec.Cmd {
	command := exec.Command("/proc/self/exe", "-test.run="+pattern, "-test.v", "-test.timeout=60s")
	command.Env = append(os.Environ(), environment...)
	return command
}

// sleepingVariable makes TestSleepingEngines start engines and wait to be killed.
const sleepingVariable = "MIRRORCFG_E2E_TEST_SLEEPING"

func TestSleepingEngines(t *testing.T) {
	if os.Getenv(sleepingVariable) == "" {
		return // only a part of TestKilledInTheMiddle
	}
	for _, kind := range []engines.Kind{engines.Dockerd, engines.Containerd} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSubject(t, newest(t, kind), nil)
			require.NoError(t, s.Start())
			require.NoError(t, s.Pull(alpine+":latest").Err)
			fmt.Println("running")
			time.Sleep(time.Minute)
		})
	}
}

// TestKilledInTheMiddle: whatever ends a test run while engines are up, no process and no mount is left, nor the
// namespaces that they held.
func TestKilledInTheMiddle(t *testing.T) {
	sandbox.RequireEngines(t)
	if newest(t, engines.Dockerd).Version == "" {
		sandbox.SkipOrFail(t, "no dockerd: %v", engines.ErrAbsent)
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			mounts, err := os.ReadFile("/proc/self/mountinfo")
			require.NoError(t, err)
			require.Empty(t, sandbox.Leftovers())
			command := again("^TestSleepingEngines$", sleepingVariable+"=1")
			output, err := command.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			seen := []string{}
			for lines := bufio.NewScanner(output); lines.Scan() && lines.Text() != "running"; {
				seen = append(seen, lines.Text())
			}
			assert.Contains(t, strings.Join(left(), "\n"), "dockerd", "%s", strings.Join(seen, "\n"))
			require.NoError(t, command.Process.Signal(signal))
			_ = command.Wait()
			assert.Eventually(t, func() bool { return len(sandbox.Leftovers()) == 0 }, 5*time.Second, 20*time.Millisecond)
			after, err := os.ReadFile("/proc/self/mountinfo")
			require.NoError(t, err)
			assert.Equal(t, string(mounts), string(after))
		})
	}
}

// left are the command lines of all processes in the sandbox. Unlike sandbox.Leftovers it waits for none.
func left() (lines []string) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return []string{err.Error()}
	}
	for _, entry := range entries {
		if line, err := os.ReadFile("/proc/" + entry.Name() + "/cmdline"); err == nil {
			lines = append(lines, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return lines
}

// TestSkipping: without root or engines every test is skipped with a line that says why, or fails where they
// are required.
func TestSkipping(t *testing.T) {
	sandbox.RequireEngines(t)
	const scenarios = "^(TestContainerdScenarios|TestRandomConfigs|TestFailingMirrors)$"
	noEngines := engines.CacheVariable + "=" + t.TempDir()
	nobody := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cache, err := engines.DefaultCache()
	require.NoError(t, err)
	for _, test := range []struct {
		name        string
		environment []string
		attributes  *syscall.SysProcAttr
		says        string
		fails       bool
	}{
		{"no engines", []string{noEngines, "MIRRORCFG_E2E=1"}, nil, "not installed; run `go run ./cmd/e2e-engines install`", false},
		{"no engines, though required", []string{noEngines, "MIRRORCFG_E2E=require"}, nil, "not installed; run `go run ./cmd/e2e-engines install`", true},
		{"no root", []string{noEngines, "MIRRORCFG_E2E="}, nobody, "no sandbox: not root", false},
		{"no root, with engines", []string{engines.CacheVariable + "=" + cache.Dir, "MIRRORCFG_E2E="}, nobody, "no sandbox: not root", false},
		{"no root, though required", []string{engines.CacheVariable + "=" + cache.Dir, "MIRRORCFG_E2E=require"}, nobody, "no sandbox: not root", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			command := again(scenarios, test.environment...)
			command.SysProcAttr = test.attributes
			output, err := command.CombinedOutput()
			text := string(output)
			assert.Equal(t, test.fails, err != nil, "%v\n%s", err, text)
			assert.Contains(t, text, test.says)
			verdict := "--- SKIP: "
			if test.fails {
				verdict = "--- FAIL: "
			}
			assert.Contains(t, text, verdict+"TestContainerdScenarios/containerd@")
			assert.NotContains(t, text, "--- PASS: TestContainerdScenarios/")
			assert.NotContains(t, text, "| containerd", "nothing was counted")
		})
	}
}
