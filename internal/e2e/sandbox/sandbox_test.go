package sandbox_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

func TestMain(m *testing.M) { os.Exit(sandbox.Main(m)) }

func TestNetworkIsLoopbackOnly(t *testing.T) {
	sandbox.Require(t)
	interfaces, err := net.Interfaces()
	require.NoError(t, err)
	require.Len(t, interfaces, 1)
	assert.NotZero(t, interfaces[0].Flags&net.FlagLoopback)
	_, err = net.DialTimeout("udp", "192.0.2.1:53", time.Second) // connecting a UDP socket only looks up a route
	assert.ErrorIs(t, err, syscall.ENETUNREACH)
	for _, address := range []string{"127.0.0.1:443", "127.0.0.2:443"} {
		listener, err := net.Listen("tcp", address)
		require.NoError(t, err)
		connection, err := net.Dial("tcp", address)
		require.NoError(t, err)
		require.NoError(t, connection.Close())
		require.NoError(t, listener.Close())
	}
}

func TestProgramSeesItsRoot(t *testing.T) {
	sandbox.Require(t)
	layer, err := os.MkdirTemp("/run", "layer") // not below "/", the layer under it: that would be a loop
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(layer, "top"), []byte("from the upper layer\n"), 0o644))
	root := sandbox.NewRoot(t, layer, "/")
	require.NoError(t, root.WriteFile("/etc/e2e/deep/file", []byte("written\n"), 0o600))
	command, err := root.Command(t.Context(), []string{"EXTRA=1"}, "sh", "-c",
		`cat /top /etc/e2e/deep/file; echo $EXTRA; test -e `+layer+` || echo alone; mount -o remount,ro / && umount /var/lib && echo may mount; echo done > /tmp/out`)
	require.NoError(t, err)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	_, outside := os.Stat("/etc/e2e")
	assert.ErrorIs(t, outside, os.ErrNotExist, "the layer below must not change")
	written, err := os.ReadFile(root.Path("/tmp/out"))
	require.NoError(t, err)
	assert.Equal(t, "done\n", string(written))
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	assert.Equal(t, []string{"from the upper layer", "written", "1", "alone", "may mount"}, lines)
}

func TestProgramThatIsNotThere(t *testing.T) {
	root := sandbox.NewRoot(t, "/")
	command, err := root.Command(t.Context(), nil, "no-such-program")
	require.NoError(t, err)
	output, err := command.CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(output), "no-such-program: not in /usr/local/sbin")
}

// sleeperVariable makes this test binary start a program and wait to be killed.
const sleeperVariable = "MIRRORCFG_E2E_TEST_SLEEPER"

func TestSleeper(t *testing.T) {
	if os.Getenv(sleeperVariable) == "" {
		return // only a part of TestNothingSurvives
	}
	command, err := sandbox.NewRoot(t, "/").Command(t.Context(), nil, "sh", "-c", "setsid sleep 1000 & sleep 1000")
	require.NoError(t, err)
	require.NoError(t, command.Start())
	fmt.Println("sleeping")
	_ = command.Wait()
}

func TestNothingSurvives(t *testing.T) {
	sandbox.Require(t)
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			mounts := read(t, "/proc/self/mountinfo")
			require.Empty(t, sandbox.Leftovers())
			command := exec.Command("/proc/self/exe", "-test.run=^TestSleeper$", "-test.v")
			command.Env = append(os.Environ(), sleeperVariable+"=1")
			output, err := command.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			lines := bufio.NewScanner(output)
			for lines.Scan() && lines.Text() != "sleeping" {
			}
			require.Equal(t, "sleeping", lines.Text())
			require.NoError(t, command.Process.Signal(signal))
			_ = command.Wait()
			assert.Eventually(t, func() bool { return len(sandbox.Leftovers()) == 0 }, 5*time.Second, 20*time.Millisecond)
			assert.Equal(t, mounts, read(t, "/proc/self/mountinfo"))
		})
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}
