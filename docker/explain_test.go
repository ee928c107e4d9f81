package docker

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

const hubToml = "/etc/docker/certs.d/docker.io/hosts.toml"

// onNode makes a file system of paths and contents.
func onNode(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[strings.TrimPrefix(files[i], "/")] = &fstest.MapFile{Data: []byte(files[i+1]), Mode: 0o644}
	}
	return fsys
}

func daemonJSON(text string) fstest.MapFS { return onNode("/etc/docker/daemon.json", text) }

func explain(t testing.TB, e Engine, fsys fstest.MapFS, reference string, op mirror.Operation) mirror.Explanation {
	t.Helper()
	v, err := e.Read(fsys)
	require.NoError(t, err)
	ref, err := mirror.ParseReference(reference)
	require.NoError(t, err)
	return v.Explain(ref, op)
}

// lines are the requests as METHOD URL TLS.
func lines(e mirror.Explanation) []string {
	out := []string{}
	for _, a := range e.Attempts {
		line := a.Method + " " + a.URL
		if a.TLS != mirror.TLSVerified {
			line += " " + a.TLS.String()
		}
		out = append(out, line)
	}
	return out
}

const (
	hubTag  = "HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3"
	someDig = "sha256:e692418e4cbaf90ca69d05a66403747baa33ee08806650b51fab815ad7fc331f"
)

func TestExplain(t *testing.T) {
	old := Engine{Version: "28.5", ImageStore: Graphdriver}
	store := Engine{Version: "29"}
	for _, tc := range []struct {
		name   string
		engine Engine
		files  fstest.MapFS
		ref    string
		op     mirror.Operation
		want   []string
	}{
		{"nothing, graph driver", old, onNode(), "alpine:3", mirror.OpPull, []string{hubTag}},
		{"nothing, containerd", store, onNode(), "alpine:3", mirror.OpPull, []string{hubTag}},
		{"graph driver, tag", old, daemonJSON(`{"registry-mirrors": ["https://a", "http://b:5000/"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3", "HEAD http://b:5000/v2/library/alpine/manifests/3 http", hubTag}},
		{"graph driver, digest", old, daemonJSON(`{"registry-mirrors": ["https://a"]}`), "alpine@" + someDig, mirror.OpPull,
			[]string{"GET https://a/v2/library/alpine/manifests/" + someDig, "GET https://registry-1.docker.io/v2/library/alpine/manifests/" + someDig}},
		{"graph driver, push", old, daemonJSON(`{"registry-mirrors": ["https://a"]}`), "team/app:1", mirror.OpPush,
			[]string{"PUT https://registry-1.docker.io/v2/team/app/manifests/1"}},
		{"containerd, tag", store, daemonJSON(`{"registry-mirrors": ["https://a", "http://b:5000/"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", "HEAD http://b:5000/v2/library/alpine/manifests/3?ns=docker.io http", hubTag}},
		{"containerd, push", store, daemonJSON(`{"registry-mirrors": ["https://a"]}`), "team/app:1", mirror.OpPush,
			[]string{"HEAD https://registry-1.docker.io/v2/team/app/manifests/1"}},
		{"builder on a graph driver", Engine{Version: "28.5", ImageStore: Graphdriver, Builder: true}, daemonJSON(`{"registry-mirrors": ["https://a"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"mirrors are for docker.io alone", store, daemonJSON(`{"registry-mirrors": ["https://a"]}`), "quay.io/x/y:1", mirror.OpPull,
			[]string{"HEAD https://quay.io/v2/x/y/manifests/1"}},
		{"path, graph driver", old, daemonJSON(`{"registry-mirrors": ["https://m/hub/", "https://m/v2/"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m/hub/v2/library/alpine/manifests/3", "HEAD https://m/v2/v2/library/alpine/manifests/3", hubTag}},
		{"path, containerd", store, daemonJSON(`{"registry-mirrors": ["https://m/hub/", "https://m/v2/", "https://m/v2/proxy"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m/hub/v2/library/alpine/manifests/3?ns=docker.io", "HEAD https://m/v2/library/alpine/manifests/3?ns=docker.io", "HEAD https://m/v2/proxy/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"path, containerd 27", Engine{Version: "27.5", ImageStore: Containerd}, daemonJSON(`{"registry-mirrors": ["http://m/hub"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m/v2/hub/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"path, containerd 24", Engine{Version: "24.0.9", ImageStore: Containerd}, daemonJSON(`{"registry-mirrors": ["http://m/hub"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"loopback mirror, containerd 26", Engine{Version: "26.1", ImageStore: Containerd}, daemonJSON(`{"registry-mirrors": ["http://127.0.0.2:5000"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD http://127.0.0.2:5000/v2/library/alpine/manifests/3?ns=docker.io http", hubTag}},
		{"insecure mirror, containerd 26", Engine{Version: "26.1", ImageStore: Containerd}, daemonJSON(`{"registry-mirrors": ["http://m:5000"], "insecure-registries": ["m:5000"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m:5000/v2/library/alpine/manifests/3?ns=docker.io skip-verify-then-http", hubTag}},
		{"insecure network, containerd 26", Engine{Version: "26.1", ImageStore: Containerd}, daemonJSON(`{"insecure-registries": ["10.0.0.0/8"]}`), "10.1.2.3:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://10.1.2.3:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"insecure by URL, builder 20.10", Engine{Version: "20.10", Builder: true}, daemonJSON(`{"insecure-registries": ["http://r.example", "https://s.example"]}`), "r.example/x:1", mirror.OpPull,
			[]string{"HEAD http://r.example/v2/x/manifests/1 http"}},
		{"insecure by name is nothing to builder 20.10", Engine{Version: "20.10", Builder: true}, daemonJSON(`{"insecure-registries": ["r.example"]}`), "r.example/x:1", mirror.OpPull,
			[]string{"HEAD https://r.example/v2/x/manifests/1"}},

		{"insecure registry, graph driver", old, daemonJSON(`{"insecure-registries": ["r.example:5000"]}`), "r.example:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://r.example:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"another port", old, daemonJSON(`{"insecure-registries": ["r.example"]}`), "r.example:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://r.example:5000/v2/x/manifests/1"}},
		{"insecure registry, containerd", store, daemonJSON(`{"insecure-registries": ["r.example:5000"]}`), "r.example:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://r.example:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"insecure mirror, graph driver", old, daemonJSON(`{"registry-mirrors": ["https://m:5000"], "insecure-registries": ["m:5000"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://m:5000/v2/library/alpine/manifests/3 skip-verify", hubTag}},
		{"loopback, graph driver", old, onNode(), "localhost:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://localhost:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"loopback, containerd", store, onNode(), "127.0.0.1:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://127.0.0.1:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"IPv6 loopback, graph driver", old, onNode(), "[::1]:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://[::1]:5000/v2/x/manifests/1 skip-verify-then-http"}},
		{"docker.io stays secure", store, daemonJSON(`{"insecure-registries": ["docker.io"]}`), "alpine:3", mirror.OpPull, []string{hubTag}},

		{"hosts.toml hides the list", store, onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://a"]}`, hubToml, "[host.\"https://t\"]\n"), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://t/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"hosts.toml with a server alone does not", store, onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://a"]}`, hubToml, "server = \"https://t\"\n"), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", "HEAD https://t/v2/library/alpine/manifests/3?ns=docker.io"}},
		{"hosts.toml and insecure-registries", store, onNode("/etc/docker/daemon.json", `{"insecure-registries": ["t"]}`, hubToml, "[host.\"https://t\"]\n"), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://t/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"hosts.toml is no TOML", store, onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://a"]}`, hubToml, "[host.\n"), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"hosts.toml, graph driver", old, onNode(hubToml, "[host.\"https://t\"]\n"), "alpine:3", mirror.OpPull, []string{hubTag}},
		{"hosts.toml, 27", Engine{Version: "27", ImageStore: Containerd}, onNode(hubToml, "[host.\"https://t\"]\n"), "alpine:3", mirror.OpPull, []string{hubTag}},
		{"_default", store, onNode("/etc/docker/certs.d/_default/hosts.toml", "[host.\"https://t\"]\n"), "quay.io/x:1", mirror.OpPull,
			[]string{"HEAD https://t/v2/x/manifests/1?ns=quay.io", "HEAD https://quay.io/v2/x/manifests/1"}},
		{"a directory with a certificate hides _default", store, onNode("/etc/docker/certs.d/_default/hosts.toml", "[host.\"https://t\"]\n", "/etc/docker/certs.d/quay.io/ca.crt", "x"), "quay.io/x:1", mirror.OpPull,
			[]string{"HEAD https://quay.io/v2/x/manifests/1"}},
		{"_default hides the list", store, onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://a"]}`, "/etc/docker/certs.d/_default/hosts.toml", "[host.\"https://t\"]\n"), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://t/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"port in a directory's name", store, onNode("/etc/docker/certs.d/r.example_5000_/hosts.toml", "[host.\"https://t\"]\n"), "r.example:5000/x:1", mirror.OpPull,
			[]string{"HEAD https://t/v2/x/manifests/1?ns=r.example%3A5000", "HEAD https://r.example:5000/v2/x/manifests/1"}},
		{"digest only", store, onNode(hubToml, "[host.\"https://t\"]\ncapabilities = [\"pull\"]\n"), "alpine:3", mirror.OpPull, []string{hubTag}},
		{"push goes to the first host that may", store, onNode(hubToml, "[host.\"https://t\"]\n"), "team/app:1", mirror.OpPush,
			[]string{"HEAD https://t/v2/team/app/manifests/1?ns=docker.io"}},
		{"duplicates are dropped", store, daemonJSON(`{"registry-mirrors": ["https://a", "https://a/"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
		{"upper case is a host to graph drivers", old, daemonJSON(`{"registry-mirrors": ["HTTPS://a"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://HTTPS://a/v2/library/alpine/manifests/3", hubTag}},
		{"upper case is a scheme to containerd", store, daemonJSON(`{"registry-mirrors": ["HTTPS://a"]}`), "alpine:3", mirror.OpPull,
			[]string{"HEAD https://a/v2/library/alpine/manifests/3?ns=docker.io", hubTag}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := explain(t, tc.engine, tc.files, tc.ref, tc.op)
			assert.Equal(t, tc.want, lines(e))
			assert.NoError(t, e.Diagnostics.Err())
		})
	}
}

func TestExplainSaysWhereEachEndpointStands(t *testing.T) {
	e := explain(t, Engine{}, daemonJSON("{\n  \"registry-mirrors\": [\n    \"https://a\"\n  ]\n}\n"), "alpine", mirror.OpPull)
	require.Len(t, e.Attempts, 2)
	assert.Equal(t, mirror.Attempt{Method: "HEAD", URL: "https://a/v2/library/alpine/manifests/latest?ns=docker.io", Host: "a", Mirror: true,
		Source: mirror.Position{File: "/etc/docker/daemon.json", Line: 3, Column: 5}}, e.Attempts[0])
	assert.Equal(t, mirror.Attempt{Method: "HEAD", URL: "https://registry-1.docker.io/v2/library/alpine/manifests/latest", Host: "registry-1.docker.io"}, e.Attempts[1])
}

func TestExplainListsWhatIsNotAsked(t *testing.T) {
	both := onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://a"]}`, hubToml, "[host.\"https://t\"]\n")
	e := explain(t, Engine{Version: "29"}, both, "alpine", mirror.OpPull)
	require.Len(t, e.Skipped, 1)
	assert.Equal(t, "a", e.Skipped[0].Host)
	e = explain(t, Engine{Version: "28", ImageStore: Graphdriver}, both, "alpine", mirror.OpPull)
	require.Len(t, e.Skipped, 1)
	assert.Equal(t, "t", e.Skipped[0].Host)
}

func TestNoRequestsFromADaemonThatDoesNotStart(t *testing.T) {
	for _, src := range []string{`{"registry-mirrors": ["m:5000"]}`, `{"registry-mirors": []}`, `{`, `{"insecure-registries": ["*.x"]}`} {
		e := explain(t, Engine{}, daemonJSON(src), "alpine", mirror.OpPull)
		assert.Empty(t, e.Attempts, src)
		assert.Error(t, e.Diagnostics.Err(), src)
	}
}

func TestImageStoreThatDockerdChooses(t *testing.T) {
	for _, tc := range []struct {
		name, version string
		files         fstest.MapFS
		paths         Paths
		want          ImageStore
	}{
		{"new node", "29", onNode(), Paths{}, Containerd},
		{"28", "28.5", onNode(), Paths{}, Graphdriver},
		{"28, chosen", "28.5", daemonJSON(`{"features": {"containerd-snapshotter": true}}`), Paths{}, Containerd},
		{"20.10 has no choice", "20.10", daemonJSON(`{"features": {"containerd-snapshotter": true}}`), Paths{}, Graphdriver},
		{"29, refused", "29", daemonJSON(`{"features": {"containerd-snapshotter": false}}`), Paths{}, Graphdriver},
		{"29, a graph driver's name", "29", daemonJSON(`{"storage-driver": "overlay2"}`), Paths{}, Graphdriver},
		{"29, a snapshotter's name", "29", daemonJSON(`{"storage-driver": "overlayfs"}`), Paths{}, Containerd},
		{"29, upgraded", "29", onNode("/var/lib/docker/overlay2/l/x", ""), Paths{}, Graphdriver},
		{"29, upgraded elsewhere", "29", onNode("/etc/docker/daemon.json", `{"data-root": "/data"}`, "/data/overlay2/l/x", ""), Paths{}, Graphdriver},
		{"29, user namespaces", "29", daemonJSON(`{"userns-remap": "default"}`), Paths{}, Graphdriver},
		{"29, Windows", "29", onNode(), WindowsPaths(), Graphdriver},
	} {
		n, err := Engine{Version: tc.version, Paths: tc.paths}.read(tc.files)
		require.NoError(t, err)
		assert.Equal(t, tc.want, n.store, tc.name)
	}
}

// The budget is 1 µs among 10,000 registries.
func BenchmarkExplain(b *testing.B) {
	fsys := daemonJSON(`{"registry-mirrors": ["https://a", "https://b", "https://c"], "insecure-registries": ["10.0.0.0/8", "r.example"]}`)
	for i := range 10_000 {
		fsys[fmt.Sprintf("etc/docker/certs.d/reg%d.example/hosts.toml", i)] = &fstest.MapFile{Data: []byte("[host.\"https://a.example\"]\n[host.\"https://b.example\"]\n[host.\"https://c.example\"]\n")}
	}
	for _, bench := range []struct {
		name, ref string
		store     ImageStore
	}{
		{"hosts.toml", "reg7777.example/team/app:1.2.3", Containerd},
		{"docker.io", "alpine:3", Containerd},
		{"unnamed", "other.example/x:1", Containerd},
		{"graphdriver", "alpine:3", Graphdriver},
		{"graphdriver, unnamed", "10.2.3.4:5000/x:1", Graphdriver},
	} {
		v, err := Engine{Version: "29", ImageStore: bench.store}.Read(fsys)
		require.NoError(b, err)
		ref, err := mirror.ParseReference(bench.ref)
		require.NoError(b, err)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			start := cpuTime()
			for b.Loop() {
				v.Explain(ref, mirror.OpPull)
			}
			b.ReportMetric(float64(cpuTime()-start)/float64(b.N), "cpu-ns/op")
		})
	}
}

func TestOldLoaderReadsOneValue(t *testing.T) {
	file := fstest.MapFS{"etc/docker/daemon.json": &fstest.MapFile{Data: []byte("{\"registry-mirrors\": [\"https://m.example\"]} {\"registry-mirrors\": []} //\n")}}
	ref, err := mirror.ParseReference("alpine:3")
	require.NoError(t, err)
	for version, attempts := range map[string]int{"20.10": 2, "23.0": 0} {
		view, err := Engine{Version: version}.Read(file)
		require.NoError(t, err)
		require.Len(t, view.Explain(ref, mirror.OpPull).Attempts, attempts, version)
	}
}

func TestInsecureAddressForBuildKit(t *testing.T) {
	file := onNode("/etc/docker/daemon.json", `{"registry-mirrors": ["https://10.0.0.7:5000"], "insecure-registries": ["10.0.0.7:5000"]}`)
	ref, err := mirror.ParseReference("alpine:3")
	require.NoError(t, err)
	for version, want := range map[string]string{"23.0": "https://10.0.0.7:5000/v2/", "24.0": "http://10.0.0.7:5000/v2/"} {
		view, err := Engine{Version: version, Builder: true}.Read(file)
		require.NoError(t, err)
		require.Contains(t, view.Explain(ref, mirror.OpPull).Attempts[0].URL, want, version)
	}
}
