package docker

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// apply puts a plan's changes into a copy of the node.
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

// outcome is the files that a plan writes, by path; an empty text is a file that goes.
func outcome(p mirror.Plan) map[string]string {
	out := map[string]string{}
	for _, c := range p.Changes {
		out[c.Path] = string(c.After)
	}
	return out
}

func at(url string) mirror.Endpoint { return mirror.Endpoint{URL: url} }

func hubOf(mirrors ...mirror.Endpoint) mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: mirrors}}}
}

func registryOf(r mirror.Registry) mirror.Config {
	return mirror.Config{Registries: []mirror.Registry{r}}
}

const daemonPath = "/etc/docker/daemon.json"

func TestPlan(t *testing.T) {
	second := 3 * time.Second
	loopback := hubOf(at("http://127.0.0.1:5000"))
	everyOther := registryOf(mirror.Registry{Prefix: "*", Mirrors: []mirror.Endpoint{at("https://q")}})
	const defaultToml = "/etc/docker/certs.d/_default/hosts.toml"
	list29 := list(`"https://a"`)
	list := "{\n  \"registry-mirrors\": [\n    \"https://a\"\n  ]\n}\n"
	for _, tc := range []struct {
		name, version string
		store         ImageStore
		files         fstest.MapFS
		want          mirror.Config
		opts          []mirror.PlanOption
		outcome       map[string]string
		codes         []string
	}{
		{"fresh", "29", Auto, onNode(), hubOf(at("https://a"), at("https://b/hub")), nil,
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"https://a\",\n    \"https://b/hub\"\n  ]\n}\n"}, nil},
		{"only the list changes", "28.5", Auto, daemonJSON("{\n\t\"log-opts\": {\"max-size\": \"10m\"},\n\t\"registry-mirrors\": [\"https://b\", \"https://a\"]\n}"), hubOf(at("https://a"), at("https://b")), nil,
			map[string]string{daemonPath: "{\n\t\"log-opts\": {\"max-size\": \"10m\"},\n\t\"registry-mirrors\": [\"https://a\", \"https://b\"]\n}"}, nil},
		{"same already", "28.5", Auto, daemonJSON(`{"registry-mirrors": ["https://a/", "https://a"]}`), hubOf(at("https://a")), nil, map[string]string{}, nil},
		{"no mirrors clear the list with []", "29", Auto, daemonJSON(`{"registry-mirrors": ["https://a"], "debug": true}`), hubOf(), nil,
			map[string]string{daemonPath: `{"registry-mirrors": [], "debug": true}`}, nil},
		{"no mirrors where there are none", "29", Auto, daemonJSON(`{"debug": true}`), hubOf(), nil, map[string]string{}, nil},

		{"other registries go to certs.d", "29", Auto, onNode(), registryOf(mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://q")}}), nil,
			map[string]string{"/etc/docker/certs.d/quay.io/hosts.toml": "[host.\"https://q\"]\n"}, nil},
		{"other registries, graph driver", "28.5", Auto, onNode(), registryOf(mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://q")}}), nil,
			map[string]string{"/etc/docker/certs.d/quay.io/hosts.toml": "[host.\"https://q\"]\n"}, []string{"loss/only-docker-io"}},
		{"other registries before 28", "27.5", Auto, onNode(), registryOf(mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://q")}}), nil, map[string]string{}, []string{"loss/only-docker-io"}},
		{"all others before 28", "27.5", Auto, onNode(), registryOf(mirror.Registry{Prefix: "*", Mirrors: []mirror.Endpoint{at("https://q")}}), nil, map[string]string{}, []string{"loss/any-registry"}},
		{"paths and wildcards", "29", Auto, onNode(), mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io/x"}, {Prefix: "*.example.com"}}}, nil, map[string]string{}, []string{"loss/prefix-path", "loss/prefix-wildcard"}},

		{"repository prefix", "29", Auto, daemonJSON(list), hubOf(mirror.Endpoint{URL: "https://harbor", Repository: "hub"}), nil,
			map[string]string{hubToml: "[host.\"https://harbor/v2/hub\"]\n  override_path = true\n", daemonPath: "{\n  \"registry-mirrors\": []\n}\n"}, nil},
		{"repository prefix before 28", "27.5", Auto, onNode(), hubOf(at("https://a"), mirror.Endpoint{URL: "https://harbor", Repository: "hub"}), nil,
			map[string]string{daemonPath: list}, []string{"loss/repository"}},
		{"digest only", "29", Auto, onNode(), hubOf(mirror.Endpoint{URL: "https://a", Capabilities: mirror.Pull}), nil,
			map[string]string{hubToml: "[host.\"https://a\"]\n  capabilities = [\"pull\"]\n"}, nil},
		{"both capabilities need no hosts.toml", "29", Auto, onNode(), hubOf(mirror.Endpoint{URL: "https://a", Capabilities: mirror.Pull | mirror.Resolve}), nil, map[string]string{daemonPath: list}, nil},
		{"mirror only", "29", Auto, onNode(), registryOf(mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://a")}, Fallback: mirror.Off}), nil,
			map[string]string{hubToml: "server = \"https://a\"\n"}, nil},
		{"base path before 24.0.8", "24.0.7", Auto, onNode(), hubOf(at("https://a/x"), at("https://a")), nil, map[string]string{daemonPath: list}, []string{"loss/base-path"}},
		{"base path in 24.0 as a whole", "24.0", Auto, onNode(), hubOf(at("https://a/x"), at("https://a")), nil, map[string]string{daemonPath: list}, []string{"loss/base-path"}},
		{"what a list cannot say", "20.10", Auto, onNode(), hubOf(mirror.Endpoint{URL: "https://a", Headers: []mirror.Header{{Name: "X", Values: []mirror.Secret{mirror.NewSecret("v")}}},
			DialTimeout: &second, Namespace: "x.example", TLS: mirror.TLS{CA: []string{"/ca"}, Client: []mirror.ClientCert{{Cert: "/c"}}}}), nil,
			map[string]string{daemonPath: list}, []string{"loss/ca", "loss/client-cert", "loss/dial-timeout", "loss/header", "loss/namespace"}},

		{"loopback", "29", Auto, daemonJSON(list), loopback, nil, map[string]string{hubToml: "[host.\"http://127.0.0.1:5000\"]\n", daemonPath: "{\n  \"registry-mirrors\": []\n}\n"}, nil},
		{"loopback with a graph driver: docker pull needs the list", "28.5", Auto, onNode(), loopback, nil,
			map[string]string{hubToml: "[host.\"http://127.0.0.1:5000\"]\n", daemonPath: "{\n  \"registry-mirrors\": [\n    \"http://127.0.0.1:5000\"\n  ]\n}\n"}, nil},
		{"loopback before 28", "27.5", Auto, onNode(), loopback, nil, map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"http://127.0.0.1:5000\"\n  ]\n}\n"}, nil},
		{"a graph driver's list has what it can say", "28.5", Auto, onNode(), hubOf(at("https://a"), mirror.Endpoint{URL: "https://harbor", Repository: "hub"}, mirror.Endpoint{URL: "https://d", Capabilities: mirror.Pull}), nil,
			map[string]string{daemonPath: list, hubToml: "[host.\"https://a\"]\n\n[host.\"https://harbor/v2/hub\"]\n  override_path = true\n\n[host.\"https://d\"]\n  capabilities = [\"pull\"]\n"}, []string{"loss/capabilities", "loss/repository"}},
		{"insecure mirror", "29", Auto, onNode(), hubOf(mirror.Endpoint{URL: "https://m:5000", TLS: mirror.TLS{SkipVerify: mirror.On}}), nil,
			map[string]string{hubToml: "[host.\"https://m:5000\"]\n  skip_verify = true\n"}, nil},
		{"insecure mirror before 28", "27.5", Auto, onNode(), hubOf(mirror.Endpoint{URL: "https://m:5000", TLS: mirror.TLS{SkipVerify: mirror.On}}), nil,
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"https://m:5000\"\n  ],\n  \"insecure-registries\": [\n    \"m:5000\"\n  ]\n}\n"}, []string{"loss/plain-http-fallback"}},
		{"listed as insecure", "29", Auto, daemonJSON(`{"insecure-registries": ["m:5000"]}`), hubOf(at("https://m:5000")), nil, map[string]string{hubToml: "[host.\"https://m:5000\"]\n"}, nil},
		{"_default would hide the list", "29", Auto, onNode(), mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://a")}}, {Prefix: "*", Mirrors: []mirror.Endpoint{at("https://d")}}}}, nil,
			map[string]string{hubToml: "[host.\"https://a\"]\n", "/etc/docker/certs.d/_default/hosts.toml": "[host.\"https://d\"]\n"}, nil},
		{"hosts.toml that is there is edited", "29", Auto, onNode(hubToml, "# ours\n[host.\"https://a\"]\n"), hubOf(at("https://a"), at("https://b")), nil,
			map[string]string{hubToml: "# ours\n[host.\"https://a\"]\n\n[host.\"https://b\"]\n"}, nil},

		{"insecure registry before 28", "27.5", Auto, daemonJSON(`{"debug": true}`), registryOf(mirror.Registry{Prefix: "r.example", Upstream: &mirror.Endpoint{URL: "http://r.example"}}), nil,
			map[string]string{daemonPath: `{"debug": true, "insecure-registries": ["r.example"]}`}, nil},
		{"insecure registry", "29", Auto, onNode(), registryOf(mirror.Registry{Prefix: "r.example", Upstream: &mirror.Endpoint{URL: "http://r.example"}}), nil,
			map[string]string{"/etc/docker/certs.d/r.example/hosts.toml": "server = \"http://r.example\"\n"}, nil},
		{"insecure registry, listed", "29", Auto, daemonJSON(`{"insecure-registries": ["r.example"]}`), registryOf(mirror.Registry{Prefix: "r.example", Upstream: &mirror.Endpoint{URL: "http://r.example"}}), nil, map[string]string{}, nil},

		{"remove", "29", Auto, onNode(daemonPath, `{"registry-mirrors": ["https://a"], "insecure-registries": ["quay.io", "10.0.0.0/8"]}`, "/etc/docker/certs.d/quay.io/hosts.toml", "[host.\"https://q\"]\n"),
			mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io"}, {Prefix: "quay.io"}}}, []mirror.PlanOption{mirror.Own(mirror.Remove)},
			map[string]string{daemonPath: `{"registry-mirrors": [], "insecure-registries": ["10.0.0.0/8"]}`, "/etc/docker/certs.d/quay.io/hosts.toml": ""}, nil},
		{"exclusive", "29", Auto, onNode(daemonPath, `{"registry-mirrors": ["https://a"]}`, "/etc/docker/certs.d/quay.io/hosts.toml", "[host.\"https://q\"]\n"),
			registryOf(mirror.Registry{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{at("https://g")}}), []mirror.PlanOption{mirror.Own(mirror.Exclusive)},
			map[string]string{daemonPath: `{"registry-mirrors": []}`, "/etc/docker/certs.d/quay.io/hosts.toml": "", "/etc/docker/certs.d/ghcr.io/hosts.toml": "[host.\"https://g\"]\n"}, nil},
		{"merge leaves the rest", "29", Auto, onNode(daemonPath, `{"registry-mirrors": ["https://a"]}`, "/etc/docker/certs.d/quay.io/hosts.toml", "[host.\"https://q\"]\n"),
			registryOf(mirror.Registry{Prefix: "ghcr.io", Mirrors: []mirror.Endpoint{at("https://g")}}), nil,
			map[string]string{"/etc/docker/certs.d/ghcr.io/hosts.toml": "[host.\"https://g\"]\n"}, nil},
		{"mirror only, accepted", "27.5", Auto, onNode(), registryOf(mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://a")}, Fallback: mirror.Off}), []mirror.PlanOption{mirror.Accept("loss/mirror-only")},
			map[string]string{daemonPath: list}, []string{"loss/mirror-only"}},
		{"mirror only, accepted, graph driver", "28.5", Auto, onNode(), registryOf(mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://a"), at("https://b")}, Fallback: mirror.Off}), []mirror.PlanOption{mirror.Accept("loss/mirror-only")},
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"https://a\",\n    \"https://b\"\n  ]\n}\n", hubToml: "server = \"https://b\"\n\n[host.\"https://a\"]\n"}, []string{"loss/mirror-only"}},
		{"a new _default does not hide the list", "29", Auto, daemonJSON(list), everyOther, nil,
			map[string]string{defaultToml: "[host.\"https://q\"]\n", hubToml: "[host.\"https://a\"]\n  capabilities = [\"pull\", \"resolve\"]\n", daemonPath: "{\n  \"registry-mirrors\": []\n}\n"}, nil},
		{"a new _default does not hide the list from builds", "28.5", Auto, daemonJSON(list), everyOther, nil,
			map[string]string{defaultToml: "[host.\"https://q\"]\n", hubToml: "[host.\"https://a\"]\n  capabilities = [\"pull\", \"resolve\"]\n"}, []string{"loss/any-registry"}},
		{"a new _default does not hide insecure registries", "29", Auto, daemonJSON(`{"insecure-registries": ["r.internal", "10.0.0.0/8"]}`), everyOther, nil,
			map[string]string{defaultToml: "[host.\"https://q\"]\n", "/etc/docker/certs.d/r.internal/hosts.toml": "server = \"https://r.internal\"\nskip_verify = true\n"}, nil},
		{"an old _default has hidden the list already", "29", Auto, with(list29, defaultToml, "[host.\"https://q\"]\n"), everyOther, nil, map[string]string{}, nil},
		{"an insecure registry beside a wanted _default", "28.5", Auto, onNode(), mirror.Config{Registries: append(everyOther.Registries[:1:1], insecureRegistry("r.internal"))}, nil,
			map[string]string{defaultToml: "[host.\"https://q\"]\n", "/etc/docker/certs.d/r.internal/hosts.toml": "server = \"https://r.internal\"\nskip_verify = true\n", daemonPath: "{\n  \"insecure-registries\": [\n    \"r.internal\"\n  ]\n}\n"},
			[]string{"loss/any-registry", "loss/plain-http-fallback", "loss/upstream"}},
		{"insecure registries that nothing is said about", "29", Auto, daemonJSON(`{"insecure-registries": ["r.internal"]}`), registryOf(mirror.Registry{Prefix: "r.internal", Mirrors: []mirror.Endpoint{at("https://q")}}), nil,
			map[string]string{"/etc/docker/certs.d/r.internal/hosts.toml": "[host.\"https://q\"]\n"}, []string{"docker/hidden-insecure"}},
		{"a host that is checked here and not there", "27.5", Auto, onNode(), mirror.Config{Registries: []mirror.Registry{
			{Prefix: "r.internal", Upstream: &mirror.Endpoint{URL: "https://r.internal", TLS: mirror.TLS{SkipVerify: mirror.Off}}},
			{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://r.internal", TLS: mirror.TLS{SkipVerify: mirror.On}}}}}}, []mirror.PlanOption{mirror.Accept("loss/tls-verify")},
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"https://r.internal\"\n  ],\n  \"insecure-registries\": [\n    \"r.internal\"\n  ]\n}\n"}, []string{"loss/plain-http-fallback", "loss/tls-verify"}},
		{"a mirror that another registry makes insecure", "28.5", Auto, onNode(), mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://r.internal")}}, insecureRegistry("r.internal")}}, nil,
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"https://r.internal\"\n  ],\n  \"insecure-registries\": [\n    \"r.internal\"\n  ]\n}\n", hubToml: "[host.\"https://r.internal\"]\n"}, []string{"loss/plain-http-fallback"}},
		{"docker.io without mirrors leaves certs.d", "29", Auto, onNode(hubToml, oneHost), hubOf(), nil, map[string]string{hubToml: ""}, nil},
		{"exclusive takes away what cannot be said", "29", Auto, daemonJSON(list), registryOf(mirror.Registry{Prefix: "docker.io", Blocked: true}), []mirror.PlanOption{mirror.Own(mirror.Exclusive), mirror.Accept("loss/blocked")},
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": []\n}\n"}, []string{"loss/blocked"}},
		{"a mirror is a host to the containerd store before 28", "27.5", Containerd, onNode(), hubOf(at("http://a.example"), at("https://b/x"), at("http://127.0.0.1")), nil,
			map[string]string{daemonPath: "{\n  \"registry-mirrors\": [\n    \"http://a.example\",\n    \"http://127.0.0.1\"\n  ]\n}\n"}, []string{"loss/base-path", "loss/scheme"}},
		{"search registries", "29", Auto, onNode(), mirror.Config{Search: []string{"quay.io"}}, nil, map[string]string{}, []string{"loss/search"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := Engine{Version: tc.version, ImageStore: tc.store}
			plan, err := e.Plan(tc.files, tc.want, tc.opts...)
			require.NoError(t, err)
			assert.Equal(t, tc.outcome, outcome(plan))
			got := []string{}
			for _, c := range codes(plan.Diagnostics) {
				if strings.HasPrefix(c, "docker/") || strings.HasPrefix(c, "loss/") {
					got = append(got, c)
				}
			}
			assert.ElementsMatch(t, append([]string{}, tc.codes...), got)
			again, err := e.Plan(apply(tc.files, plan), tc.want, tc.opts...)
			require.NoError(t, err)
			assert.Empty(t, outcome(again), "a second run")
			if _, ok := outcome(plan)[daemonPath]; ok {
				require.Len(t, plan.Actions, 1)
				assert.Contains(t, plan.Actions[0].Command, map[bool]string{true: "restart", false: "reload"}[strings.Contains(plan.Actions[0].Reason, "forgets")])
			} else {
				assert.Empty(t, plan.Actions)
			}
		})
	}
}

func TestPlanLosesNoSecurityInSilence(t *testing.T) {
	for _, tc := range []struct {
		version string
		want    mirror.Registry
		code    string
	}{
		{"27.5", mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{at("https://a")}, Fallback: mirror.Off}, "loss/mirror-only"},
		{"27.5", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://a")}, Blocked: true}, "loss/mirror-only"},
		{"28.5", mirror.Registry{Prefix: "quay.io", Mirrors: []mirror.Endpoint{at("https://a")}, Blocked: true}, "loss/mirror-only"}, // graph driver
		{"29", mirror.Registry{Prefix: "quay.io", Blocked: true}, "loss/blocked"},
		{"27.5", mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://a", Capabilities: mirror.Pull}}}, "loss/digest-only"},
		{"27.5", mirror.Registry{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://127.0.0.1", TLS: mirror.TLS{SkipVerify: mirror.Off}}}}, "loss/tls-verify"},
		{"27.5", mirror.Registry{Prefix: "localhost:5000", Upstream: &mirror.Endpoint{URL: "https://localhost:5000", TLS: mirror.TLS{SkipVerify: mirror.Off}}}, "loss/tls-verify"},
	} {
		plan, err := Engine{Version: tc.version}.Plan(onNode(), registryOf(tc.want))
		require.Error(t, err)
		assert.Empty(t, plan.Changes)
		assert.Contains(t, codes(plan.Diagnostics.AtLeast(mirror.Error)), tc.code)
	}
}

// dockerd merges insecure-registries into a hosts.toml with one host, once daemon.json says anything about registries.
func TestPlanTellsThatALoneLoopbackHostIsNotVerified(t *testing.T) {
	lone := func(verify mirror.Toggle) mirror.Config {
		return registryOf(mirror.Registry{Prefix: "r.example", Upstream: &mirror.Endpoint{URL: "https://127.0.0.1", TLS: mirror.TLS{SkipVerify: verify}}})
	}
	listed := daemonJSON(`{"registry-mirrors": ["https://a"]}`)
	plan, err := Engine{}.Plan(listed, lone(mirror.Off))
	require.Error(t, err)
	assert.Contains(t, codes(plan.Diagnostics), "loss/tls-verify")
	plan, err = Engine{}.Plan(listed, lone(mirror.Unset))
	require.NoError(t, err)
	assert.Contains(t, codes(plan.Diagnostics), "loss/tls-verify")
	plan, err = Engine{}.Plan(onNode(), lone(mirror.Off))
	require.NoError(t, err)
	assert.Empty(t, codes(plan.Diagnostics))
}

func TestPlanRefusesAFileThatDockerdRefuses(t *testing.T) {
	for _, src := range []string{"{\n  // why\n}", `{"registry-mirors": []}`, `{"registry-mirrors": "https://a"}`, "{"} {
		plan, err := Engine{}.Plan(daemonJSON(src), hubOf(at("https://a")))
		require.Error(t, err, src)
		assert.Empty(t, plan.Changes)
		assert.NotZero(t, plan.Diagnostics[0].Line, src)
	}
}

func TestPlanKeepsModeAndAsksForARestartWhereReloadForgets(t *testing.T) {
	files := daemonJSON(`{"insecure-registries": ["r"]}`)
	files["etc/docker/daemon.json"].Mode = 0o640
	plan, err := Engine{Version: "20.10"}.Plan(files, hubOf(at("https://a")))
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.EqualValues(t, 0o640, plan.Changes[0].Mode)
	assert.Equal(t, []string{"systemctl", "restart", "docker"}, plan.Actions[0].Command)
	plan, err = Engine{Version: "23.0.7"}.Plan(files, hubOf(at("https://a")))
	require.NoError(t, err)
	assert.Equal(t, []string{"systemctl", "reload", "docker"}, plan.Actions[0].Command)
}

func TestPathsOfOtherInstallations(t *testing.T) {
	for _, tc := range []struct {
		paths  Paths
		file   string
		action string
	}{
		{RootlessPaths("/home/u", ""), "/home/u/.config/docker/daemon.json", "systemctl --user reload docker"},
		{RootlessPaths("/home/u", "/cfg"), "/cfg/docker/daemon.json", "systemctl --user reload docker"},
		{SnapPaths(), "/var/snap/docker/current/config/daemon.json", "snap restart docker"},
		{DesktopPaths("/Users/u"), "/Users/u/.docker/daemon.json", "docker desktop restart"},
		{WindowsPaths(), "/ProgramData/docker/config/daemon.json", "powershell -Command Restart-Service docker"},
		{LinuxPaths(), "/etc/docker/daemon.json", "systemctl reload docker"},
	} {
		plan, err := Engine{Paths: tc.paths}.Plan(onNode(), hubOf(at("https://a")))
		require.NoError(t, err)
		require.Len(t, plan.Changes, 1)
		assert.Equal(t, tc.file, plan.Changes[0].Path)
		assert.Equal(t, tc.action, strings.Join(plan.Actions[0].Command, " "))
	}
	plan, err := Engine{Paths: WindowsPaths()}.Plan(onNode(), registryOf(mirror.Registry{Prefix: "r.example:5000", Mirrors: []mirror.Endpoint{at("https://m")}}))
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.NotContains(t, plan.Changes[0].Path, ":")
}

func TestMigrate(t *testing.T) {
	src := "{\n  \"debug\": true,\n  \"registry-mirrors\": [\"http://127.0.0.1:5000\", \"https://m/v2\"],\n  \"insecure-registries\": [\"m\"]\n}\n"
	files := daemonJSON(src)
	before := explain(t, Engine{}, files, "alpine:3", mirror.OpPull)
	plan, err := Engine{}.Migrate(files)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		daemonPath: "{\n  \"debug\": true,\n  \"registry-mirrors\": [],\n  \"insecure-registries\": [\"m\"]\n}\n",
		hubToml:    "[host.\"http://127.0.0.1:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n\n[host.\"https://m\"]\n  capabilities = [\"pull\", \"resolve\"]\n  skip_verify = true\n",
	}, outcome(plan))
	after := explain(t, Engine{}, apply(files, plan), "alpine:3", mirror.OpPull)
	require.Len(t, after.Attempts, len(before.Attempts))
	for i := range after.Attempts {
		assert.Equal(t, before.Attempts[i].URL, after.Attempts[i].URL)
	}
	again, err := Engine{}.Migrate(apply(files, plan))
	require.NoError(t, err)
	assert.Empty(t, again.Changes)

	_, err = Engine{Version: "27.5"}.Migrate(files)
	require.ErrorContains(t, err, "does not read hosts.toml")

	plan, err = Engine{Version: "28.5"}.Migrate(daemonJSON(`{"registry-mirrors": ["https://a"]}`))
	require.NoError(t, err)
	assert.Contains(t, outcome(plan), hubToml)
	assert.NotContains(t, outcome(plan), daemonPath, "docker pull with a graph driver still needs the list")

	plan, err = Engine{}.Migrate(onNode(daemonPath, `{"registry-mirrors": ["https://a"]}`, hubToml, "[host.\"https://t\"]\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{daemonPath: `{"registry-mirrors": []}`}, outcome(plan))
	assert.Equal(t, []string{"docker/migrate-kept"}, codes(plan.Diagnostics))
}

func TestReadAgreesWithPlan(t *testing.T) {
	for _, files := range []fstest.MapFS{
		daemonJSON(`{"registry-mirrors": ["https://a", "http://b/x"], "insecure-registries": ["r.example:5000", "10.0.0.0/8"]}`),
		onNode(daemonPath, `{"registry-mirrors": ["https://a"]}`, "/etc/docker/certs.d/quay.io/hosts.toml", "[host.\"https://q\"]\n  capabilities = [\"pull\"]\n"),
		onNode(hubToml, "server = \"https://t\"\n[host.\"https://a\"]\n"),
	} {
		for _, version := range []string{"28.5", "29"} {
			e := Engine{Version: version}
			if _, ok := files["etc/docker/daemon.json"]; !ok && version == "28.5" {
				continue // docker pull gets a list, so that it does what only builds did
			}
			v, err := e.Read(files)
			require.NoError(t, err)
			plan, err := e.Plan(files, v.Config())
			require.NoError(t, err)
			assert.Empty(t, outcome(plan), version)
		}
	}
}
