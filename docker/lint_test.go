package docker

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// lintCase is a rule with a node that it finds something on, and one, hardly different, that it does not.
type lintCase struct {
	code    string
	engine  Engine
	bad     fstest.MapFS
	file    string // daemon.json if empty
	line    int
	column  int
	good    fstest.MapFS
	goodFor *Engine // where the near miss is another version
	mended  string  // daemon.json after the mend
	// find asks something else than Lint.
	find func(*testing.T, Engine, fstest.MapFS) mirror.Diagnostics
}

func list(entries string) fstest.MapFS {
	return daemonJSON("{\"registry-mirrors\": [\n  " + entries + "\n]}")
}

func insecure(entries string) fstest.MapFS {
	return daemonJSON("{\"insecure-registries\": [\n  " + entries + "\n]}")
}

func with(fsys fstest.MapFS, files ...string) fstest.MapFS {
	for path, f := range onNode(files...) {
		fsys[path] = f
	}
	return fsys
}

func mode(fsys fstest.MapFS, path string, mode fs.FileMode) fstest.MapFS {

	fsys[strings.TrimPrefix(path, "/")].Mode = mode
	return fsys
}

var (
	v28       = Engine{Version: "28.5"}
	v29       = Engine{Version: "29"}
	oneHost   = "[host.\"https://t\"]\n"
	unitFile  = "/usr/lib/systemd/system/docker.service"
	plainUnit = "[Service]\nExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock\n"
)

var lintCases = []lintCase{
	{code: "docker/daemon-syntax", bad: daemonJSON("{\n  \"debug\" true\n}"), line: 2, column: 11, good: daemonJSON("{\n  \"debug\": true\n}")},
	{code: "docker/daemon-not-object", bad: daemonJSON("\n[]"), line: 2, column: 1, good: daemonJSON("\nnull")},
	{code: "docker/json-comment", bad: daemonJSON("{\n  // why\n  \"debug\": true\n}"), line: 2, column: 3, good: daemonJSON("{\n  \"group\": \"// why\"\n}"), mended: "{\n  \n  \"debug\": true\n}"},
	{code: "docker/json-trailing-comma", bad: daemonJSON("{\n  \"debug\": true,\n}"), line: 2, column: 16, good: daemonJSON("{\n  \"debug\": true\n}"), mended: "{\n  \"debug\": true\n}"},
	{code: "docker/json-utf8", bad: daemonJSON("{\"group\": \"\xff\"}"), line: 1, column: 12, good: daemonJSON("{\"group\": \"\xff\"}"), goodFor: &Engine{Version: "20.10"}},
	{code: "docker/json-byte-order-mark", engine: Engine{Version: "20.10"}, bad: daemonJSON("\ufeff{}"), line: 1, column: 1, good: daemonJSON("\ufeff{}"), goodFor: &Engine{Version: "23.0"}},
	{code: "docker/text-after-object", engine: Engine{Version: "20.10"}, bad: daemonJSON("{}\n  {\"debug\": true}\n"), line: 2, column: 3, good: daemonJSON("{}\n \n")},
	{code: "docker/json-number", bad: daemonJSON(`{"builder": {"a": 1e400}}`), line: 1, column: 19, good: daemonJSON(`{"builder": {"a": 1e300}}`)},
	{code: "docker/unknown-key", bad: daemonJSON("{\n  \"registry_mirrors\": [\"https://m.example\"]\n}"), line: 2, column: 3, good: daemonJSON("{\n  \"registry-mirrors\": []\n}"), mended: "{\n  \"registry-mirrors\": [\"https://m.example\"]\n}"},
	{code: "docker/flag-name", bad: daemonJSON("{\n  \"registry-mirror\": \"https://m.example\"\n}"), line: 2, column: 3, good: daemonJSON("{\n  \"registry-mirrors\": []\n}"), mended: "{\n  \"registry-mirrors\": [\"https://m.example\"]\n}"},
	{code: "docker/nested-key", bad: daemonJSON("{\"registry\": {\n  \"registry-mirrors\": []}}"), line: 2, column: 3, good: daemonJSON("{\"log-opts\": {\n  \"registry-mirrors\": \"x\"}}")},
	{code: "docker/ignored-key", bad: daemonJSON("{\"x\": {}}"), line: 1, column: 2, good: daemonJSON("{\"builder\": {}}")},
	{code: "docker/key-case", bad: daemonJSON("{\"Features\": {}}"), line: 1, column: 2, good: daemonJSON("{\"features\": {}}")},
	{code: "docker/duplicate-key", bad: daemonJSON("{\"debug\": true,\n \"debug\": true}"), line: 1, column: 2, good: daemonJSON("{\"debug\": true,\n \"features\": {\"debug\": true}}")},
	{code: "docker/host-gateway-twice", bad: daemonJSON(`{"host-gateway-ip": "10.0.0.1", "host-gateway-ips": []}`), line: 1, column: 2, good: daemonJSON(`{"host-gateway-ips": []}`)},
	{code: "docker/wrong-type", bad: daemonJSON(`{"registry-mirrors": "https://m.example"}`), line: 1, column: 22, good: daemonJSON(`{"registry-mirrors": null}`)},

	{code: "docker/mirror-scheme", bad: list(`"m.example:5000"`), line: 2, column: 3, good: list(`"http://m.example:5000"`), mended: "{\"registry-mirrors\": [\n  \"https://m.example:5000\"\n]}"},
	{code: "docker/mirror-url", bad: list(`"https://m.example:x"`), line: 2, column: 3, good: list(`"https://m.example:1"`)},
	{code: "docker/mirror-query", bad: list(`"https://m.example?q"`), line: 2, column: 3, good: list(`"https://m.example/q"`)},
	{code: "docker/mirror-credentials", bad: list(`"https://u:hunter2@m.example"`), line: 2, column: 3, good: list(`"https://m.example/u@b"`)},
	{code: "docker/mirror-path", engine: Engine{Version: "24.0.7"}, bad: list(`"https://m.example/x"`), line: 2, column: 3, good: list(`"https://m.example/x"`), goodFor: &Engine{Version: "24.0.8"}},
	{code: "docker/mirror-empty-host", bad: list(`"https://"`), line: 2, column: 3, good: list(`"https://m"`)},
	{code: "docker/mirror-upper-case-scheme", bad: list(`"HTTPS://m.example"`), line: 2, column: 3, good: list(`"https://M.example"`), mended: "{\"registry-mirrors\": [\n  \"https://m.example\"\n]}"},
	{code: "docker/mirror-joined", bad: list(`"https://a.example,https://b.example"`), line: 2, column: 3, good: list(`"https://a.example", "https://b.example"`)},
	{code: "docker/mirror-port", bad: list(`"https://m.example:99999"`), line: 2, column: 3, good: list(`"https://m.example:9999"`)},
	{code: "docker/mirror-host-name", bad: list(`"https://$MIRROR"`), line: 2, column: 3, good: list(`"https://MIRROR"`)},
	{code: "docker/mirror-idn", bad: list(`"https://中国.example"`), line: 2, column: 3, good: list(`"https://xn--fiqs8s.example"`)},
	{code: "docker/mirror-slashes", bad: list(`"https://m.example//"`), line: 2, column: 3, good: list(`"https://m.example/"`)},
	{code: "docker/mirror-empty-query", bad: list(`"https://m.example?"`), line: 2, column: 3, good: list(`"https://m.example"`)},
	{code: "docker/mirror-is-hub", bad: list(`"https://registry-1.docker.io"`), line: 2, column: 3, good: list(`"https://mirror.docker.io.example"`)},
	{code: "docker/mirror-v2", bad: list(`"https://m.example/v2/"`), line: 2, column: 3, good: list(`"https://m.example/hub"`), mended: "{\"registry-mirrors\": [\n  \"https://m.example\"\n]}"},
	{code: "docker/mirror-duplicate", bad: list(`"https://m.example", "https://m.example/"`), line: 2, column: 24, good: list(`"https://m.example", "https://m.example:443"`)},
	{code: "docker/mirror-path-order", bad: list(`"https://harbor.example/v2/hub"`), line: 2, column: 3, good: list(`"https://harbor.example/"`)},
	{code: "docker/silent-fallback", bad: list(`"https://m.example"`), line: 1, column: 2, good: list(``)},
	{code: "docker/mirror-login", bad: list(`"https://m.example"`), line: 2, column: 3, good: list(``)},
	{code: "docker/plain-http", bad: list(`"http://m.example"`), line: 2, column: 3, good: list(`"http://127.0.0.1:5000"`)},
	{code: "docker/other-registry", bad: list(`"https://ghcr.m.daocloud.io"`), line: 2, column: 3, good: list(`"https://docker.m.daocloud.io"`)},
	{code: "docker/dead-mirror", bad: list(`"https://hub-mirror.c.163.com"`), line: 2, column: 3, good: list(`"https://docker.m.daocloud.io"`)},
	{code: "docker/insecure-mirror", bad: list(`"https://127.0.0.1:5000"`), line: 2, column: 3, good: list(`"https://127.0.0.1:5000"`), goodFor: &Engine{Version: "27.5"}},
	{code: "docker/mirror-ca", engine: v29, bad: with(list(`"https://m.example:5000"`), "/etc/docker/certs.d/m.example:5000/ca.crt", "x"), line: 2, column: 3,
		good: with(list(`"https://m.example:5000"`), "/etc/docker/certs.d/m.example/ca.crt", "x")},

	{code: "docker/insecure-registry", bad: insecure(`"*.example"`), line: 2, column: 3, good: insecure(`"r.example"`)},
	{code: "docker/insecure-registry-scheme", bad: insecure(`"http://r.internal:5000"`), line: 2, column: 3, good: insecure(`"r.internal:5000"`), mended: "{\"insecure-registries\": [\n  \"r.internal:5000\"\n]}"},
	{code: "docker/insecure-registry-hub", bad: insecure(`"docker.io"`), line: 2, column: 3, good: insecure(`"docker.io:443"`)},
	{code: "docker/insecure-registry-duplicate", bad: insecure(`"r", "r"`), line: 2, column: 8, good: insecure(`"r", "r:5000"`)},
	{code: "docker/insecure-public", bad: insecure(`"0.0.0.0/0"`), line: 2, column: 3, good: insecure(`"10.0.0.0/8", "r.internal"`)},
	{code: "docker/insecure-port", bad: daemonJSON("{\"registry-mirrors\": [\"https://m.internal:5000\"],\n\"insecure-registries\": [\"m.internal\"]}"), line: 2, column: 25,
		good: daemonJSON("{\"registry-mirrors\": [\"https://m.internal:5000\"],\n\"insecure-registries\": [\"m.internal:5000\"]}")},

	{code: "docker/hidden-mirrors", engine: v29, bad: with(list(`"https://m.example"`), hubToml, oneHost), line: 1, column: 2, good: with(list(`"https://m.example"`), hubToml, "server = \"https://t\"\n")},
	{code: "docker/hidden-insecure", engine: v29, bad: with(insecure(`"r.internal"`), "/etc/docker/certs.d/r.internal/hosts.toml", oneHost), line: 2, column: 3,
		good: with(insecure(`"r.internal"`), "/etc/docker/certs.d/r.internal/hosts.toml", "server = \"https://t\"\n")},
	{code: "docker/hosts-toml-version", engine: Engine{Version: "27.5"}, bad: onNode(hubToml, oneHost), file: hubToml, line: 1, column: 1, good: onNode(hubToml, oneHost), goodFor: &v28},
	{code: "docker/hosts-toml-graphdriver", engine: v28, bad: onNode(hubToml, oneHost), file: hubToml, line: 1, column: 1, good: onNode(hubToml, oneHost), goodFor: &v29},
	{code: "docker/containerd-tree", bad: onNode("/etc/containerd/certs.d/quay.io/hosts.toml", oneHost), file: "/etc/containerd/certs.d/quay.io/hosts.toml", line: 1, column: 1,
		good: onNode("/etc/containerd/certs.d/quay.io/hosts.toml", oneHost, "/etc/docker/certs.d/quay.io/hosts.toml", oneHost)},
	{code: "docker/nerdctl-second-dir", bad: onNode("/etc/nerdctl/nerdctl.toml", "debug = true\nhosts_dir = [\"/etc/containerd/certs.d\", \"/etc/docker/certs.d\"]\n", hubToml, oneHost), file: "/etc/nerdctl/nerdctl.toml", line: 2, column: 1,
		good: onNode("/etc/nerdctl/nerdctl.toml", "debug = true\nhosts_dir = [\"/etc/docker/certs.d\"]\n", hubToml, oneHost)},
	{code: "docker/flag-and-file", bad: onNode(daemonPath, "{\n  \"hosts\": [\"tcp://127.0.0.1:2375\"]\n}", unitFile, plainUnit), line: 2, column: 3,
		good: onNode(daemonPath, "{\n  \"hosts\": [\"tcp://127.0.0.1:2375\"]\n}", unitFile, plainUnit, "/etc/systemd/system/docker.service.d/override.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd\n")},
	{code: "docker/world-readable-secret", bad: daemonJSON("{\"proxies\": {\n  \"http-proxy\": \"http://u:hunter2@p.example\"}}"), line: 2, column: 17,
		good: mode(daemonJSON("{\"proxies\": {\n  \"http-proxy\": \"http://u:hunter2@p.example\"}}"), daemonPath, 0o600)},

	{code: "docker/daemon-no-file", bad: onNode("/etc/docker/daemon.json/x", ""), good: onNode("/etc/docker/x/daemon.json", "")},
	{code: "docker/insecure-left", engine: Engine{Version: "27.5"}, bad: daemonJSON("{\"registry-mirrors\": [\"https://m.internal\"],\n\"insecure-registries\": [\"m.internal\"]}"), line: 2, column: 25,
		good: daemonJSON("{\"registry-mirrors\": [\"https://m.internal\"],\n\"insecure-registries\": [\"r.internal\"]}"),
		find: func(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
			plan, err := e.Plan(fsys, hubOf(at("https://b")))
			require.NoError(t, err)
			return plan.Diagnostics
		}},
	{code: "docker/old-version", engine: Engine{Version: "17.03"}, bad: onNode(), file: "-", good: onNode(), goodFor: &Engine{Version: "20.10"}},
	{code: "docker/unknown-version", engine: Engine{Version: "31"}, bad: onNode(), file: "-", good: onNode(), goodFor: &v29},
	{code: "docker/bad-version", engine: Engine{Version: "latest"}, bad: onNode(), file: "-", good: onNode(), goodFor: &v29,
		find: func(_ *testing.T, e Engine, _ fstest.MapFS) mirror.Diagnostics {
			_, ds := ValidateMirror(e.Version, "https://m")
			return ds
		}},
	{code: "docker/no-host", engine: v29, bad: onNode(hubToml, "server = \"https://t\"\ncapabilities = [\"pull\"]\n"), file: "-", good: onNode(hubToml, "server = \"https://t\"\n"),
		find: func(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
			return explain(t, e, fsys, "alpine", mirror.OpPull).Diagnostics
		}},
	{code: "docker/migrate-version", engine: Engine{Version: "27.5"}, bad: list(`"https://m.example"`), good: list(`"https://m.example"`), goodFor: &v29, find: migrated},
	{code: "docker/migrate-kept", engine: v29, bad: with(list(`"https://m.example"`), hubToml, oneHost), line: 2, column: 3, good: list(`"https://m.example"`), find: migrated},
}

func migrated(_ *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
	plan, _ := e.Migrate(fsys)
	return plan.Diagnostics
}

func linted(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
	t.Helper()
	v, err := e.Read(fsys)
	require.NoError(t, err)
	return v.Lint()
}

func TestLint(t *testing.T) {
	for _, tc := range lintCases {
		t.Run(strings.TrimPrefix(tc.code, "docker/"), func(t *testing.T) {
			find := tc.find
			if find == nil {
				find = linted
			}
			found := find(t, tc.engine, tc.bad).WithCode(tc.code)
			require.NotEmpty(t, found)
			file := tc.file
			switch file {
			case "":
				file = daemonPath
			case "-":
				file = ""
			}
			d := found[0]
			assert.Equal(t, mirror.Position{File: file, Line: tc.line, Column: tc.column}, mirror.Position{File: d.File, Line: d.Line, Column: d.Column})
			assert.NotEmpty(t, d.Message)
			assert.NotEmpty(t, d.Fix)
			assert.NotContains(t, d.Error(), "hunter2")
			other := tc.engine
			if tc.goodFor != nil {
				other = *tc.goodFor
			}
			assert.Empty(t, find(t, other, tc.good).WithCode(tc.code), "the near miss")
			if tc.mended != "" {
				plan, err := mirror.FixPlan(tc.bad, found)
				require.NoError(t, err)
				require.Len(t, plan.Changes, 1)
				assert.Equal(t, tc.mended, string(plan.Changes[0].After))
			} else if tc.find == nil {
				assert.Empty(t, found[0].Edits, "a mend that no case shows")
			}
		})
	}
}

// Every rule has a case with a file that triggers it and a near miss.
func TestEveryRuleHasACase(t *testing.T) {
	for _, r := range Rules() {
		i := slices.IndexFunc(lintCases, func(c lintCase) bool { return c.code == r.Code })
		if assert.GreaterOrEqual(t, i, 0, "%s has no case", r.Code) {
			assert.NotNil(t, lintCases[i].bad, r.Code)
			assert.NotNil(t, lintCases[i].good, r.Code)
		}
	}
}

func TestWhatPlanWritesLintsClean(t *testing.T) {
	config := mirror.Config{Registries: []mirror.Registry{
		{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io", Capabilities: pullAlone}, {URL: "http://127.0.0.1:5000", Capabilities: pullAlone}}},
		{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://quay.m.daocloud.io", Capabilities: mirror.Pull}}},
		{Prefix: "*", Mirrors: []mirror.Endpoint{{URL: "https://cache.internal", Capabilities: mirror.Pull}}},
	}}
	for _, version := range []string{"20.10", "24.0", "27.5", "28.0", "28.5", "29"} {
		for _, c := range []mirror.Config{config, {Registries: config.Registries[:1]}} {
			e := Engine{Version: version}
			plan, err := e.Plan(onNode(), c)
			require.NoError(t, err)
			assert.Empty(t, linted(t, e, apply(onNode(), plan)).AtLeast(mirror.Warning), version)
		}
	}
}

func TestHostsFileThatDockerPullCouldUseIsAWarning(t *testing.T) {
	const code = "docker/hosts-toml-graphdriver"
	alone := linted(t, v28, onNode(hubToml, oneHost)).WithCode(code)
	require.Len(t, alone, 1)
	assert.Equal(t, mirror.Warning, alone[0].Severity)
	for _, node := range []fstest.MapFS{with(list(`"https://t"`), hubToml, oneHost), onNode("/etc/docker/certs.d/quay.io/hosts.toml", oneHost)} {
		found := linted(t, v28, node).WithCode(code)
		require.Len(t, found, 1)
		assert.Equal(t, mirror.Info, found[0].Severity)
	}
}

// What is refused and what is not, by dockerd --validate of 26.1.5 and 29 with the same flags.
func TestFlagAndFile(t *testing.T) {
	for _, tc := range []struct {
		flags, src string
		fields     []string
	}{
		{"-s vfs", `{"storage-driver": "vfs"}`, []string{"storage-driver"}},
		{"-G x -bnone -p=/x", `{"group": "x", "bridge": "none", "pidfile": "/x"}`, []string{"bridge", "group", "pidfile"}},
		{"-H fd://", `{"x": {"hosts": ["fd://"]}, "host": ["fd://"]}`, []string{"x.hosts"}},
		{"--http-proxy=http://x", `{"proxies": {"http-proxy": "http://y", "no-proxy": "z"}}`, []string{"proxies.http-proxy"}},
		{"--http-proxy=http://x", `{"http-proxy": "http://y"}`, []string{"http-proxy"}},
		{"--add-runtime b=/x --no-proxy x", `{"runtimes": {"a": {"path": "x"}}, "proxies": {"http-proxy": "http://y"}}`, nil},
		{"--log-opt c=d --default-ulimit nofile=1:1", `{"log-opts": {"debug": "b"}, "default-ulimits": {}}`, []string{"default-ulimits", "log-opts"}},
		{"--debug - -", `{"builder": {"debug": true}}`, nil},
	} {
		node := onNode(daemonPath, tc.src, unitFile, "[Service]\nExecStart=/usr/bin/dockerd "+tc.flags+"\n")
		var fields []string
		for _, d := range linted(t, v29, node).WithCode("docker/flag-and-file") {
			fields = append(fields, d.Field)
		}
		assert.ElementsMatch(t, tc.fields, fields, tc.flags)
	}
}

func TestUnitFlags(t *testing.T) {
	fsys := onNode("/lib/systemd/system/docker.service", "[Service]\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/sbin/dockerd -H fd:// \\\n  $DOCKER_OPTS\n",
		"/etc/default/docker", "# DOCKER_OPTS=--debug\nDOCKER_OPTS=\"--registry-mirror=https://m --log-level warn\"\n")
	flags := readUnit(fsys).by
	assert.Equal(t, map[string]mirror.Position{
		"host":            {File: "/lib/systemd/system/docker.service", Line: 3, Column: 1},
		"registry-mirror": {File: "/lib/systemd/system/docker.service", Line: 3, Column: 1},
		"log-level":       {File: "/lib/systemd/system/docker.service", Line: 3, Column: 1},
	}, flags)
}
