package containerd

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// lintCase is a rule with a node that it finds something on and one, hardly
// different, that it does not.
type lintCase struct {
	code    string
	version string // 2.4 if empty
	bad     map[string]string
	file    string // below certs.d; docker.io/hosts.toml if empty
	line    int
	column  int
	good    map[string]string
	// lint asks something else than Lint.
	lint func(*testing.T, Engine, fstest.MapFS) mirror.Diagnostics
}

func hostsOf(text string) map[string]string { return map[string]string{"docker.io/hosts.toml": text} }

const okHost = "[host.\"https://a.example\"]\n"

var lintCases = []lintCase{
	{code: "containerd/not-in-model", bad: hostsOf("[host.\"https://a.example/base\"]\noverride_path = true\n"), line: 1, column: 1, good: hostsOf("[host.\"https://a.example/base/v2\"]\noverride_path = true\n")},
	{code: "containerd/not-in-model", bad: hostsOf(okHost + "[host.\"https://a.example/v2\"]\noverride_path = true\n"), line: 2, column: 1, good: hostsOf(okHost + "[host.\"https://a.example/v2/x\"]\noverride_path = true\n")},
	{code: "containerd/not-in-model", bad: map[string]string{"index.docker.io/hosts.toml": okHost}, file: "index.docker.io/hosts.toml", good: hostsOf(okHost)},
	{code: "containerd/not-in-model", bad: map[string]string{"_default/hosts.toml": "skip_verify = true\n" + okHost}, file: "_default/hosts.toml", good: hostsOf("skip_verify = true\n" + okHost)},
	{code: "containerd/hosts-syntax", bad: hostsOf("server = \"https://registry-1.docker.io\n"), line: 1, column: 39, good: hostsOf("server = \"https://registry-1.docker.io\"\n")},
	{code: "containerd/hosts-duplicate", bad: hostsOf(okHost + okHost), line: 2, column: 7, good: hostsOf(okHost + "[host.\"https://a.example/\"]\n")},
	{code: "containerd/hosts-wrong-type", bad: hostsOf(okHost + "skip_verify = \"true\"\n"), line: 2, column: 1, good: hostsOf(okHost + "skip_verify = true\n")},
	{code: "containerd/hosts-unknown-capability", bad: hostsOf(okHost + "  capabilities = [\"pull\", \"pus\"]\n"), line: 2, column: 27, good: hostsOf(okHost + "  capabilities = [\"pull\", \"PUSH\"]\n")},
	{code: "containerd/hosts-referrers-version", version: "2.1", bad: hostsOf(okHost + "capabilities = [\"referrers\"]\n"), line: 2, column: 17, good: hostsOf(okHost + "capabilities = [\"resolve\"]\n")},
	{code: "containerd/hosts-bad-url", bad: hostsOf("[host.\"https://fd00::1\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://[fd00::1]\"]\n")},
	{code: "containerd/hosts-bad-timeout", bad: hostsOf(okHost + "dial_timeout = \"5\"\n"), line: 2, column: 1, good: hostsOf(okHost + "dial_timeout = \"5s\"\n")},
	{code: "containerd/hosts-no-host-table", version: "1.7.31", bad: hostsOf("server = \"https://x.example\"\n"), line: 1, column: 1, good: hostsOf("server = \"https://x.example\"\n[host]\n")},
	{code: "containerd/hosts-bom", bad: hostsOf("\ufeff" + okHost), line: 1, column: 1, good: hostsOf(okHost)},
	{code: "containerd/hosts-bracket-in-key", version: "1.7", bad: hostsOf("[host.\"http://[fd00::1]:5000\"]\n"), line: 1, column: 1, good: hostsOf("[host]\n\"http://[fd00::1]:5000\".capabilities = [\"pull\"]\n")},
	{code: "containerd/hosts-newer-toml", version: "2.3", bad: hostsOf(okHost + "header = {\n  x = \"1\" }\n"), line: 2, column: 10, good: hostsOf(okHost + "header = { x = \"1\" }\n")},
	{code: "containerd/hosts-panic", version: "1.7", bad: hostsOf("[host]\na = 1\nb = 2\n"), line: 1, column: 1, good: hostsOf("[host]\na = 1\n")},
	{code: "containerd/hosts-dropped-host", bad: hostsOf("[host]\n\"https://a.example\" = {}\n"), line: 2, column: 1, good: hostsOf("[host]\n" + okHost)},
	{code: "containerd/hosts-interleaved", bad: hostsOf(okHost + "[host.\"https://b.example\"]\n[host.\"https://a.example\".header]\n"), line: 3, column: 1,
		good: hostsOf(okHost + "[host.\"https://a.example\".header]\n[host.\"https://b.example\"]\n")},
	{code: "containerd/hosts-random-order", version: "1.7", bad: hostsOf("[host]\n\"https://a.example\" = {}\n\"https://b.example\" = {}\n"), line: 2, column: 1, good: hostsOf("[host]\n\"https://a.example\" = {}\n")},
	{code: "containerd/hosts-root-ignored", bad: hostsOf("capabilities = [\"pull\"]\n" + okHost), line: 1, column: 1, good: hostsOf("server = \"https://x.example\"\ncapabilities = [\"pull\"]\n" + okHost)},
	{code: "containerd/hosts-unknown-key", bad: hostsOf(okHost + "  capability = [\"pull\"]\n"), line: 2, column: 3, good: hostsOf(okHost + "  capabilities = [\"pull\"]\n")},
	{code: "containerd/hosts-server-in-host", bad: hostsOf(okHost + "server = \"https://x.example\"\n"), line: 2, column: 1, good: hostsOf("server = \"https://x.example\"\n" + okHost)},
	{code: "containerd/hosts-key-case", version: "1.7", bad: hostsOf("Server = \"https://x.example\"\n" + okHost), line: 1, column: 1, good: hostsOf("server = \"https://x.example\"\n" + okHost)},
	{code: "containerd/hosts-timeout-ignored", version: "2.0.6", bad: hostsOf(okHost + "dial_timeout = \"3s\"\n"), line: 2, column: 1, good: hostsOf(okHost)},
	{code: "containerd/hosts-unusable-url", bad: hostsOf("[host.\"httpd.local:5000\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"registry.local:5000\"]\n")},
	{code: "containerd/hosts-url-parts", bad: hostsOf("[host.\"https://u:hunter2@a.example\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://a.example/u@b\"]\n")},
	{code: "containerd/hosts-empty-path", bad: hostsOf(okHost + "client = [[\"c.pem\", \"\"]]\n"), line: 2, column: 1, good: map[string]string{"docker.io/hosts.toml": okHost + "client = \"c.pem\"\n", "docker.io/c.pem": "x"}},
	{code: "containerd/hosts-missing-cert", bad: hostsOf(okHost + "ca = \"c.pem\"\n"), line: 2, column: 1, good: map[string]string{"docker.io/hosts.toml": okHost + "ca = \"c.pem\"\n", "docker.io/c.pem": "x"}},
	{code: "containerd/hosts-not-a-directory", bad: map[string]string{"docker.io": "x"}, file: "docker.io", good: hostsOf(okHost)},
	{code: "containerd/hosts-unreadable", bad: hostsOf(okHost), good: hostsOf(okHost), lint: lintDenied},

	{code: "containerd/path-after-v2", bad: hostsOf("[host.\"https://h.example/v2/proj\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://h.example/v2/proj\"]\noverride_path = true\n")},
	{code: "containerd/override-path-drops-v2", bad: hostsOf(okHost + "override_path = true\n"), line: 2, column: 1, good: hostsOf("[host.\"https://a.example/v2\"]\noverride_path = true\n")},
	{code: "containerd/upstream-fallback", bad: hostsOf(okHost), line: 1, column: 1, good: hostsOf("server = \"https://b.example\"\n" + okHost)},
	{code: "containerd/docker-io-endpoint", bad: hostsOf("server = \"https://docker.io\"\n"), line: 1, column: 1, good: hostsOf("server = \"https://registry-1.docker.io\"\n")},
	{code: "containerd/tls-on-http", bad: hostsOf("[host.\"http://10.0.0.1:5000\"]\nskip_verify = true\n"), line: 2, column: 1, good: hostsOf("[host.\"http://10.0.0.1:80\"]\nskip_verify = true\n")},
	{code: "containerd/root-tls", bad: hostsOf("server = \"https://registry-1.docker.io\"\nca = \"x\"\n" + okHost), line: 2, column: 1, good: hostsOf("server = \"https://b.example\"\nca = \"x\"\n" + okHost)},
	{code: "containerd/root-tls", bad: hostsOf("skip_verify = true\n" + okHost), line: 1, column: 1, good: hostsOf("skip_verify = true\n" + okHost + "skip_verify = true\n")},
	{code: "containerd/no-dial-timeout", bad: hostsOf(okHost), line: 1, column: 1, good: hostsOf(okHost + "dial_timeout = \"3s\"\n")},
	{code: "containerd/credentials-over-http", bad: hostsOf("[host.\"http://10.0.0.1:5000\".header]\nauthorization = \"x\"\n"), line: 1, column: 1, good: hostsOf("[host.\"http://10.0.0.1:5000\".header]\nx-author = \"x\"\n")},
	{code: "containerd/world-readable-secret", bad: hostsOf("[host.\"https://a.example\".header]\nAuthorization = \"x\"\n"), line: 1, column: 1, good: hostsOf("[host.\"https://a.example\".header]\nX-Trace = \"x\"\n")},
	{code: "containerd/default-capabilities", bad: hostsOf(okHost), line: 1, column: 1, good: hostsOf(okHost + "capabilities = [\"pull\"]\n")},
	{code: "containerd/push-to-mirror", bad: hostsOf(okHost + "  capabilities = [\"pull\", \"push\"]\n"), line: 2, column: 3, good: hostsOf("[host.\"https://harbor.corp\"]\n  capabilities = [\"pull\", \"push\"]\n")},
	{code: "containerd/resolve-by-mirror", bad: hostsOf(okHost + "  capabilities = [\"pull\", \"resolve\"]\n"), line: 2, column: 3, good: hostsOf(okHost + "  capabilities = [\"pull\"]\n")},
	{code: "containerd/no-pull-still-serves", bad: hostsOf(okHost + "capabilities = [\"push\"]\n"), line: 2, column: 1, good: hostsOf(okHost + "capabilities = [\"pull\"]\n")},
	{code: "containerd/nothing-resolves", bad: hostsOf("server = \"https://b.example\"\ncapabilities = [\"pull\"]\n"), line: 2, column: 1, good: hostsOf("server = \"https://b.example\"\ncapabilities = [\"pull\", \"resolve\"]\n")},
	{code: "containerd/duplicate-mirror", bad: hostsOf(okHost + "[host.\"a.example/v2/\"]\n"), line: 2, column: 1, good: hostsOf(okHost + "[host.\"http://a.example\"]\n")},
	{code: "containerd/self-mirror", bad: hostsOf("[host.\"https://registry-1.docker.io\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://registry-2.docker.io\"]\n")},
	{code: "containerd/self-mirror", bad: map[string]string{"r.corp/hosts.toml": "[host.\"https://r.corp\"]\n"}, file: "r.corp/hosts.toml", line: 1, column: 1, good: map[string]string{"r.corp/hosts.toml": "[host.\"http://r.corp\"]\n"}},
	{code: "containerd/dead-mirror", bad: hostsOf("[host.\"https://registry.docker-cn.com\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://docker.m.daocloud.io\"]\n")},
	{code: "containerd/other-registry-mirror", bad: hostsOf("[host.\"https://quay.m.daocloud.io\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"https://docker.m.daocloud.io\"]\n")},
	{code: "containerd/plain-http", bad: hostsOf("[host.\"http://hub-mirror.c.163.com\"]\n"), line: 1, column: 1, good: hostsOf("[host.\"http://localhost:5000\"]\n")},
	{code: "containerd/skip-verify", bad: hostsOf(okHost + "skip_verify = true\n"), line: 2, column: 1, good: hostsOf(okHost + "skip_verify = false\n")},

	{code: "containerd/misnamed-hosts-file", bad: map[string]string{"docker.io/host.toml": okHost}, file: "docker.io/host.toml", good: hostsOf(okHost)},
	{code: "containerd/empty-directory", bad: map[string]string{"quay.io/README": "", "_default/hosts.toml": okHost}, file: "quay.io", good: map[string]string{"quay.io/README": ""}},
	{code: "containerd/certs-hide-default", bad: map[string]string{"quay.io/ca.crt": "x", "_default/hosts.toml": okHost}, file: "quay.io", good: map[string]string{"quay.io/ca.crt": "x"}},
	{code: "containerd/cert-files-ignored", bad: map[string]string{"docker.io/ca.crt": "x", "docker.io/hosts.toml": okHost}, file: "docker.io/ca.crt",
		good: map[string]string{"docker.io/ca.crt": "x", "docker.io/hosts.toml": okHost + "ca = \"ca.crt\"\n"}},
	{code: "containerd/hub-directory", bad: map[string]string{"registry-1.docker.io/hosts.toml": okHost}, file: "registry-1.docker.io", good: hostsOf(okHost)},
	{code: "containerd/directory-name", bad: map[string]string{"https:__quay.io/hosts.toml": okHost}, file: "https:__quay.io", good: map[string]string{"quay.io:8443/hosts.toml": okHost}},
	{code: "containerd/directory-port", bad: map[string]string{"quay.io_443_/hosts.toml": okHost}, file: "quay.io_443_", good: map[string]string{"quay.io_4443_/hosts.toml": okHost}},
	{code: "containerd/directory-port", bad: map[string]string{"quay.io:443/hosts.toml": okHost}, file: "quay.io:443", good: map[string]string{"10.0.0.7_443_/hosts.toml": okHost}},
	{code: "containerd/hidden-directory", bad: map[string]string{"r.io:5000/hosts.toml": okHost, "r.io_5000_/hosts.toml": okHost}, file: "r.io:5000", good: map[string]string{"r.io:5000/hosts.toml": okHost, "r.io/hosts.toml": okHost}},

	{code: "containerd/no-host", bad: hostsOf("server = \"https://b.example\"\ncapabilities = [\"pull\"]\n"), file: "-", good: hostsOf("server = \"https://b.example\"\n"), lint: lintExplain},
	{code: "containerd/contents-from-all", bad: hostsOf(okHost + "capabilities = [\"pull\"]\n"), file: "-", good: hostsOf(okHost), lint: lintExplain},
	{code: "containerd/ctr-hosts-dir", bad: hostsOf(okHost), file: "-", good: hostsOf(okHost), lint: lintCtr},
	{code: "containerd/unknown-version", version: "9.9", bad: hostsOf(okHost), file: "-", good: hostsOf(okHost)},
	{code: "containerd/old-version", version: "1.5", bad: hostsOf(okHost), file: "-", good: hostsOf(okHost)},
	{code: "containerd/hosts-rewritten", bad: hostsOf("server = \"x\n"), line: 1, column: 12, good: hostsOf(okHost), lint: lintPlan("docker.io")},
	{code: "containerd/cert-files-unused", bad: map[string]string{"docker.io/ca.crt": "x"}, file: "docker.io", good: hostsOf(okHost), lint: lintPlan("docker.io")},
}

// elsewhere are codes that other tests bring about.
var elsewhere = map[string]string{
	"containerd/endpoint-url":     "it needs a config.toml: TestCRIWithoutTree",
	"containerd/tree-elsewhere":   "it needs a tree in another place: TestLintTreesThatAreNotRead",
	"containerd/namespace":        "a guard behind mirror.Config.Validate: TestRenderGuards",
	"containerd/hosts-unwritable": "a guard behind mirror.Config.Validate: TestRenderGuards",
}

func lintNode(t *testing.T, e Engine, fsys fs.FS) mirror.Diagnostics {
	t.Helper()
	v, err := e.Read(fsys)
	require.NoError(t, err)
	return v.Lint()
}

// denied refuses to open hosts.toml of docker.io.
type denied struct{ fstest.MapFS }

func (d denied) Open(name string) (fs.File, error) {
	if name == "etc/containerd/certs.d/docker.io/hosts.toml" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.Open(name)
}

func (d denied) ReadFile(name string) ([]byte, error) {
	if name == "etc/containerd/certs.d/docker.io/hosts.toml" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadFile(name)
}

func lintDenied(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
	if _, good := fsys["good"]; good {
		return lintNode(t, e, fsys)
	}
	return lintNode(t, e, denied{fsys})
}

func lintExplain(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
	return explain(t, e, fsys, "alpine:3", mirror.OpPull).Diagnostics
}

func lintCtr(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
	if _, good := fsys["good"]; !good {
		e.Paths.HostsDirs = nil
	}
	return lintExplain(t, e, fsys)
}

func lintPlan(prefix string) func(*testing.T, Engine, fstest.MapFS) mirror.Diagnostics {
	return func(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics {
		p, err := e.Plan(fsys, mirror.Config{Registries: []mirror.Registry{{Prefix: prefix, Mirrors: []mirror.Endpoint{at("https://z.example")}}}})
		require.NoError(t, err)
		return p.Diagnostics
	}
}

func certsNode(files map[string]string) fstest.MapFS {
	out := map[string]string{}
	for name, text := range files {
		out[certsDir+"/"+name] = text
	}
	return node(out)
}

func TestLint(t *testing.T) {
	for _, c := range lintCases {
		t.Run(strings.TrimPrefix(c.code, "containerd/"), func(t *testing.T) {
			version := c.version
			if version == "" {
				version = "2.4"
			}
			if c.lint == nil {
				c.lint = func(t *testing.T, e Engine, fsys fstest.MapFS) mirror.Diagnostics { return lintNode(t, e, fsys) }
			}
			bad := certsNode(c.bad)
			found := c.lint(t, atCerts(version), bad).WithCode(c.code)
			require.NotEmpty(t, found)
			d := found[0]
			file := certsDir + "/docker.io/hosts.toml"
			switch c.file {
			case "":
			case "-":
				file = ""
			default:
				file = certsDir + "/" + c.file
			}
			require.Equal(t, mirror.Position{File: file, Line: c.line, Column: c.column}, mirror.Position{File: d.File, Line: d.Line, Column: d.Column})
			require.NotEmpty(t, d.Message)
			require.NotContains(t, d.Error(), "hunter2")

			good := certsNode(c.good)
			good["good"] = &fstest.MapFile{}
			switch c.code {
			case "containerd/unknown-version":
				version = "2.4"
			case "containerd/old-version":
				version = "1.6.0"
			}
			require.Empty(t, c.lint(t, atCerts(version), good).WithCode(c.code), "the near miss is found too")

			if len(d.Edits) > 0 {
				mended := bad[d.Edits[0].File[1:]]
				text := string(mended.Data)
				for _, e := range slices.Backward(d.Edits) {
					text = text[:e.Start] + e.Text + text[e.End:]
				}
				mended.Data = []byte(text)
				require.Empty(t, c.lint(t, atCerts(version), bad).WithCode(c.code), "the edit does not mend it: %s", text)
				require.Empty(t, lintNode(t, atCerts(version), bad).WithCode("containerd/hosts-syntax"))
			}
		})
	}
}

func TestEveryRuleHasACase(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range lintCases {
		covered[c.code] = true
	}
	seen := map[string]bool{}
	for _, r := range Rules() {
		require.False(t, seen[r.Code], "%s is declared twice", r.Code)
		seen[r.Code] = true
		require.True(t, strings.HasPrefix(r.Code, "containerd/"))
		require.NotEmpty(t, r.Summary, r.Code)
		require.False(t, strings.HasPrefix(r.Fix, "nothing"), "%s: a fix says what to do", r.Code)
		kind, _, _ := strings.Cut(strings.TrimPrefix(r.Code, "containerd/"), "-")
		if kind == "config" || kind == "import" || kind == "migrate" {
			continue // in the tests of config.toml
		}
		if _, ok := elsewhere[r.Code]; !ok && !covered[r.Code] {
			t.Errorf("%s has no triggering file and near miss", r.Code)
		}
	}
	for code := range covered {
		require.True(t, seen[code], "%s is no rule", code)
	}
}

func TestRenderGuards(t *testing.T) {
	_, ds, err := Engine{}.Render(mirror.Config{Registries: []mirror.Registry{
		{Prefix: "A..b"},
		{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://a.example"), at("https://a.example")}},
	}})
	require.NoError(t, err)
	require.Len(t, ds.WithCode("containerd/namespace"), 1)
	require.Len(t, ds.WithCode("containerd/hosts-unwritable"), 1)
}

func TestWhatIsRenderedLintsClean(t *testing.T) {
	want := mirror.Config{Registries: []mirror.Registry{
		{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://docker.m.daocloud.io", Capabilities: mirror.Pull | mirror.Resolve}, {URL: "https://harbor.corp", Repository: "hub"}}},
		{Prefix: "quay.io"}, {Prefix: "reg.example:5000", Mirrors: []mirror.Endpoint{at("https://m.example/base/v2"), at("http://[fd00::1]:5000")}},
		{Prefix: "*", Mirrors: []mirror.Endpoint{at("https://m.example")}},
		{Prefix: "ghcr.io", Fallback: mirror.Off, Mirrors: []mirror.Endpoint{at("https://a.example"), at("https://b.example")}},
	}}
	for _, version := range []string{"1.6", "1.7", "1.7.35", "2.0", "2.1", "2.2", "2.3", "2.4", ""} {
		p, err := Engine{Version: version}.Plan(fstest.MapFS{}, want)
		if version == "1.6" {
			require.NotEmpty(t, p.Diagnostics.WithCode("loss/any-registry"))
		}
		require.NoError(t, err)
		fsys := apply(fstest.MapFS{}, p)
		require.Empty(t, lintNode(t, atCerts(version), fsys).AtLeast(mirror.Warning), version)
		require.Empty(t, lintNode(t, Engine{Version: version}, fsys).AtLeast(mirror.Warning), version)
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"capability": "capabilities", "serve": "server", "hosts": "host", "overide_path": "override_path", "skip-verify": "skip_verify", "dialtimeout": "dial_timeout", "headers": "header"} {
		got, ok := nearest.Word(word, rootKeys)
		require.True(t, ok, word)
		require.Equal(t, want, got)
	}
	for _, word := range []string{"proxy", "insecure", "username", ""} {
		got, ok := nearest.Word(word, rootKeys)
		require.False(t, ok, "%s is not %s", word, got)
	}
}
