package containerd

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

var someDigest = "sha256:" + strings.Repeat("a", 64)

// The file of containerd/v2 2.4.2 core/remotes/docker/config/hosts_test.go
// TestParseHostFile in form and content: eleven hosts and a server become
// twelve endpoints.
const everyForm = `server = "https://default.example"
ca = "/etc/path/default"
[header]
  x-custom-1 = "custom header"

[host."https://mirror.example"]
  capabilities = ["pull"]
  ca = "/etc/certs/mirror.pem"
  skip_verify = false
  [host."https://mirror.example".header]
    x-custom-2 = ["value1", "value2"]

[host."https://mirror-bak.example/us"]
  capabilities = ["pull"]
  skip_verify = true

[host."http://mirror.example"]
  capabilities = ["pull"]

[host."https://test-1.example"]
  capabilities = ["pull", "resolve", "push", "referrers"]
  ca = ["/etc/certs/test-1-ca.pem", "/etc/certs/special.pem"]
  client = [["/etc/certs/client.cert", "/etc/certs/client.key"], ["/etc/certs/client.pem", ""]]

[host."https://test-2.example"]
  client = "/etc/certs/client.pem"

[host."https://test-3.example"]
  client = ["/etc/certs/client-1.pem", "/etc/certs/client-2.pem"]

[host."https://no-referrers.example"]
  capabilities = ["pull", "resolve", "push"]
  client = ["/etc/certs/client-1.pem", "/etc/certs/client-2.pem"]

[host."https://own-path.example/v2/prefix"]
  capabilities = ["pull"]
  override_path = true

[host."https://no-path.example"]
  override_path = true

[host."https://only-header.example".header]
  x-custom-1 = "justaheader"

[host."https://dial-timeout.example"]
  dial_timeout = "3s"
`

func TestEndpointsOfEveryForm(t *testing.T) {
	f, err := ParseHosts(certsDir+"/reg.example/hosts.toml", []byte(everyForm))
	require.NoError(t, err)
	endpoints, ok, err := f.Endpoints("2.4")
	require.NoError(t, err)
	require.True(t, ok)
	const all = mirror.AllCapabilities
	const pull = mirror.Pull
	type row struct {
		scheme, host, path string
		capabilities       mirror.Capabilities
		ca, client         int
		skip               mirror.Toggle
		header             string
		timeout            string
		line               int
	}
	want := []row{
		{"https", "mirror.example", "/v2", pull, 1, 0, mirror.Off, "x-custom-2", "", 6},
		{"https", "mirror-bak.example", "/us/v2", pull, 0, 0, mirror.On, "", "", 13},
		{"http", "mirror.example", "/v2", pull, 0, 0, mirror.Unset, "", "", 17},
		{"https", "test-1.example", "/v2", all, 2, 2, mirror.Unset, "", "", 20},
		{"https", "test-2.example", "/v2", all, 0, 1, mirror.Unset, "", "", 25},
		{"https", "test-3.example", "/v2", all, 0, 2, mirror.Unset, "", "", 28},
		{"https", "no-referrers.example", "/v2", all &^ mirror.Referrers, 0, 2, mirror.Unset, "", "", 31},
		{"https", "own-path.example", "/v2/prefix", pull, 0, 0, mirror.Unset, "", "", 35},
		{"https", "no-path.example", "", all, 0, 0, mirror.Unset, "", "", 39},
		{"https", "only-header.example", "/v2", all, 0, 0, mirror.Unset, "x-custom-1", "", 42},
		{"https", "dial-timeout.example", "/v2", all, 0, 0, mirror.Unset, "", "3s", 45},
		{"https", "default.example", "/v2", all, 1, 0, mirror.Unset, "x-custom-1", "", 1},
	}
	var got []row
	for _, e := range endpoints {
		r := row{e.Scheme, e.Host, e.Path, e.Capabilities, len(e.Settings.CA), len(e.Settings.Client), e.Settings.SkipVerify, "", e.Settings.DialTimeout, e.Source.Line}
		if len(e.Settings.Header) > 0 {
			r.header = e.Settings.Header[0].Name
		}
		got = append(got, r)
	}
	require.Equal(t, want, got)

	_, ok, err = f.Endpoints("2.1")
	require.NoError(t, err)
	require.False(t, ok, "referrers is no capability before 2.2")
}

// TestHTTPFallback's rows of containerd/v2 2.4.2
// core/remotes/docker/config/hosts_test.go that a node can have: those with a
// default scheme or TLS configuration of the Go API come from no file.
func TestSchemeWithoutConfiguration(t *testing.T) {
	for host, want := range map[string]string{
		"localhost:8080": "https://localhost:8080 skip-verify-then-http", "localhost:80": "http://localhost:80 http", "localhost:443": "https://localhost:443 skip-verify",
		"localhost": "https://localhost skip-verify", "localhost:5000": "https://localhost:5000 skip-verify-then-http",
		"example.com": "https://example.com verified", "example.com:5000": "https://example.com:5000 verified",
		"127.0.0.254:5000": "https://127.0.0.254:5000 skip-verify-then-http", "127.0.0.254": "https://127.0.0.254 skip-verify",
		"[::1]:5000": "https://[::1]:5000 skip-verify-then-http", "[::1]": "https://[::1] verified", "docker.io": "https://registry-1.docker.io verified",
		"127.0.0.256": "https://127.0.0.256 verified", "127.0.0.01": "https://127.0.0.01 verified",
	} {
		e := explain(t, atCerts("2.4"), fstest.MapFS{}, host+"/a/b:1", mirror.OpPull)
		require.Len(t, e.Attempts, 1)
		a := e.Attempts[0]
		require.Equal(t, want, strings.TrimSuffix(a.URL, "/v2/a/b/manifests/1")+" "+a.TLS.String(), host)
		require.False(t, a.Mirror)
	}
}

func TestSchemeOfHTTPHosts(t *testing.T) {
	file := `server = "http://up.example"
[host."http://a.example:5000"]
skip_verify = true
[host."http://b.example"]
skip_verify = false
[host."http://c.example:80"]
skip_verify = true
[host."http://d.example:5000"]
dial_timeout = "3s"
`
	modes := func(version string) (out []string) {
		fsys := node(map[string]string{certsDir + "/reg.example/hosts.toml": file})
		for _, a := range explain(t, atCerts(version), fsys, "reg.example/x:1", mirror.OpPull).Attempts {
			out = append(out, a.TLS.String())
		}
		return out
	}
	require.Equal(t, []string{"http", "http", "http", "http", "http"}, modes("1.6.24"))
	require.Equal(t, []string{"skip-verify-then-http", "http", "http", "http", "http"}, modes("1.7.23"))
	require.Equal(t, []string{"skip-verify-then-http", "https-then-http", "http", "http", "http"}, modes("1.7.24"))
	require.Equal(t, []string{"skip-verify-then-http", "https-then-http", "http", "https-then-http", "http"}, modes("2.0.7"))
	require.Equal(t, []string{"skip-verify-then-http", "https-then-http", "http", "http", "http"}, modes("2.4"))
}

func TestCapabilitiesDecideWhoIsAsked(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/ns.io/hosts.toml": `server = "https://c.example"
[host."https://a.example"]
capabilities = ["pull"]
[host."https://b.example"]
capabilities = ["pull", "resolve"]
`})
	byTag := explain(t, atCerts("2.4"), fsys, "ns.io/lib/x:1", mirror.OpPull)
	require.Equal(t, []string{"https://b.example/v2/lib/x/manifests/1?ns=ns.io", "https://c.example/v2/lib/x/manifests/1?ns=ns.io"}, urls(byTag))
	require.Equal(t, "a.example", byTag.Skipped[0].Host)
	require.Contains(t, byTag.Skipped[0].Why, "resolve")
	require.NotEmpty(t, byTag.Diagnostics.WithCode("containerd/contents-from-all"))

	byDigest := explain(t, atCerts("2.4"), fsys, "ns.io/lib/x@"+someDigest, mirror.OpPull)
	require.Len(t, byDigest.Attempts, 3)
	require.Equal(t, "https://a.example/v2/lib/x/manifests/"+someDigest+"?ns=ns.io", byDigest.Attempts[0].URL)
	require.Equal(t, mirror.Position{File: certsDir + "/ns.io/hosts.toml", Line: 2, Column: 1}, byDigest.Attempts[0].Source)

	push := explain(t, atCerts("2.4"), fsys, "ns.io/lib/x:1", mirror.OpPush)
	require.Equal(t, []string{"https://c.example/v2/lib/x/manifests/1?ns=ns.io"}, urls(push))
	require.Equal(t, []string{"https://c.example/v2/lib/x/manifests/1"}, urls(explain(t, atCerts("2.2"), fsys, "ns.io/lib/x:1", mirror.OpPush)))
}

func TestDirectoryLookup(t *testing.T) {
	tree := func(dirs ...string) fstest.MapFS {
		files := map[string]string{}
		for _, d := range dirs {
			files[certsDir+"/"+d+"/hosts.toml"] = "server = \"https://" + strings.NewReplacer(":", "-", "_", "", "[", "", "]", "").Replace(d) + ".test\"\n[host]\n"
		}
		return node(files)
	}
	for _, c := range []struct {
		name, reference, want string
		dirs                  []string
	}{
		{"port between underscores first", "reg.example:5000/r:1", "reg.example5000.test", []string{"reg.example_5000_", "reg.example:5000", "_default"}},
		{"then the plain name", "reg.example:5000/r:1", "reg.example-5000.test", []string{"reg.example:5000", "reg.example", "_default"}},
		{"then _default", "reg.example:5000/r:1", "default.test", []string{"reg.example", "_default"}},
		{"a port is not dropped", "reg.example:443/r:1", "reg.example:443", []string{"reg.example"}},
		{"docker.io by its own name only", "alpine:1", "registry-1.docker.io", []string{"registry-1.docker.io", "index.docker.io"}},
		{"docker.io", "alpine:1", "docker.io.test", []string{"docker.io", "_default"}},
		{"IPv6 with a port", "[fd00::1]:5000/r:1", "fd00--15000.test", []string{"[fd00::1]_5000_", "_default"}},
		{"IPv6 without a port", "[fd00::1]/r:1", "fd00--1.test", []string{"[fd00::1]", "_default"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := explain(t, atCerts("2.4"), tree(c.dirs...), c.reference, mirror.OpPull)
			require.Len(t, e.Attempts, 1)
			require.Equal(t, c.want, e.Attempts[0].Host)
		})
	}
	require.Equal(t, "reg.example", explain(t, atCerts("1.6.16"), tree("_default"), "reg.example/r:1", mirror.OpPull).Attempts[0].Host, "_default came with 1.6.17")
	windows := atCerts("2.4")
	windows.Platform = Windows
	require.Equal(t, "reg.example5000.test", explain(t, windows, tree("reg.example5000", "_default"), "reg.example:5000/r:1", mirror.OpPull).Attempts[0].Host)
}

func TestEmptyDirectoryHidesDefault(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/_default/hosts.toml": "[host.\"https://m.example\"]\n"})
	fsys["etc/containerd/certs.d/quay.io"] = &fstest.MapFile{Mode: 0o755 | 1<<31}
	require.Equal(t, []string{"https://quay.io/v2/a/b/manifests/1"}, urls(explain(t, atCerts("2.4"), fsys, "quay.io/a/b:1", mirror.OpPull)))
	require.Len(t, explain(t, atCerts("2.4"), fsys, "ghcr.io/a/b:1", mirror.OpPull).Attempts, 2)
}

func TestFaultsThatStopThePull(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a file in place of the directory": {certsDir + "/ns.io": "x"},
		"CA file that is not there":        {certsDir + "/ns.io/hosts.toml": "[host.\"https://a\"]\nca = \"none.pem\"\n"},
		"empty CA path":                    {certsDir + "/ns.io/hosts.toml": "[host.\"https://a\"]\nca = \"\"\n"},
		"empty key in a pair":              {certsDir + "/ns.io/c.pem": "x", certsDir + "/ns.io/hosts.toml": "[host.\"https://a\"]\nclient = [[\"c.pem\", \"\"]]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := explain(t, atCerts("2.4"), node(files), "ns.io/x:1", mirror.OpPull)
			require.Empty(t, e.Attempts)
			require.Error(t, e.Diagnostics.Err())
		})
	}
	e := explain(t, atCerts("2.4"), node(map[string]string{
		certsDir + "/ns.io/hosts.toml": "[host.\"https://a\"]\nca = \"near.pem\"\nclient = [[\"/etc/c.pem\", \"/etc/c.key\"]]\n",
		certsDir + "/ns.io/near.pem":   "x", "/etc/c.pem": "x", "/etc/c.key": "x"}), "ns.io/x:1", mirror.OpPull)
	require.Len(t, e.Attempts, 2)
	require.Empty(t, e.Diagnostics)
}

func TestRefusedFileSendsPullsUpstream(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/ns.io/hosts.toml": "server = \"https://m.example\n", certsDir + "/ns.io/ca.crt": "x"})
	e := explain(t, atCerts("2.4"), fsys, "ns.io/x:1", mirror.OpPull)
	require.Equal(t, []string{"https://ns.io/v2/x/manifests/1"}, urls(e))
	require.NoError(t, e.Diagnostics.Err(), "requests are made, so that nothing here is an error")
	require.Equal(t, "containerd/hosts-syntax", e.Diagnostics[0].Code)
	require.Equal(t, 1, e.Diagnostics[0].Line)
}

func TestClients(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/ns.io/hosts.toml": "[host.\"https://m.example\"]\n", "/etc/docker/certs.d/quay.io/hosts.toml": "[host.\"https://q.example\"]\n"})
	ctr := explain(t, Engine{Client: Ctr}, fsys, "ns.io/x:1", mirror.OpPull)
	require.Equal(t, []string{"https://ns.io/v2/x/manifests/1"}, urls(ctr))
	require.NotEmpty(t, ctr.Diagnostics.WithCode("containerd/ctr-hosts-dir"))
	require.Len(t, explain(t, Engine{Client: Nerdctl}, fsys, "ns.io/x:1", mirror.OpPull).Attempts, 2)
	require.Len(t, explain(t, Engine{Client: Nerdctl}, fsys, "quay.io/x:1", mirror.OpPull).Attempts, 1)
	require.Len(t, explain(t, Engine{Version: "1.7", Client: Nerdctl}, fsys, "quay.io/x:1", mirror.OpPull).Attempts, 2)
	// CRI without config_path, before the default of 2.2.
	cri := explain(t, Engine{Version: "2.0"}, fsys, "ns.io/x:1", mirror.OpPull)
	require.Len(t, cri.Attempts, 1)
	require.Equal(t, "m.example", cri.Skipped[0].Host)
}

func TestCRIWithoutTree(t *testing.T) {
	local := explain(t, Engine{Version: "2.0"}, fstest.MapFS{}, "localhost:5000/x:1", mirror.OpPull)
	require.Equal(t, []string{"http://localhost:5000/v2/x/manifests/1"}, urls(local), "the CRI plugin's own pull")
	require.Equal(t, mirror.PlainHTTP, local.Attempts[0].TLS)
	transfer := explain(t, Engine{Version: "2.1"}, fstest.MapFS{}, "localhost:5000/x:1", mirror.OpPull)
	require.Equal(t, mirror.TLSSkipVerifyThenPlain, transfer.Attempts[0].TLS, "the transfer service")

	config := func(endpoint string) fstest.MapFS {
		return node(map[string]string{"/etc/containerd/config.toml": "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'*']\nendpoint = ['" + endpoint + "']\n"})
	}
	require.Equal(t, []string{"https://m.example/v2/x/manifests/1?ns=ns.io", "https://ns.io/v2/x/manifests/1"}, urls(explain(t, Engine{Version: "2.4"}, config("m.example"), "ns.io/x:1", mirror.OpPull)))
	broken := explain(t, Engine{Version: "2.4"}, config("https://m example"), "ns.io/x:1", mirror.OpPull)
	require.Empty(t, broken.Attempts)
	require.Len(t, broken.Diagnostics.WithCode("containerd/endpoint-url"), 1)
}

func TestRepositoryAndPathsInRequests(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/docker.io/hosts.toml": `[host."https://h.example/base"]
[host."https://h.example/v2/hub"]
override_path = true
[host."https://docker.io"]
[host."https://index.docker.io"]
`})
	require.Equal(t, []string{
		"https://h.example/base/v2/library/alpine/manifests/3?ns=docker.io", "https://h.example/v2/hub/library/alpine/manifests/3?ns=docker.io",
		"https://docker.io/v2/library/alpine/manifests/3", "https://index.docker.io/v2/library/alpine/manifests/3?ns=docker.io",
		"https://registry-1.docker.io/v2/library/alpine/manifests/3",
	}, urls(explain(t, atCerts("2.4"), fsys, "alpine:3", mirror.OpPull)))
	ported := node(map[string]string{certsDir + "/reg.io:5000/hosts.toml": "[host.\"https://m\"]\n"})
	require.Equal(t, "https://m/v2/x/manifests/latest?ns=reg.io%3A5000", urls(explain(t, atCerts("2.4"), ported, "reg.io:5000/x", mirror.OpPull))[0])
}

func TestVersionTable(t *testing.T) {
	require.NotEmpty(t, hostsFeatures)
	for _, f := range hostsFeatures {
		require.NotEmpty(t, f.Name)
		require.NotEmpty(t, f.Source)
		require.NotEmpty(t, f.In)
	}
	v, ds, err := parseVersion("")
	require.NoError(t, err)
	require.Empty(t, ds)
	require.Equal(t, newestKnown, v.String())
	v, ds, err = parseVersion("3.1")
	require.NoError(t, err)
	require.Len(t, ds, 1)
	require.Equal(t, release.MustParse(newestKnown), v)
	_, _, err = parseVersion("new")
	require.Error(t, err)
}
