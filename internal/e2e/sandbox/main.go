package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const (
	// RequireVariable, set to "require", makes a test fail where it would otherwise be skipped for want of
	// privileges or engines.
	RequireVariable = "MIRRORCFG_E2E"

	stageVariable = "MIRRORCFG_E2E_STAGE"
	stageInside   = "inside"
	stageEnter    = "enter"
)

// errUnavailable is why this process is not in a sandbox, or nil.
var errUnavailable = errors.New("sandbox.Main was not called by TestMain")

// Main is to be called by TestMain, and its result given to os.Exit:
//
//	func TestMain(m *testing.M) { os.Exit(sandbox.Main(m)) }
//
// It runs the tests inside a sandbox. Where the machine does not allow one, it runs them all the same, and
// Require skips those which need it. A process that is still running after the last test is an error.
func Main(m *testing.M) int {
	switch os.Getenv(stageVariable) {
	case stageEnter:
		fmt.Fprintln(os.Stderr, "sandbox:", enter())
		return 126
	case stageInside:
		_ = os.Unsetenv(stageVariable)
		errUnavailable = setUp()
		code := m.Run()
		if left := Leftovers(); errUnavailable == nil && len(left) > 0 {
			fmt.Fprintln(os.Stderr, "sandbox: still running after the last test:", left)
			return max(code, 1)
		}
		return code
	}
	code, err := outside()
	if err != nil {
		errUnavailable = err
		return m.Run()
	}
	return code
}

// Require skips the test where there is no sandbox, or fails it under MIRRORCFG_E2E=require.
func Require(t testing.TB) {
	t.Helper()
	if errUnavailable != nil {
		SkipOrFail(t, "no sandbox: %v", errUnavailable)
	}
}

// RequireEngines is Require for the tests that start engines. They take about ten minutes, as long as go test
// allows by default, and so run only where MIRRORCFG_E2E is set.
func RequireEngines(t testing.TB) {
	t.Helper()
	Require(t)
	if os.Getenv(RequireVariable) == "" {
		t.Skipf("engines are started where %s=1 is set, with -timeout 20m", RequireVariable)
	}
}

// SkipOrFail skips the test with a reason, or fails it under MIRRORCFG_E2E=require.
func SkipOrFail(t testing.TB, format string, arguments ...any) {
	t.Helper()
	if os.Getenv(RequireVariable) == "require" {
		t.Fatalf(format, arguments...)
	}
	t.Skipf(format, arguments...)
}

// outside runs this program again inside new namespaces and returns its exit code. An error means that they
// could not be made; then nothing was run.
func outside() (int, error) {
	if os.Geteuid() != 0 {
		return 0, errors.New("not root")
	}
	runtime.LockOSThread() // Pdeathsig fires when the thread that started the child ends
	defer runtime.UnlockOSThread()
	child := exec.Command("/proc/self/exe")
	child.Args = os.Args
	child.Env = append(os.Environ(), stageVariable+"="+stageInside)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := child.Start(); err != nil {
		return 0, fmt.Errorf("new namespaces: %w", err)
	}
	go watchParent(child.Process)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	defer signal.Stop(signals)
	go func() {
		for s := range signals {
			if s == syscall.SIGQUIT { // `go test` asks for stacks this way when a test takes too long
				_ = child.Process.Signal(s)
				continue
			}
			_ = child.Process.Kill()
		}
	}()
	err := child.Wait()
	if code := child.ProcessState.ExitCode(); code >= 0 {
		return code, nil
	}
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	return 1, nil
}

// watchParent ends the sandbox when `go test` itself was killed.
func watchParent(child *os.Process) {
	parent := os.Getppid()
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			_ = child.Kill()
			return
		}
	}
}
