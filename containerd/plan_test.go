package containerd

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/require"
)

// apply puts a plan's changes into a copy of the node, as fileset does on
// disk.
func apply(fsys fstest.MapFS, p mirror.Plan) fstest.MapFS {
	out := maps.Clone(fsys)
	for _, c := range p.Changes {
		if c.Kind == mirror.Delete {
			delete(out, c.Path[1:])
		} else {
			out[c.Path[1:]] = &fstest.MapFile{Data: c.After, Mode: c.Mode}
		}
	}
	return out
}

// hostsChanges are a plan's changes without the one to config.toml.
func hostsChanges(p mirror.Plan) (out []mirror.Change) {
	for _, c := range p.Changes {
		if !strings.HasSuffix(c.Path, "config.toml") {
			out = append(out, c)
		}
	}
	return out
}

func hub(mirrors ...mirror.Endpoint) mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: mirrors}}}
}

func at(url string) mirror.Endpoint { return mirror.Endpoint{URL: url} }

const hubFile = certsDir + "/docker.io/hosts.toml"

// planned is the content of the one hosts.toml that a plan changes.
func planned(t *testing.T, version string, fsys fstest.MapFS, want mirror.Config, opts ...mirror.PlanOption) string {
	t.Helper()
	p, err := Engine{Version: version}.Plan(fsys, want, opts...)
	require.NoError(t, err)
	changes := hostsChanges(p)
	require.Len(t, changes, 1)
	return string(changes[0].After)
}

func TestPlanFresh(t *testing.T) {
	timeout := 3 * time.Second
	want := hub(
		mirror.Endpoint{URL: "https://docker.m.daocloud.io", Capabilities: mirror.Pull | mirror.Resolve},
		mirror.Endpoint{URL: "https://harbor.corp/base/", Repository: "hub", Capabilities: mirror.Pull, DialTimeout: &timeout,
			TLS:     mirror.TLS{SkipVerify: mirror.Off, CA: []string{"/etc/ca.pem"}, Client: []mirror.ClientCert{{Cert: "/c.pem"}, {Cert: "/d.pem", Key: "/d.key"}}},
			Headers: []mirror.Header{{Name: "Authorization", Values: secrets("Basic eA==")}}},
		mirror.Endpoint{URL: "https://odd.corp/v2"},
	)
	p, err := Engine{Version: "2.4"}.Plan(fstest.MapFS{}, want)
	require.NoError(t, err)
	c := hostsChanges(p)[0]
	require.Equal(t, `[host."https://docker.m.daocloud.io"]
  capabilities = ["pull", "resolve"]

[host."https://harbor.corp/base/v2/hub"]
  capabilities = ["pull"]
  ca = "/etc/ca.pem"
  client = ["/c.pem", ["/d.pem", "/d.key"]]
  skip_verify = false
  override_path = true
  dial_timeout = "3s"
  [host."https://harbor.corp/base/v2/hub".header]
    Authorization = "Basic eA=="

[host."https://odd.corp/v2/v2"]
`, string(c.After))
	require.Equal(t, hubFile, c.Path)
	require.Equal(t, fs.FileMode(0o600), c.Mode)
	require.True(t, c.Secret)
	require.NotContains(t, fmt.Sprint(p.Diagnostics), "eA==")

	// What is read back is what was wanted.
	view, err := atCerts("2.4").Read(apply(fstest.MapFS{"etc/ca.pem": {}, "c.pem": {}, "d.pem": {}, "d.key": {}}, p))
	require.NoError(t, err)
	want.Registries[0].Mirrors[1].URL = "https://harbor.corp/base"
	require.Equal(t, want, view.Config())
}

func TestPlanMirrorOnly(t *testing.T) {
	want := hub(at("https://a.example"), mirror.Endpoint{URL: "https://b.example", Repository: "hub", Capabilities: mirror.Pull | mirror.Resolve})
	want.Registries[0].Fallback = mirror.Off
	require.Equal(t, `server = "https://b.example/v2/hub"
capabilities = ["pull", "resolve"]
override_path = true

[host."https://a.example"]
`, planned(t, "2.4", fstest.MapFS{}, want))
	want.Registries[0].Fallback, want.Registries[0].Blocked = mirror.Unset, true
	require.Contains(t, planned(t, "2.4", fstest.MapFS{}, want), "server = \"https://b.example/v2/hub\"")
}

func TestPlanByVersion(t *testing.T) {
	ipv6 := hub(at("https://a.example"), mirror.Endpoint{URL: "http://[fd00::1]:5000", Capabilities: mirror.Pull})
	require.Equal(t, "[host.\"https://a.example\"]\n\n[host.\"http://[fd00::1]:5000\"]\n  capabilities = [\"pull\"]\n", planned(t, "2.0", fstest.MapFS{}, ipv6))
	old := planned(t, "1.7", fstest.MapFS{}, ipv6)
	require.Equal(t, "[host]\n  \"https://a.example\".override_path = false\n  \"http://[fd00::1]:5000\".capabilities = [\"pull\"]\n", old)
	require.Equal(t, []string{"http://[fd00::1]:5000/v2/library/x/manifests/" + someDigest + "?ns=docker.io"},
		urls(explain(t, atCerts("1.7"), node(map[string]string{hubFile: old}), "x@"+someDigest, mirror.OpPull))[1:2])

	// A registry without mirrors keeps _default away, and old versions need
	// [host].
	none := mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io"}}}
	require.Equal(t, "server = \"https://quay.io\"\n", planned(t, "2.4", fstest.MapFS{}, none))
	require.Equal(t, "server = \"https://quay.io\"\n\n[host]\n", planned(t, "1.7", fstest.MapFS{}, none))
	require.Equal(t, "server = \"https://quay.io\"\n", planned(t, "1.7.32", fstest.MapFS{}, none))
}

func TestPlanLosses(t *testing.T) {
	timeout := time.Second
	for _, c := range []struct {
		code, version string
		reg           mirror.Registry
		fails         bool
	}{
		{"loss/prefix-path", "2.4", mirror.Registry{Prefix: "quay.io/team", Mirrors: []mirror.Endpoint{at("https://m.example")}}, false},
		{"loss/prefix-wildcard", "2.4", mirror.Registry{Prefix: "*.example.com", Mirrors: []mirror.Endpoint{at("https://m.example")}}, false},
		{"loss/any-registry", "1.6", mirror.Registry{Prefix: "*", Mirrors: []mirror.Endpoint{at("https://m.example")}}, false},
		{"loss/blocked", "2.4", mirror.Registry{Prefix: "quay.io", Blocked: true}, true},
		{"loss/referrers", "2.1", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example", Capabilities: mirror.Pull | mirror.Referrers}}}, false},
		{"loss/tag-only", "2.4", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example", Capabilities: mirror.Resolve}}}, false},
		{"loss/capabilities", "2.4", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example", Capabilities: mirror.NoCapabilities}}}, true},
		{"loss/dial-timeout", "2.0", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example", DialTimeout: &timeout}}}, false},
		{"loss/namespace", "2.4", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://m.example", Namespace: "other.io"}}}, false},
		{"loss/scheme", "2.4", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "http://m.example", TLS: mirror.TLS{SkipVerify: mirror.On}}}}, false},
	} {
		t.Run(c.code, func(t *testing.T) {
			p, err := Engine{Version: c.version}.Plan(fstest.MapFS{}, mirror.Config{Registries: []mirror.Registry{c.reg}})
			found := p.Diagnostics.WithCode(c.code)
			require.Len(t, found, 1, "%v", p.Diagnostics)
			require.True(t, strings.HasPrefix(found[0].Field, "registries[0]."), found[0].Field)
			if !c.fails {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			require.Empty(t, p.Changes)
			_, err = Engine{Version: c.version}.Plan(fstest.MapFS{}, mirror.Config{Registries: []mirror.Registry{c.reg}}, mirror.Accept(c.code))
			require.NoError(t, err)
		})
	}
	p, err := Engine{}.Plan(fstest.MapFS{}, mirror.Config{Search: []string{"quay.io"}})
	require.NoError(t, err)
	require.Len(t, p.Diagnostics.WithCode("loss/search"), 1)
}

func TestPlanRefusesWhatWouldLeaveTheTree(t *testing.T) {
	for _, prefix := range []string{"../etc", "..", "a/../../b", "x\x00y", "a\\..\\b", "https://docker.io", "A.io", ".", "_default"} {
		p, err := Engine{}.Plan(fstest.MapFS{}, mirror.Config{Registries: []mirror.Registry{{Prefix: prefix, Mirrors: []mirror.Endpoint{at("https://m.example")}}}})
		require.Error(t, err, prefix)
		require.Empty(t, p.Changes, prefix)
		_, err = DirectoryName(prefix, Unix)
		require.Error(t, err, prefix)
	}
}

const commented = `# our mirrors
server = "https://registry-1.docker.io" # the upstream

# the fast one
[host."https://a.example"]
  capabilities = ["pull", "resolve"] # no push

# the slow one
[host.'https://b.example/']
  skip_verify = false
  unknown = 1
  [host.'https://b.example/'.header]
    x = "1"
`

func TestPlanEditsInPlace(t *testing.T) {
	fsys := node(map[string]string{hubFile: commented})
	a := mirror.Endpoint{URL: "https://a.example", Capabilities: mirror.Pull | mirror.Resolve}
	b := mirror.Endpoint{URL: "https://b.example", TLS: mirror.TLS{SkipVerify: mirror.Off}, Headers: []mirror.Header{{Name: "x", Values: secrets("1")}}}
	t.Run("nothing to do", func(t *testing.T) {
		p, err := Engine{Version: "2.4"}.Plan(fsys, hub(a, b))
		require.NoError(t, err)
		require.Empty(t, hostsChanges(p))
	})
	t.Run("one key", func(t *testing.T) {
		a := a
		a.Capabilities = mirror.Pull
		require.Equal(t, strings.Replace(commented, `["pull", "resolve"] # no`, `["pull"] # no`, 1), planned(t, "2.4", fsys, hub(a, b)))
	})
	t.Run("a host goes", func(t *testing.T) {
		got := planned(t, "2.4", fsys, hub(b))
		require.NotContains(t, got, "a.example")
		require.Contains(t, got, "# the slow one\n[host.'https://b.example/']\n  skip_verify = false\n  unknown = 1\n")
		require.Contains(t, got, "# our mirrors\nserver = \"https://registry-1.docker.io\" # the upstream\n")
	})
	t.Run("order", func(t *testing.T) {
		got := planned(t, "2.4", fsys, hub(b, a))
		require.Less(t, strings.Index(got, "b.example"), strings.Index(got, "a.example"))
		require.Less(t, strings.Index(got, ".header]"), strings.Index(got, "a.example"))
		require.Equal(t, len(commented), len(got))
	})
	t.Run("a host comes between", func(t *testing.T) {
		got := planned(t, "2.4", fsys, hub(a, at("https://new.example"), b))
		require.Less(t, strings.Index(got, "a.example"), strings.Index(got, "new.example"))
		require.Less(t, strings.Index(got, "new.example"), strings.Index(got, "b.example"))
		for _, line := range strings.Split(commented, "\n") {
			require.Contains(t, got, line)
		}
	})
	t.Run("upstream", func(t *testing.T) {
		want := hub(a, b)
		want.Registries[0].Upstream = &mirror.Endpoint{URL: "https://up.example", TLS: mirror.TLS{CA: []string{"/ca.pem"}}}
		got := planned(t, "2.4", fsys, want)
		require.Contains(t, got, "server = \"https://up.example\" # the upstream\nca = \"/ca.pem\"\n")
	})
	t.Run("first host of a file without any", func(t *testing.T) {
		got := planned(t, "2.4", node(map[string]string{hubFile: "# mine\r\nserver = \"https://registry-1.docker.io\"\r\n"}), hub(a))
		require.Equal(t, "# mine\r\nserver = \"https://registry-1.docker.io\"\r\n\r\n[host.\"https://a.example\"]\r\n  capabilities = [\"pull\", \"resolve\"]\r\n", got)
	})
	t.Run("written anew where the form is not read", func(t *testing.T) {
		dropped := node(map[string]string{hubFile: "[host]\n\"https://a.example\" = { capabilities = [\"pull\", \"resolve\"] }\n"})
		p, err := Engine{Version: "2.4"}.Plan(dropped, hub(a))
		require.NoError(t, err)
		require.Equal(t, "[host.\"https://a.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n", string(hostsChanges(p)[0].After))
		require.Len(t, p.Diagnostics.WithCode("containerd/hosts-rewritten"), 1)
	})
	t.Run("written anew where it is not TOML", func(t *testing.T) {
		require.Equal(t, "[host.\"https://a.example\"]\n  capabilities = [\"pull\", \"resolve\"]\n", planned(t, "2.4", node(map[string]string{hubFile: "server = \"x\n"}), hub(a)))
	})
}

func TestPlanUsesTheDirectoryInForce(t *testing.T) {
	fsys := node(map[string]string{certsDir + "/reg.io:5000/hosts.toml": "[host.\"https://old.example\"]\n"})
	want := mirror.Config{Registries: []mirror.Registry{{Prefix: "reg.io:5000", Mirrors: []mirror.Endpoint{at("https://new.example")}}}}
	p, err := Engine{}.Plan(fsys, want)
	require.NoError(t, err)
	require.Equal(t, certsDir+"/reg.io:5000/hosts.toml", hostsChanges(p)[0].Path)
	p, err = Engine{}.Plan(fstest.MapFS{}, want)
	require.NoError(t, err)
	require.Equal(t, certsDir+"/reg.io_5000_/hosts.toml", hostsChanges(p)[0].Path)
}

func TestOwnership(t *testing.T) {
	fsys := node(map[string]string{
		hubFile: "[host.\"https://a.example\"]\n", certsDir + "/quay.io/hosts.toml": "[host.\"https://q.example\"]\n",
		certsDir + "/reg.io_5000_/hosts.toml": "server = \"https://x\"\n", certsDir + "/reg.io:5000/hosts.toml": "server = \"https://y\"\n",
		certsDir + "/certs.io/ca.crt": "x",
	})
	paths := func(p mirror.Plan, err error) (out []string) {
		require.NoError(t, err)
		for _, c := range hostsChanges(p) {
			require.Equal(t, mirror.Delete, c.Kind)
			require.True(t, c.Prune)
			require.NotEmpty(t, c.Before)
			out = append(out, strings.TrimPrefix(c.Path, certsDir))
		}
		return out
	}
	require.Empty(t, paths(Engine{}.Plan(fsys, hub(at("https://a.example")))))
	require.Equal(t, []string{"/quay.io/hosts.toml", "/reg.io:5000/hosts.toml", "/reg.io_5000_/hosts.toml"},
		paths(Engine{}.Plan(fsys, hub(at("https://a.example")), mirror.Own(mirror.Exclusive))))
	require.Equal(t, []string{"/reg.io:5000/hosts.toml", "/reg.io_5000_/hosts.toml"},
		paths(Engine{}.Plan(fsys, mirror.Config{Registries: []mirror.Registry{{Prefix: "reg.io:5000"}}}, mirror.Own(mirror.Remove))))
}

// randomConfig is a config that containerd can say in every version.
func randomConfig(r *rand.Rand) mirror.Config {
	var c mirror.Config
	prefixes := []string{"docker.io", "quay.io", "reg.example:5000", "*", "localhost:5000", "[fd00::1]:5000"}
	urls := []string{"https://a.example", "http://b.example:5000", "https://c.example/base", "https://d.example/base/v2", "https://e.example/", "http://[fd00::2]:5000", "https://registry-1.docker.io"}
	r.Shuffle(len(prefixes), func(i, j int) { prefixes[i], prefixes[j] = prefixes[j], prefixes[i] })
	endpoint := func(u string) mirror.Endpoint {
		e := mirror.Endpoint{URL: u, Capabilities: []mirror.Capabilities{0, mirror.Pull, mirror.Pull | mirror.Resolve, mirror.Push | mirror.Pull}[r.IntN(4)]}
		if r.IntN(3) == 0 {
			e.Repository = "team/hub"
		}
		if r.IntN(4) == 0 && strings.HasPrefix(u, "https") {
			e.TLS.SkipVerify = mirror.Toggle(1 + r.IntN(2))
			e.TLS.CA = []string{"/etc/ca.pem", "/etc/b.pem"}[:1+r.IntN(2)]
		}
		if r.IntN(4) == 0 {
			e.Headers = []mirror.Header{{Name: "X-A", Values: secrets("1", "2")}, {Name: "y z", Values: secrets("q\"\n")}}[:1]
		}
		return e
	}
	for _, p := range prefixes[:1+r.IntN(3)] {
		reg := mirror.Registry{Prefix: p}
		r.Shuffle(len(urls), func(i, j int) { urls[i], urls[j] = urls[j], urls[i] })
		for _, u := range urls[:1+r.IntN(4)] {
			reg.Mirrors = append(reg.Mirrors, endpoint(u))
		}
		switch r.IntN(4) {
		case 0:
			reg.Fallback = mirror.Off
		case 1:
			up := endpoint("https://up.example")
			reg.Upstream = &up
		}
		c.Registries = append(c.Registries, reg)
	}
	return c
}

// expected are the requests that a registry means, without regard to how any
// engine writes it down.
func expected(reg mirror.Registry, ref mirror.Reference) (out []string) {
	list := reg.Mirrors
	if reg.Fallback != mirror.Off {
		up := mirror.Endpoint{URL: defaultUpstream(ref.Domain)}
		if ref.Domain == "localhost:5000" {
			up.URL = "https://localhost:5000"
		}
		if reg.Upstream != nil {
			up = *reg.Upstream
		}
		list = append(list[:len(list):len(list)], up)
	}
	for _, e := range list {
		if e.Capabilities != 0 && !e.Capabilities.Has(mirror.Pull|mirror.Resolve) {
			continue
		}
		u, _ := mirror.ParseEndpointURL(e.URL)
		repo := ref.Path
		if e.Repository != "" {
			repo = e.Repository + "/" + repo
		}
		request := u.String() + "/v2/" + repo + "/manifests/" + ref.Tag
		if u.Host != ref.Domain && u.Host != "registry-1.docker.io" || u.Host == "registry-1.docker.io" && ref.Domain != "docker.io" {
			request += "?ns=" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(ref.Domain, ":", "%3A"), "[", "%5B"), "]", "%5D")
		}
		out = append(out, request)
	}
	return out
}

func TestRandomConfigsAreReadAsMeant(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		version := []string{"1.6.36", "1.7", "1.7.35", "2.0", "2.1", "2.4"}[r.IntN(6)]
		first, second := randomConfig(r), randomConfig(r)
		fsys := fstest.MapFS{"etc/ca.pem": {Data: []byte("x")}, "etc/b.pem": {Data: []byte("x")}}
		for step, want := range []mirror.Config{first, second} {
			p, err := Engine{Version: version}.Plan(fsys, want)
			require.NoError(t, err)
			fsys = apply(fsys, p)
			name := fmt.Sprintf("%d/%d %s %+v", i, step, version, want)
			again, err := Engine{Version: version}.Plan(fsys, want)
			require.NoError(t, err)
			require.Empty(t, hostsChanges(again), "a plan of what is there changes nothing: %s", name)
			for _, reg := range want.Registries {
				domain := reg.Prefix
				if domain == "*" {
					domain = "other.example"
				}
				ref, err := mirror.ParseReference(domain + "/lib/x:1")
				require.NoError(t, err)
				require.Equal(t, expected(reg, ref), nilIfEmpty(urls(explain(t, atCerts(version), fsys, domain+"/lib/x:1", mirror.OpPull))), name)
			}
			view, err := atCerts(version).Read(fsys)
			require.NoError(t, err)
			round, err := Engine{Version: version}.Plan(fsys, view.Config())
			require.NoError(t, err)
			require.Empty(t, hostsChanges(round), "a plan of what was read changes nothing: %s", name)
			require.Empty(t, onlyErrors(view.Lint()), name)
		}
	}
}

func nilIfEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// onlyErrors leaves out that nothing may resolve, which random capabilities
// bring about.
func onlyErrors(ds mirror.Diagnostics) (out mirror.Diagnostics) {
	for _, d := range ds.AtLeast(mirror.Error) {
		if d.Code != "containerd/nothing-resolves" {
			out = append(out, d)
		}
	}
	return out
}

// Endpoint lists of registries that are not wanted do not come back as files.
func TestExclusivePlanLeavesNoEndpointLists(t *testing.T) {
	node := configNode(map[string]string{configName: "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'ghcr.io']\nendpoint = ['https://m.example']\n"})
	want := mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://hub.example"}}}}}
	plan, err := Engine{Version: "2.4"}.Plan(node, want, mirror.Own(mirror.Exclusive))
	require.NoError(t, err)
	for _, c := range plan.Changes {
		require.NotContains(t, c.Path, "ghcr.io")
	}
}

func TestRemovedRegistriesLeaveTheEndpointLists(t *testing.T) {
	const head = "version = 3\n\n"
	list := func(ns string) string {
		return "[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'" + ns + "']\nendpoint = ['https://m.example'] # x\n"
	}
	for _, tt := range []struct {
		name, before, after string
		own                 mirror.Ownership
		want                []mirror.Registry
	}{
		{"one of two", head + list("ghcr.io") + "\n" + list("quay.io"), head + list("ghcr.io"), mirror.Remove, []mirror.Registry{{Prefix: "quay.io"}}},
		{"the last one", head + list("ghcr.io"), "version = 3\n", mirror.Remove, []mirror.Registry{{Prefix: "ghcr.io"}}},
		{"none wanted", head + list("ghcr.io") + "\n" + list("quay.io"), "version = 3\n", mirror.Exclusive, nil},
		{"another", head + list("ghcr.io"), "", mirror.Remove, []mirror.Registry{{Prefix: "quay.io"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := Engine{Version: "2.4"}.Plan(configNode(map[string]string{configName: tt.before}), mirror.Config{Registries: tt.want}, mirror.Own(tt.own))
			require.NoError(t, err)
			if tt.after == "" {
				require.Empty(t, plan.Changes)
				require.Empty(t, plan.Actions)
				return
			}
			require.Len(t, plan.Changes, 1)
			require.Equal(t, tt.after, string(plan.Changes[0].After))
			require.Len(t, plan.Actions, 1)
		})
	}
}
