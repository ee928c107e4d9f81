package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestMain(m *testing.M) {
	logrus.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// The second pull asks the registry for no blob, and the third works without
// the registry.
func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(&out), out.String())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	assert.Contains(t, lines[1], "4 blob requests") // three layers and the configuration
	assert.Contains(t, lines[2], " 0 blob requests")
	assert.Contains(t, lines[3], " 0 blob requests")
}

// What docker/distribution writes means the same to Distribution's own
// parser.
func TestWrittenConfigurationIsUnderstood(t *testing.T) {
	second, day := time.Second, 24*time.Hour
	c := distribution.Config{
		LogLevel: "warn",
		Storage: distribution.Storage{
			Driver: "filesystem", Parameters: []distribution.Entry{{Key: "rootdirectory", Value: distribution.Value{Kind: distribution.Scalar, Text: "/var/lib/registry"}}},
			Cache: "redis", Delete: mirror.On, ReadOnly: mirror.Off, TagConcurrency: 4,
			UploadPurging: &distribution.UploadPurging{Enabled: mirror.On, Age: &day, Interval: &second, DryRun: mirror.Off},
		},
		HTTP: distribution.HTTP{
			Addr: "127.0.0.1:5000", Secret: mirror.NewSecret("0x1F"), DebugAddr: ":5001", Prometheus: mirror.On,
			Headers: []mirror.Header{{Name: "X-Test", Values: []mirror.Secret{mirror.NewSecret("a: b, [c] # d"), mirror.NewSecret("12:30:45")}}},
		},
		Proxy: &distribution.Proxy{
			RemoteURL: "https://registry-1.docker.io", Username: mirror.NewSecret("yes"), Password: mirror.NewSecret("p\"w\\\té"), TTL: &day, CacheWriteTimeout: &second,
		},
		Redis: &distribution.Redis{
			Addresses: []string{"127.0.0.1:6379", "[::1]:6380"}, Username: mirror.NewSecret("u"), Password: mirror.NewSecret("1e3"), DB: 3,
			DialTimeout: &second, MaxIdle: 2, MaxActive: 7, IdleTimeout: &day,
		},
		Health:        distribution.StorageHealth{Enabled: mirror.On, Interval: &second, Threshold: 3},
		Notifications: []distribution.NotificationEndpoint{{Name: "n", URL: "http://127.0.0.1:1/x?y=z", Timeout: &second, Threshold: 5, Backoff: &second, Disabled: mirror.On, Headers: []mirror.Header{{Name: "Authorization", Values: []mirror.Secret{mirror.NewSecret("Bearer x")}}}}},
	}
	data, ds, err := c.Encode("3.1")
	require.NoError(t, err)
	require.Empty(t, ds)
	got, err := parse(data)
	require.NoError(t, err, "%s", data)

	assert.Equal(t, configuration.Loglevel("warn"), got.Log.Level)
	assert.Equal(t, "filesystem", got.Storage.Type())
	assert.Equal(t, "/var/lib/registry", got.Storage.Parameters()["rootdirectory"])
	assert.Equal(t, true, got.Storage["delete"]["enabled"])
	assert.Equal(t, "redis", got.Storage["cache"]["blobdescriptor"])
	assert.Equal(t, 4, got.Storage.TagParameters()["concurrencylimit"])
	assert.Equal(t, map[any]any{"enabled": true, "age": "24h0m0s", "interval": "1s", "dryrun": false}, got.Storage["maintenance"]["uploadpurging"])
	assert.Equal(t, "127.0.0.1:5000", got.HTTP.Addr)
	assert.Equal(t, "0x1F", got.HTTP.Secret)
	assert.Equal(t, []string{"a: b, [c] # d", "12:30:45"}, got.HTTP.Headers["X-Test"])
	assert.Equal(t, ":5001", got.HTTP.Debug.Addr)
	assert.True(t, got.HTTP.Debug.Prometheus.Enabled)
	assert.Equal(t, "https://registry-1.docker.io", got.Proxy.RemoteURL)
	assert.Equal(t, "yes", got.Proxy.Username)
	assert.Equal(t, "p\"w\\\té", got.Proxy.Password)
	assert.Equal(t, day, *got.Proxy.TTL)
	assert.Equal(t, second, *got.Proxy.CacheWriteTimeout)
	r := got.Redis.Options
	assert.Equal(t, []string{"127.0.0.1:6379", "[::1]:6380"}, r.Addrs)
	assert.Equal(t, "1e3", r.Password)
	assert.Equal(t, []any{3, second, 2, 7, day}, []any{r.DB, r.DialTimeout, r.MaxIdleConns, r.PoolSize, r.ConnMaxIdleTime})
	assert.Equal(t, configuration.StorageDriver{Enabled: true, Interval: second, Threshold: 3}, got.Health.StorageDriver)
	require.Len(t, got.Notifications.Endpoints, 1)
	n := got.Notifications.Endpoints[0]
	assert.Equal(t, []any{"n", "http://127.0.0.1:1/x?y=z", second, 5, true}, []any{n.Name, n.URL, n.Timeout, n.Threshold, n.Disabled})
	assert.Equal(t, "Bearer x", n.Headers.Get("Authorization"))
}

// Where Lint of version 3 finds an error, Distribution 3 refuses to start, or
// does not do what the file says; where it finds nothing, it starts.
func TestLintAgainstDistribution(t *testing.T) {
	const good = "version: 0.1\nstorage:\n  inmemory:\n"
	for name, c := range map[string]struct {
		text   string
		starts bool
		check  func(t *testing.T, c *configuration.Configuration)
	}{
		"nothing wrong":     {good + "proxy: {username: x}\n", true, nil},
		"no version":        {"storage: inmemory\n", false, nil},
		"version 1.0":       {"version: 1.0\nstorage: inmemory\n", false, nil},
		"no storage":        {"version: 0.1\n", false, nil},
		"two drivers":       {"version: 0.1\nstorage: {filesystem: {}, inmemory: {}}\n", false, nil},
		"ttl in days":       {good + "proxy: {remoteurl: \"http://127.0.0.1:1\", ttl: 7d}\n", false, nil},
		"several upstreams": {good + "proxy: {remoteurl: [a, b]}\n", false, nil},
		"redis is missing":  {good + "  cache: {blobdescriptor: redis}\n", false, nil},
		"redis of 2.8":      {good + "  cache: {blobdescriptor: redis}\nredis: {addr: \"127.0.0.1:1\"}\n", false, nil},
		"ttl without unit": {good + "proxy: {ttl: 168}\n", true, func(t *testing.T, c *configuration.Configuration) {
			assert.Equal(t, 168*time.Nanosecond, *c.Proxy.TTL)
		}},
		"a header that is no list": {good + "http: {headers: {A: b}}\n", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := distribution.Parse("config.yml", []byte(c.text))
			require.NoError(t, err)
			ds, err := f.Lint("3.1")
			require.NoError(t, err)
			config, err := parse([]byte(c.text))
			if err == nil {
				if c.check != nil {
					c.check(t, config)
				}
				var s server
				if s, err = serve(config); err == nil {
					s.stop()
				}
			}
			assert.Equal(t, c.starts, err == nil, "%v", err)
			if !c.starts {
				assert.Error(t, ds.Err())
			} else if c.check == nil {
				assert.Empty(t, ds)
			}
		})
	}
}
