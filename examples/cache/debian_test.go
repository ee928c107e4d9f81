package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
)

// program returns the path of a Debian package's program, or skips the test
// where it is not installed; MIRRORCFG_E2E=require fails it instead.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	missing := "no " + name + ": apt-get install docker-registry redis-server"
	if os.Getenv("MIRRORCFG_E2E") == "require" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// freePort is a port of loopback that nothing uses.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// background runs a program until the test ends and keeps what it says.
func background(t *testing.T, path string, arguments ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, arguments...)
	log, err := os.Create(filepath.Join(t.TempDir(), filepath.Base(path)+".log"))
	require.NoError(t, err)
	command.Stdout, command.Stderr, command.Dir = log, log, t.TempDir()
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s\n%s", path, text)
		}
		_ = log.Close()
	})
}

// answers waits until a port takes connections.
func answers(t *testing.T, host string) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", host, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 15*time.Second, 20*time.Millisecond, "%s does not answer", host)
}

// redisKeys counts the keys of a database.
func redisKeys(t *testing.T, host string, database int) int {
	t.Helper()
	c, err := net.Dial("tcp", host)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	_, err = fmt.Fprintf(c, "SELECT %d\r\nDBSIZE\r\n", database)
	require.NoError(t, err)
	r := bufio.NewReader(c)
	_, err = r.ReadString('\n')
	require.NoError(t, err)
	line, err := r.ReadString('\n')
	require.NoError(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, ":")))
	require.NoError(t, err, line)
	return n
}

// Debian's docker-registry 2.8 as a cache, with its descriptors in Debian's
// Redis.
func TestDebianRegistryWithRedis(t *testing.T) {
	registry, redis := program(t, "docker-registry"), program(t, "redis-server")

	redisHost := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	background(t, redis, "--port", strings.TrimPrefix(redisHost, "127.0.0.1:"), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	answers(t, redisHost)

	upstream, err := startUpstream()
	require.NoError(t, err)
	t.Cleanup(upstream.stop)

	const database = 2
	dir := t.TempDir()
	data, err := cacheConfig(upstream.host, filepath.Join(dir, "data"), "2.8", &distribution.Redis{Addresses: []string{redisHost}, DB: database})
	require.NoError(t, err)
	f, err := distribution.Parse("config.yml", data)
	require.NoError(t, err)
	ds, err := f.Lint("2.8")
	require.NoError(t, err)
	require.Empty(t, ds)
	c := f.Config()
	c.HTTP.Addr = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	data, ds, err = c.Encode("2.8")
	require.NoError(t, err)
	require.Empty(t, ds)
	file := filepath.Join(dir, "config.yml")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	background(t, registry, "serve", file)
	answers(t, c.HTTP.Addr)
	response, err := http.Get("http://" + c.HTTP.Addr + "/v2/")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))

	digest, err := push(upstream.host)
	require.NoError(t, err)
	require.Zero(t, redisKeys(t, redisHost, database))
	got, err := pull(c.HTTP.Addr)
	require.NoError(t, err)
	assert.Equal(t, digest, got)
	assert.GreaterOrEqual(t, upstream.blobs.Load(), int64(layers+1))

	// The cache writes a blob beside sending it: wait until it has them all.
	require.Eventually(t, func() bool { return redisKeys(t, redisHost, database) >= layers+1 }, 10*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool {
		blobs, err := filepath.Glob(filepath.Join(dir, "data/docker/registry/v2/blobs/sha256/*/*/data"))
		return err == nil && len(blobs) >= layers+2 // the manifest, too
	}, 10*time.Second, 20*time.Millisecond)

	before := upstream.blobs.Load()
	got, err = pull(c.HTTP.Addr)
	require.NoError(t, err)
	assert.Equal(t, digest, got)
	assert.Equal(t, before, upstream.blobs.Load(), "the second pull asked the registry for blobs")

	upstream.stop()
	got, err = pull(c.HTTP.Addr)
	require.NoError(t, err, "without the registry")
	assert.Equal(t, digest, got)
}
