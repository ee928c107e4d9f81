package corpus

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// The tests below are named after what other tools lose or break when they
// do the same job.

func node(files map[string]string) mirror.Files {
	var out mirror.Files
	for path, data := range files {
		out = append(out, mirror.File{Path: path, Mode: 0o644, Data: []byte(data)})
	}
	out.Sort()
	return out
}

// after plans and applies; upstream must agree with the engine on the result.
func after(t *testing.T, engine mirror.Engine, files mirror.Files, want mirror.Config, opts ...mirror.PlanOption) mirror.Files {
	t.Helper()
	plan, err := engine.Plan(files.FS(), want, opts...)
	require.NoError(t, err)
	out := applied(files, plan)
	agrees(t, engine, out, files)
	return out
}

func text(t *testing.T, files mirror.Files, path string) string {
	t.Helper()
	f, ok := files.Lookup(path)
	require.True(t, ok, "no %s", path)
	return string(f.Data)
}

func mirrorsOf(prefix string, urls ...string) mirror.Config {
	r := mirror.Registry{Prefix: prefix}
	for _, u := range urls {
		r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: u, Capabilities: mirror.Pull | mirror.Resolve})
	}
	return mirror.Config{Registries: []mirror.Registry{r}}
}

var (
	ctr     = containerd.Engine{Version: "2.4", Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{"/etc/containerd/certs.d"}}}
	podman6 = podman.Engine{Library: "5.42.0"}
	dockerd = docker.Engine{Version: "29.7", ImageStore: docker.Containerd}
)

const (
	hubFile        = "/etc/containerd/certs.d/docker.io/hosts.toml"
	registriesConf = "/etc/containers/registries.conf"
	daemonJSON     = "/etc/docker/daemon.json"
)

func TestHostsAreNotReordered(t *testing.T) {
	f, err := containerd.ParseHosts(hubFile, []byte("[host.\"https://z.example\"]\n[host.\"https://a.example\"]\n[host.\"https://m.example\"]\n"))
	require.NoError(t, err)
	require.NoError(t, f.AddHost(containerd.Host{URL: "https://b.example"}))
	require.NoError(t, f.DropHost("https://a.example"))
	assert.Equal(t, []string{"https://z.example", "https://m.example", "https://b.example", "https://registry-1.docker.io"},
		asked(t, ctr, node(map[string]string{hubFile: string(f.Format())}), "alpine:1"))
	fresh := after(t, ctr, nil, mirrorsOf(hub, "https://z.example", "https://a.example", "https://m.example"))
	assert.Equal(t, []string{"https://z.example", "https://a.example", "https://m.example", "https://registry-1.docker.io"}, asked(t, ctr, fresh, "alpine:1"))
}

func TestHostKeysAreNotDropped(t *testing.T) {
	const kept = "# ours\n[host.\"https://a.example\"]\n  ca = \"/etc/ssl/corp/ca.pem\" # of 2024\n  skip_verify = false\n  override_path = true\n  x_unknown = 1\n  [host.\"https://a.example\".header]\n    x-team = [\"platform\"]\n"
	f, err := containerd.ParseHosts(hubFile, []byte(kept))
	require.NoError(t, err)
	require.NoError(t, f.AddHost(containerd.Host{URL: "https://b.example"}))
	assert.Contains(t, string(f.Format()), kept)
}

func TestHostsThatHaveOnlyAHeaderTableAreNotDropped(t *testing.T) {
	f, err := containerd.ParseHosts(hubFile, []byte("[host.\"https://a.example\".header]\n  x-team = \"platform\"\n\n[host]\n\"https://i.example\" = { capabilities = [\"pull\"] }\n"))
	require.NoError(t, err)
	require.NoError(t, f.SetServer("https://up.example"))
	var urls []string
	for _, h := range f.Hosts().Hosts {
		urls = append(urls, h.URL)
	}
	assert.Equal(t, []string{"https://a.example", "https://i.example"}, urls)
}

func TestBlockedIsNotDroppedFromAnotherRegistry(t *testing.T) {
	const blocked = "[[registry]]\nprefix = \"untrusted.example\"\nlocation = \"untrusted.example\"\nblocked = true # incident\n\n[[registry]]\nlocation = \"lab.example:5000\"\ninsecure = true\n[[registry.mirror]]\nlocation = \"m.example\"\npull-from-mirror = \"digest-only\"\n"
	files := after(t, podman6, node(map[string]string{registriesConf: blocked}), mirrorsOf("quay.io", "https://quay.mirror.example"))
	assert.Contains(t, text(t, files, registriesConf), blocked)
	results, err := parser(t, podman6).Explain(files.FS(), mirror.OpPull, "untrusted.example/app:1")
	require.NoError(t, err)
	assert.True(t, results[0].Blocked)
	assert.Empty(t, results[0].Attempts)
}

func TestAliasesKeepTheirCaseAndPlace(t *testing.T) {
	const aliases = "[aliases]\n\"foo\" = \"quay.io/team/foo\"\n\"bar/Baz\" = \"quay.io/team/baz\" # not for Podman\n"
	f, err := podman.ParseRegistries(registriesConf, []byte(aliases))
	require.NoError(t, err)
	require.NoError(t, f.SetRegistry(podman.Registry{Location: "quay.io"}))
	assert.Contains(t, string(f.Format()), aliases)
}

func TestSchemeIsNotWrittenIntoLocation(t *testing.T) {
	files := after(t, podman6, nil, mirrorsOf("quay.io", "https://quay.mirror.example"))
	assert.NotContains(t, text(t, files, registriesConf), "://")
	assert.Equal(t, []string{"https://quay.mirror.example", "https://quay.io"}, asked(t, podman6, files, "quay.io/team/app:1"))
}

func TestRuntimeWithDotsIsNotSplit(t *testing.T) {
	const runtimes = "  \"runtimes\": {\n    \"io.containerd.kata.v2\": {\n      \"runtimeType\": \"io.containerd.kata.v2\"\n    }\n  }"
	files := after(t, dockerd, node(map[string]string{daemonJSON: "{\n" + runtimes + "\n}\n"}), mirrorsOf(hub, "https://hub.mirror.example"))
	assert.Contains(t, text(t, files, daemonJSON), runtimes)
	assert.Equal(t, `string io.containerd.kata.v2`, leaves(t, daemonKind, []byte(text(t, files, daemonJSON)))["/runtimes/io.containerd.kata.v2/runtimeType"])
}

func TestBigIntegersAreNotRounded(t *testing.T) {
	const ulimits = `"default-ulimits": {"memlock": {"Name": "memlock", "Hard": 9223372036854775807, "Soft": 9007199254740993}}`
	files := after(t, dockerd, node(map[string]string{daemonJSON: "{" + ulimits + "}"}), mirrorsOf(hub, "https://hub.mirror.example"))
	assert.Contains(t, text(t, files, daemonJSON), ulimits)
}

func TestFeaturesAreNotWiped(t *testing.T) {
	const features = "  \"features\": {\n    \"buildkit\": true,\n    \"containerd-snapshotter\": true\n  }"
	files := after(t, dockerd, node(map[string]string{daemonJSON: "{\n" + features + "\n}\n"}), mirrorsOf(hub, "https://hub.mirror.example"))
	assert.Contains(t, text(t, files, daemonJSON), features)
}

func TestAmpersandAndPlusAreNotEscaped(t *testing.T) {
	const label = `"labels": ["a&b=<c+d>"]`
	files := after(t, dockerd, node(map[string]string{daemonJSON: "{" + label + "}"}), mirrorsOf(hub, "https://hub.mirror.example/a+b"))
	assert.Contains(t, text(t, files, daemonJSON), label)
	assert.Contains(t, text(t, files, daemonJSON), "https://hub.mirror.example/a+b")
	hosts := after(t, ctr, nil, mirrorsOf(hub, "https://hub.mirror.example/a+b"))
	assert.Contains(t, text(t, hosts, hubFile), "https://hub.mirror.example/a+b")
}

func TestBackslashesAndQuotesAreEscaped(t *testing.T) {
	want := mirrorsOf(hub, "https://hub.mirror.example")
	const value = "^a\\.b\\d+\"$"
	want.Registries[0].Mirrors[0].Headers = []mirror.Header{{Name: "X-Pattern", Values: []mirror.Secret{mirror.NewSecret(value)}}}
	files := after(t, ctr, nil, want)
	h, err := containerd.UnmarshalHosts([]byte(text(t, files, hubFile)))
	require.NoError(t, err)
	assert.Equal(t, value, h.Hosts[0].Header[0].Values[0].Reveal())
	assert.Equal(t, "string "+value, leaves(t, hostsKind, []byte(text(t, files, hubFile)))["/host/https://hub.mirror.example/header/X-Pattern"])
}

func TestDirectoriesOfOthersAreNotDeleted(t *testing.T) {
	files := node(map[string]string{
		"/etc/containerd/certs.d/later.example/hosts.toml":    "server = \"https://later.example\"\n",
		"/etc/containerd/certs.d/docker.io/client.cert":       "a certificate",
		"/etc/containerd/certs.d/corp.example_5000_/corp.crt": "another",
	})
	got := after(t, ctr, files, mirrorsOf(hub, "https://hub.mirror.example"))
	for _, f := range files {
		assert.Equal(t, string(f.Data), text(t, got, f.Path))
	}
	got = after(t, ctr, got, mirrorsOf(hub, "https://hub.mirror.example"), mirror.Own(mirror.Exclusive))
	assert.Equal(t, "another", text(t, got, "/etc/containerd/certs.d/corp.example_5000_/corp.crt"), "certificates are no mirrors")
}

func TestMirrorsAreNotDoubledByASecondRun(t *testing.T) {
	want := mirrorsOf(hub, "https://a.example", "https://b.example")
	for _, engine := range []mirror.Engine{ctr, podman6, dockerd} {
		once := after(t, engine, nil, want)
		assert.Equal(t, show(once), show(after(t, engine, once, want)), engine.Name())
		assert.Len(t, asked(t, engine, once, "docker.io/team/app:1"), 3, engine.Name())
	}
}

func TestDuplicateEndpointGivesNoDuplicateTable(t *testing.T) {
	want := mirrorsOf(hub, "https://a.example", "https://a.example")
	for _, engine := range []mirror.Engine{ctr, podman6, dockerd} {
		plan, err := engine.Plan(mirror.Files{}.FS(), want)
		if err != nil {
			assert.NotEmpty(t, plan.Diagnostics, engine.Name()) // refused, with the reason
			continue
		}
		files := applied(nil, plan)
		agrees(t, engine, files, nil)
		assert.Contains(t, asked(t, engine, files, "docker.io/team/app:1"), "https://a.example")
	}
}

func TestNullAndOddShapesDoNotPanic(t *testing.T) {
	for _, daemon := range []string{"null", "[]", "1", `""`, "", " ", `{"runtimes": null}`, `{"runtimes": []}`, `{"default-runtime": 1}`, `{"registry-mirrors": null}`,
		`{"registry-mirrors": {}}`, `{"registry-mirrors": [null]}`, `{"features": null}`, `{"insecure-registries": 3}`, "{", "\x00", "\ufeff{}"} {
		files := node(map[string]string{daemonJSON: daemon})
		view, err := dockerd.Read(files.FS())
		require.NoError(t, err, daemon)
		view.Lint()
		plan, err := dockerd.Plan(files.FS(), mirrorsOf(hub, "https://hub.mirror.example"))
		if err == nil { // what was written can be read
			assert.Contains(t, asked(t, dockerd, applied(files, plan), "alpine:1"), "https://hub.mirror.example", daemon)
		}
	}
	for _, conf := range []string{"registry = 1", "registry = []", "registry = [1]", "registry = {}", "[registry]", "[[registry]]", "registries = 1", "aliases = []", "unqualified-search-registries = 1"} {
		files := node(map[string]string{registriesConf: conf})
		view, err := podman6.Read(files.FS())
		require.NoError(t, err, conf)
		view.Lint()
		_, _ = podman6.Plan(files.FS(), mirrorsOf(hub, "https://hub.mirror.example"))
	}
	for _, conf := range []string{"plugins = 1", "plugins = []", "[plugins]\n'io.containerd.cri.v1.images' = 1", "version = 'x'", "version = -1", "imports = 1", "[[plugins]]"} {
		files := node(map[string]string{"/etc/containerd/config.toml": conf})
		view, err := containerd.Engine{}.Read(files.FS())
		require.NoError(t, err, conf)
		view.Lint()
		_, _ = containerd.Engine{}.Plan(files.FS(), mirrorsOf(hub, "https://hub.mirror.example"))
	}
}

func TestPluginOfVersion3IsNotWrittenIntoAVersion2File(t *testing.T) {
	for _, version := range []string{"1.7", "2.4"} {
		engine := containerd.Engine{Version: version}
		files := after(t, engine, node(map[string]string{"/etc/containerd/config.toml": "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"\"\n"}),
			mirrorsOf(hub, "https://hub.mirror.example"))
		assert.NotContains(t, text(t, files, "/etc/containerd/config.toml"), "cri.v1.images")
		assert.Equal(t, []string{"https://hub.mirror.example", "https://registry-1.docker.io"}, asked(t, engine, files, "alpine:1"), version)
	}
}

func TestListsDoNotStayBesideConfigPath(t *testing.T) {
	engine := containerd.Engine{Version: "2.4"}
	files := after(t, engine, node(map[string]string{"/etc/containerd/config.toml": "version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.\"quay.io\"]\nendpoint = [\"https://quay.mirror.example\"]\n"}),
		mirrorsOf(hub, "https://hub.mirror.example"))
	assert.NotContains(t, text(t, files, "/etc/containerd/config.toml"), "mirrors")
	assert.Equal(t, []string{"https://quay.mirror.example", "https://quay.io"}, asked(t, engine, files, "quay.io/team/app:1"))
}

func TestRemovedRegistryDoesNotStayInAList(t *testing.T) {
	engine := containerd.Engine{Version: "2.4"}
	const list = "[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.\"quay.io\"]\nendpoint = [\"https://quay.mirror.example\"]\n"
	files := node(map[string]string{"/etc/containerd/config.toml": "version = 3\n\n" + list + "\n# hub\n[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://hub.mirror.example\"]\n"})
	got := after(t, engine, files, mirrorsOf(hub), mirror.Own(mirror.Remove))
	assert.Equal(t, "version = 3\n\n"+list, text(t, got, "/etc/containerd/config.toml"))
	assert.Equal(t, []string{"https://registry-1.docker.io"}, asked(t, engine, got, "alpine:1"))
}

func TestEmptyDirectoryDoesNotHideDefault(t *testing.T) {
	const fallback = "/etc/containerd/certs.d/_default/hosts.toml"
	files := after(t, ctr, node(map[string]string{fallback: "[host.\"https://any.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n"}), mirrorsOf("quay.io", "https://quay.mirror.example"))
	plan, err := ctr.Plan(files.FS(), mirrorsOf("quay.io"), mirror.Own(mirror.Remove))
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.True(t, plan.Changes[0].Prune, "the directory goes with the file")
	assert.Equal(t, "https://any.example", asked(t, ctr, applied(files, plan), "quay.io/team/app:1")[0])

	hidden := append(files[:1:1], mirror.File{Path: "/etc/containerd/certs.d/quay.io/client.cert", Mode: 0o644, Data: []byte("x")})
	view, err := ctr.Read(hidden.FS())
	require.NoError(t, err)
	assert.NotEmpty(t, view.Lint().AtLeast(mirror.Warning), "a directory without hosts.toml hides _default")
}

func TestPlansAreTheSameEveryTime(t *testing.T) {
	want := several()
	for _, engine := range []mirror.Engine{containerd.Engine{Version: "2.4"}, podman6, dockerd} {
		first, err := engine.Plan(mirror.Files{}.FS(), want)
		require.NoError(t, err)
		for range 20 {
			again, err := engine.Plan(mirror.Files{}.FS(), want)
			require.NoError(t, err)
			require.Equal(t, first, again)
		}
	}
}
