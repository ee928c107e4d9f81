package distribution_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/docker/distribution"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recipe is the configuration that USTC's help page for Docker Hub gives.
func recipe(t *testing.T) *distribution.File {
	t.Helper()
	data, err := os.ReadFile("testdata/ustc-dockerhub.yml")
	require.NoError(t, err)
	f, err := distribution.Parse("config.yml", data)
	require.NoError(t, err)
	assert.Equal(t, data, f.Format())
	return f
}

// found is "line code" of each diagnostic.
func found(ds mirror.Diagnostics) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, strings.TrimPrefix(strings.TrimPrefix(d.Error(), "config.yml:"), ""))
	}
	for i, d := range ds {
		out[i] = strings.Join([]string{strings.SplitN(out[i], ":", 2)[0], d.Code}, " ")
	}
	return out
}

func TestRecipe(t *testing.T) {
	f := recipe(t)
	ds, err := f.Lint("2.8")
	require.NoError(t, err)
	assert.Empty(t, ds, "the recipe is right for the version that it was written for")

	ds, err = f.Lint("3.1")
	require.NoError(t, err)
	assert.Equal(t, []string{"8 distribution/redis-missing", "47 distribution/redis-shape"}, found(ds))
	assert.Contains(t, ds[1].Fix, `addrs: ["redis:6379"]`)

	c := f.Config()
	assert.Equal(t, "error", c.LogLevel)
	assert.Equal(t, "https://registry-1.docker.io", c.Proxy.RemoteURL)
	assert.Equal(t, []string{"redis:6379"}, c.Redis.Addresses)
	assert.Equal(t, "redis", c.Storage.Cache)
	assert.Equal(t, mirror.On, c.Storage.Delete)
	assert.Equal(t, mirror.Off, c.Storage.UploadPurging.Enabled)
	assert.Equal(t, "localhost:5001", c.HTTP.DebugAddr)
	require.Len(t, c.Notifications, 2)
	assert.Equal(t, "local-5003", c.Notifications[0].Name)
	assert.Equal(t, "Bearer <an example token>", c.Notifications[0].Headers[0].Values[0].Reveal())
	assert.Equal(t, time.Second, *c.Notifications[1].Backoff)
	assert.True(t, c.Secret())

	// Moved to version 3, it is in order.
	data, ds, err := c.Encode("3.1")
	require.NoError(t, err)
	assert.Empty(t, ds)
	moved, err := distribution.Parse("config.yml", data)
	require.NoError(t, err)
	ds, err = moved.Lint("3.1")
	require.NoError(t, err)
	assert.Empty(t, ds, "%s", data)
	assert.Equal(t, c, moved.Config())
}

// The recipe's own command is for registry:2.5.1; the same mounts under
// registry:3 are never read.
func TestRecipeCommand(t *testing.T) {
	command := func(image string) []string {
		return []string{
			"docker", "run", "-itd", "--name", "dockerhub-mirror", "--restart=always", "--net=docker-registry",
			"-v", "/srv/docker/dockerhub/data:/var/lib/registry",
			"-v", "/srv/docker/dockerhub/config.yml:/etc/docker/registry/config.yml:ro",
			"-p", "127.0.0.1:5000:5000/tcp", "--log-driver=journald", image,
		}
	}
	assert.Empty(t, distribution.LintRun(command("registry:2.5.1")))
	for _, image := range []string{"registry:3", "registry:3.0.0", "registry", "docker.io/library/registry:latest", "distribution/distribution:3.1.2"} {
		ds := distribution.LintRun(command(image))
		require.Len(t, ds, 1, image)
		assert.Equal(t, "distribution/config-path", ds[0].Code)
		assert.Equal(t, "args[10]", ds[0].Field)
		assert.Contains(t, ds[0].Fix, "/etc/distribution/config.yml")
	}
	assert.Len(t, distribution.LintRun([]string{"run", "--mount=type=bind,src=/a,dst=/etc/distribution", "registry:2"}), 1)
	assert.Len(t, distribution.LintRun([]string{"run", "-e", "REGISTRY_PROXY_REMOTE_URL=https://x", "registry:2"}), 1)
	assert.Empty(t, distribution.LintRun([]string{"run", "-v", "/a:/etc/docker/registry/config.yml", "alpine"}))
}

func TestEnvironment(t *testing.T) {
	ds := distribution.LintEnvironment([]string{
		"REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io", "REGISTRY_PROXY_REMOTE_URL=x", "REGISTRY_PROXY_TTL=168h", "PATH=/bin",
		"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/x", "REGISTRY_HTTP_ADDR=:5000", "REGISTRY_NONSENSE=1", "REGISTRY_AUTH_HTPASSWD_REALM=x",
	})
	require.Len(t, ds, 2)
	assert.Equal(t, "environment[1]", ds[0].Field)
	assert.Equal(t, "write REGISTRY_PROXY_REMOTEURL", ds[0].Fix)
	assert.Equal(t, "environment[6]", ds[1].Field)
}

func TestLint(t *testing.T) {
	const good = "version: 0.1\nstorage:\n  inmemory:\n  delete: {enabled: true}\n"
	for name, c := range map[string]struct {
		version, text string
		want          []string
	}{
		"good":                  {"3.1", good + "proxy:\n  remoteurl: https://quay.io\n  ttl: 24h\n", nil},
		"no version":            {"3.1", "storage: inmemory\n", []string{"1 distribution/version"}},
		"version 1.0":           {"3.1", "version: 1.0\nstorage: inmemory\n", []string{"1 distribution/version"}},
		"no storage":            {"3.1", "version: 0.1\n", []string{"1 distribution/storage"}},
		"two drivers":           {"3.1", "version: 0.1\nstorage:\n  filesystem: {}\n  inmemory: {}\n", []string{"4 distribution/storage"}},
		"swift":                 {"3.1", "version: 0.1\nstorage:\n  swift: {a: b}\n", []string{"3 distribution/storage-removed"}},
		"swift in 2.8":          {"2.8", "version: 0.1\nstorage:\n  swift: {a: b}\n", nil},
		"typo":                  {"3.1", good + "proxy:\n  remote_url: https://quay.io\n", []string{"6 distribution/unknown-key"}},
		"twice":                 {"3.1", good + "log: {level: info}\nlog: {level: debug}\n", []string{"6 distribution/duplicate-key"}},
		"ttl without delete":    {"3.1", "version: 0.1\nstorage: {inmemory: {}}\nproxy:\n  remoteurl: https://quay.io\n  ttl: 24h\n", []string{"5 distribution/ttl-without-delete"}},
		"default ttl":           {"2.8", "version: 0.1\nstorage: {inmemory: {}}\nproxy:\n  remoteurl: https://quay.io\n", []string{"4 distribution/ttl-without-delete"}},
		"kept for ever":         {"3.1", "version: 0.1\nstorage: {inmemory: {}}\nproxy:\n  remoteurl: https://quay.io\n  ttl: 0\n", nil},
		"ttl without unit":      {"3.1", good + "proxy:\n  remoteurl: https://quay.io\n  ttl: 168\n", []string{"7 distribution/duration-without-unit"}},
		"ttl in days":           {"3.1", good + "proxy:\n  remoteurl: https://quay.io\n  ttl: 7d\n", []string{"7 distribution/duration"}},
		"ttl in 2.8":            {"2.8", good + "proxy:\n  remoteurl: https://quay.io\n  ttl: 24h\n", []string{"7 distribution/unknown-key"}},
		"several upstreams":     {"3.1", good + "proxy:\n  remoteurl: [https://quay.io, https://ghcr.io]\n", []string{"6 distribution/several-upstreams"}},
		"joined by a comma":     {"3.1", good + "proxy:\n  remoteurl: https://quay.io,https://ghcr.io\n", []string{"6 distribution/several-upstreams"}},
		"docker.io":             {"3.1", good + "proxy:\n  remoteurl: https://docker.io\n", []string{"6 distribution/remote-url"}},
		"no scheme":             {"3.1", good + "proxy:\n  remoteurl: quay.io\n", []string{"6 distribution/remote-url"}},
		"path":                  {"3.1", good + "proxy:\n  remoteurl: https://quay.io/a/b\n", []string{"6 distribution/remote-url-path"}},
		"path with a slash":     {"3.1", good + "proxy:\n  remoteurl: https://quay.io/a/b/\n", nil},
		"redis.addrs in 2.8":    {"2.8", good + "redis:\n  addrs: [a:1]\n", []string{"6 distribution/redis-shape"}},
		"redis without a redis": {"2.8", "version: 0.1\nstorage:\n  inmemory:\n  cache:\n    blobdescriptor: redis\n", []string{"5 distribution/redis-missing"}},
		"cache of a kind":       {"3.1", "version: 0.1\nstorage:\n  inmemory:\n  cache:\n    blobdescriptor: memcached\n", []string{"5 distribution/cache-kind"}},
		"pool in 3":             {"3.1", good + "redis:\n  addrs: [a:1]\n  pool: {maxidle: 3}\n", []string{"7 distribution/unknown-key"}},
		"wrong types":           {"3.1", good + "http:\n  headers:\n    A: b\n  debug: yes\nredis: {db: x, addrs: a}\n", []string{"7 distribution/wrong-type", "8 distribution/wrong-type", "9 distribution/wrong-type", "9 distribution/wrong-type"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := distribution.Parse("config.yml", []byte(c.text))
			require.NoError(t, err)
			ds, err := f.Lint(c.version)
			require.NoError(t, err)
			want := c.want
			if want == nil {
				want = []string{}
			}
			assert.Equal(t, want, found(ds), "%v", ds)
			for _, d := range ds {
				assert.NotEmpty(t, d.Fix)
				assert.NotEmpty(t, d.Message)
			}
		})
	}
	f, err := distribution.Parse("config.yml", []byte(good))
	require.NoError(t, err)
	_, err = f.Lint("three")
	assert.Error(t, err)
}

func TestRulesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range distribution.Rules() {
		assert.True(t, strings.HasPrefix(r.Code, "distribution/"))
		assert.False(t, seen[r.Code], r.Code)
		seen[r.Code] = true
		assert.NotEmpty(t, r.Summary, r.Code)
		assert.NotEmpty(t, r.Consequence, r.Code)
		assert.NotEmpty(t, r.Fix, r.Code)
	}
}
