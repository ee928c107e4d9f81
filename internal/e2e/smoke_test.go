package e2e_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/node"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/recorder"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

// The mirrors of these tests. Nothing listens at refused.
const (
	missing = "127.0.0.1:5104"
	broken  = "127.0.0.1:5105"
	refused = "127.0.0.1:5109"
	serving = "127.0.0.1:5101"
)

func registries(t *testing.T) *recorder.Recorder {
	t.Helper()
	image, err := recorder.NewImage(t.Name())
	require.NoError(t, err)
	r, err := recorder.Start(image,
		recorder.Endpoint{Name: "missing", Addr: missing, Mode: recorder.NotFound},
		recorder.Endpoint{Name: "broken", Addr: broken, Mode: recorder.ServerError},
		recorder.Endpoint{Name: "serving", Addr: serving},
		node.Upstream())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

// configure makes the mirrors those of docker.io.
func configure(n *node.Node, mirrors ...string) {
	switch n.Engine.Kind {
	case engines.Containerd:
		n.Write("/etc/containerd/config.toml", `version = 2
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"
`)
		hosts := ""
		for _, mirror := range mirrors {
			hosts += fmt.Sprintf("[host.\"http://%s\"]\n", mirror)
		}
		n.Write("/etc/containerd/certs.d/docker.io/hosts.toml", hosts)
	case engines.Dockerd:
		n.Write("/etc/docker/daemon.json", `{"registry-mirrors": ["http://`+strings.Join(mirrors, `", "http://`)+`"]}`)
	default:
		registries := "[[registry]]\nlocation = \"docker.io\"\n"
		for _, mirror := range mirrors {
			registries += fmt.Sprintf("[[registry.mirror]]\nlocation = %q\ninsecure = true\n", mirror)
		}
		n.Write("/etc/containers/registries.conf", registries)
	}
}

// expected are the manifest requests of a pull which goes from one address to the next until one has the image.
// Addresses are given as "URL STATUS".
func expected(engine engines.Engine, reference, digest string, addresses ...string) []string {
	var lines []string
	add := func(method, reference string) func(address, status, query string) {
		return func(address, status, query string) {
			lines = append(lines, fmt.Sprintf("%s %s/v2/library/alpine/manifests/%s%s %s", method, address, reference, query, status))
		}
	}
	walk := func(steps ...func(address, status, query string)) {
		for _, line := range addresses {
			address, status, _ := strings.Cut(line, " ")
			query := ""
			if containerdFetches(engine) && !strings.Contains(address, "docker.io") {
				query = "?ns=docker.io"
			}
			for _, step := range steps {
				step(address, status, query)
			}
		}
	}
	switch {
	case containerdFetches(engine): // resolves at all, then fetches from all
		walk(add("HEAD", reference))
		walk(add("GET", digest))
	case engine.Kind != engines.Dockerd || reference == digest:
		walk(add("GET", reference))
	default: // HEAD for the tag, repeated as GET where it fails; then GET of what it named
		walk(add("HEAD", reference), func(address, status, query string) {
			if status == "200" {
				add("GET", digest)(address, status, query)
			} else {
				add("GET", reference)(address, status, query)
			}
		})
	}
	return lines
}

// containerdFetches says whether containerd's resolver does the pull: in containerd, and in a dockerd that
// uses the containerd image store unless told otherwise.
func containerdFetches(engine engines.Engine) bool {
	return engine.Kind == engines.Containerd || engine.Kind == engines.Dockerd && major(engine) >= 29
}

func major(engine engines.Engine) int {
	first, _, _ := strings.Cut(engine.Version, ".")
	number, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return number
}

func TestMirrorChain(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		r := registries(t)
		n := node.New(t, engine, r)
		configure(n, missing, broken, refused, serving)
		digest := r.Image().Digest(recorder.TagSingle)
		for _, test := range []struct{ name, reference string }{
			{"docker.io/library/alpine:latest", "latest"},
			{"docker.io/library/alpine@" + digest, digest},
		} {
			pull := n.Pull(test.name)
			require.NoError(t, pull.Err)
			assert.Equal(t, expected(engine, test.reference, digest,
				"http://"+missing+" 404", "http://"+broken+" 500", "http://"+serving+" 200"), pull.Requests.Manifests().Lines())
			require.NoError(t, n.Wipe())
		}
	})
}

func TestUpstreamComesLast(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		r := registries(t)
		n := node.New(t, engine, r)
		configure(n, missing)
		pull := n.Pull("docker.io/library/alpine:latest")
		require.NoError(t, pull.Err)
		assert.Equal(t, expected(engine, "latest", r.Image().Digest(recorder.TagSingle),
			"http://"+missing+" 404", "https://registry-1.docker.io 200"), pull.Requests.Manifests().Lines())
		require.NoError(t, n.Forget("docker.io/library/alpine:latest"))
		none := n.Pull("docker.io/library/alpine:none")
		require.Error(t, none.Err)
		assert.Len(t, none.Requests.Attempts("none"), 2)
		assert.NotEmpty(t, none.Output)
	})
}

func TestIndexLeadsToThisPlatform(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		r := registries(t)
		n := node.New(t, engine, r)
		configure(n, serving)
		pull := n.Pull("docker.io/library/alpine:" + recorder.TagIndex)
		require.NoError(t, pull.Err)
		last := pull.Requests.Manifests()[len(pull.Requests.Manifests())-1]
		assert.Contains(t, last.Path, "/manifests/"+r.Image().Digest(recorder.TagSingle))
	})
}

func TestCtrReadsHostsDir(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		r := registries(t)
		n := node.New(t, engine, r)
		configure(n, missing, serving)
		require.NoError(t, n.Start())
		pull := n.Run("ctr", "images", "pull", "--hosts-dir", "/etc/containerd/certs.d", "docker.io/library/alpine:latest")
		require.NoError(t, pull.Err)
		assert.Equal(t, expected(engine, "latest", r.Image().Digest(recorder.TagSingle),
			"http://"+missing+" 404", "http://"+serving+" 200"), pull.Requests.Manifests().Lines())
	}, engines.Containerd)
}

func TestDockerdReloads(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		r := registries(t)
		n := node.New(t, engine, r)
		configure(n, missing)
		require.NoError(t, n.Start())
		configure(n, serving)
		require.NoError(t, n.Reload())
		pull := n.Pull("docker.io/library/alpine:latest")
		require.NoError(t, pull.Err)
		assert.Equal(t, "http://"+serving, baseOf(pull.Requests.Attempts("latest")))
		n.Write("/etc/docker/daemon.json", `{"registry-mirrors": ["ftp://127.0.0.1"]}`)
		assert.ErrorContains(t, n.Reload(), "ftp")
	}, engines.Dockerd)
}

func TestDockerdWithContainerdImageStore(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		if major(engine) < 26 {
			t.Skip("has no such store")
		}
		r := registries(t)
		n := node.New(t, engine, r)
		n.Write("/etc/docker/daemon.json", `{"registry-mirrors": ["http://`+missing+`", "http://`+serving+`"], "features": {"containerd-snapshotter": true}}`)
		pull := n.Pull("docker.io/library/alpine:latest")
		require.NoError(t, pull.Err)
		assert.Equal(t, []string{
			"HEAD http://" + missing + "/v2/library/alpine/manifests/latest?ns=docker.io 404",
			"HEAD http://" + serving + "/v2/library/alpine/manifests/latest?ns=docker.io 200",
		}, pull.Requests.Attempts("latest").Lines())
	}, engines.Dockerd)
}

func TestDaemonThatCannotStart(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		n := node.New(t, engine, registries(t))
		n.Write("/etc/docker/daemon.json", `{"registry-mirorrs": []}`)
		assert.ErrorContains(t, n.Start(), "registry-mirorrs")
		n.Write("/etc/docker/daemon.json", `{}`)
		assert.NoError(t, n.Start())
	}, engines.Dockerd)
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		n := node.New(t, engine, registries(t))
		n.Write("/etc/containerd/config.toml", `version = `)
		assert.ErrorContains(t, n.Start(), "containerd ended")
	}, engines.Containerd)
}

func TestContainerdWithoutCRIStarts(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		n := node.New(t, engine, registries(t))
		n.Write("/etc/containerd/config.toml", `version = 2
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
  endpoint = ["http://`+serving+`"]
`)
		require.NoError(t, n.Start())
		pull := n.Pull("docker.io/library/alpine:latest")
		assert.ErrorContains(t, pull.Err, "unknown service runtime.v1.ImageService")
		assert.Empty(t, pull.Requests)
		assert.Contains(t, n.Log(), "`mirrors` cannot be set when `config_path` is provided")
	}, engines.Containerd)
}

func TestNothingIsLeftRunning(t *testing.T) {
	node.Each(t, func(t *testing.T, engine engines.Engine) {
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		require.NoError(t, err)
		require.True(t, t.Run("node", func(t *testing.T) {
			n := node.New(t, engine, registries(t))
			configure(n, serving)
			require.NoError(t, n.Pull("docker.io/library/alpine:latest").Err)
		}))
		assert.Empty(t, sandbox.Leftovers())
		after, err := os.ReadFile("/proc/self/mountinfo")
		require.NoError(t, err)
		assert.Equal(t, string(mounts), string(after))
	})
}

func baseOf(requests recorder.Requests) string {
	if len(requests) == 0 {
		return ""
	}
	return requests[0].Scheme + "://" + requests[0].Host
}
