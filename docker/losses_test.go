package docker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Each case is a file that another tool damaged when it edited one key of it, named after what went wrong.
func TestLossesOfOtherTools(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"a runtime's name was split at its dots",
			`{"runtimes": {"io.containerd.kata.v2": {"runtimeType": "io.containerd.kata.v2"}}}`,
			`{"runtimes": {"io.containerd.kata.v2": {"runtimeType": "io.containerd.kata.v2"}}, "registry-mirrors": ["https://a"]}`},
		{"keys of maps were written in lower case",
			`{"runtimes": {"Kata": {"path": "/usr/bin/Kata"}}, "log-opts": {"labels": "App,Team"}}`,
			`{"runtimes": {"Kata": {"path": "/usr/bin/Kata"}}, "log-opts": {"labels": "App,Team"}, "registry-mirrors": ["https://a"]}`},
		{"a big integer lost its last digits",
			`{"builder": {"gc": {"n": 9223372036854775807}}}`,
			`{"builder": {"gc": {"n": 9223372036854775807}}, "registry-mirrors": ["https://a"]}`},
		{"a fraction was rounded", `{"builder": {"n": 1.10}}`, `{"builder": {"n": 1.10}, "registry-mirrors": ["https://a"]}`},
		{"the features block was wiped",
			`{"features": {"buildkit": true, "containerd-snapshotter": true}}`,
			`{"features": {"buildkit": true, "containerd-snapshotter": true}, "registry-mirrors": ["https://a"]}`},
		{"an ampersand became an escape",
			`{"proxies": {"http-proxy": "http://p/?a=1&b=<2>"}}`,
			`{"proxies": {"http-proxy": "http://p/?a=1&b=<2>"}, "registry-mirrors": ["https://a"]}`},
		{"the order of keys was lost",
			"{\n  \"log-driver\": \"json-file\",\n  \"debug\": true,\n  \"bip\": \"10.1.0.1/24\"\n}\n",
			"{\n  \"log-driver\": \"json-file\",\n  \"debug\": true,\n  \"bip\": \"10.1.0.1/24\",\n  \"registry-mirrors\": [\n    \"https://a\"\n  ]\n}\n"},
		{"the proxies object was replaced and no-proxy with it",
			`{"proxies": {"http-proxy": "http://p", "no-proxy": "10.0.0.0/8"}}`,
			`{"proxies": {"http-proxy": "http://p", "no-proxy": "10.0.0.0/8"}, "registry-mirrors": ["https://a"]}`},
		{"the whole file was replaced", `{"data-root": "/data", "registry-mirrors": []}`, `{"data-root": "/data", "registry-mirrors": ["https://a"]}`},
		{"indentation by tabs and line ends were changed",
			"{\r\n\t\"debug\": true\r\n}\r\n", "{\r\n\t\"debug\": true,\r\n\t\"registry-mirrors\": [\r\n\t\t\"https://a\"\r\n\t]\r\n}\r\n"},
		{"an empty file was an error", "", "{\n  \"registry-mirrors\": [\n    \"https://a\"\n  ]\n}\n"},
	} {
		t.Run(strings.ReplaceAll(tc.name, " ", "_"), func(t *testing.T) {
			node := daemonJSON(tc.src)
			plan, err := Engine{Version: "28.5"}.Plan(node, hubOf(at("https://a")))
			require.NoError(t, err)
			assert.Equal(t, map[string]string{daemonPath: tc.want}, outcome(plan))
		})
	}
}

func TestMirrorsWereDoubledByASecondRun(t *testing.T) {
	node := daemonJSON(`{"registry-mirrors": ["https://a/"]}`)
	for range 3 {
		plan, err := Engine{Version: "28.5"}.Plan(node, hubOf(at("https://a"), at("https://b")))
		require.NoError(t, err)
		node = apply(node, plan)
	}
	assert.Equal(t, `{"registry-mirrors": ["https://a/", "https://b"]}`, string(node["etc/docker/daemon.json"].Data))
}

func TestNullPanicked(t *testing.T) {
	for _, src := range []string{
		`null`, `{"runtimes": null}`, `{"runtimes": []}`, `{"default-runtime": 1}`, `{"registry-mirrors": null}`, `{"registry-mirrors": [null]}`,
		`{"features": null}`, `{"insecure-registries": {}}`, `[]`, `1`, `""`, `{"proxies": null}`, `{"registry-mirrors": [["https://a"]]}`,
	} {
		for _, version := range []string{"20.10", "24.0", "27.5", "28.5", "29"} {
			e := Engine{Version: version}
			node := daemonJSON(src)
			v, err := e.Read(node)
			require.NoError(t, err)
			v.Lint()
			v.Config()
			explain(t, e, node, "alpine", mirror.OpPull)
			for _, own := range []mirror.Ownership{mirror.Merge, mirror.Exclusive, mirror.Remove} {
				plan, err := e.Plan(node, hubOf(at("https://a")), mirror.Own(own))
				if err == nil && len(plan.Changes) > 0 {
					require.NoError(t, parseDaemon(t, string(plan.Changes[0].After)).Check(version).Err(), src)
				}
			}
			_, _ = e.Migrate(node)
		}
	}
}

// Edits at random leave every other value as it was, and make the list what was wanted.
func FuzzPlan(f *testing.F) {
	for _, src := range []string{`{"debug": true}`, "{\n\t\"registry-mirrors\": [\"https://b\"],\n\"x\": {}}", "", `{"insecure-registries": ["r"]}`, "\ufeff{}", `{"registry-mirrors": ["http://127.0.0.1"]}`} {
		f.Add(src, uint8(0))
	}
	versions := []string{"20.10", "24.0", "27.5", "28", "28.5", "29", ""}
	f.Fuzz(func(t *testing.T, src string, pick uint8) {
		e := Engine{Version: versions[int(pick)%len(versions)]}
		node := daemonJSON(src)
		v, err := e.Read(node)
		if err != nil {
			t.Fatal(err)
		}
		v.Lint()
		ref, _ := mirror.ParseReference("alpine:3")
		v.Explain(ref, mirror.OpPull)
		want := hubOf(at("https://a"), at("https://c/x"))
		plan, err := e.Plan(node, want, mirror.Accept(mirror.LossBasePath.Code))
		if err != nil {
			return
		}
		node = apply(node, plan)
		again, err := e.Plan(node, want)
		if err != nil || len(again.Changes) > 0 {
			t.Fatalf("a second run of %s on %q: %v %v", e.Name(), src, err, outcome(again))
		}
		after, err := e.Read(node)
		if err != nil || after.Explain(ref, mirror.OpPull).Attempts[0].Host != "a" {
			t.Fatalf("%s on %q: %v", e.Name(), src, lines(after.Explain(ref, mirror.OpPull)))
		}
	})
}

func TestMirrorThatIsARegistryToo(t *testing.T) {
	for _, upstream := range []*mirror.Endpoint{nil, {URL: "https://h.example"}} {
		want := mirror.Config{Registries: []mirror.Registry{
			{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://h.example", TLS: mirror.TLS{SkipVerify: mirror.On}}}},
			{Prefix: "h.example", Upstream: upstream},
		}}
		plan, err := Engine{Version: "27.5"}.Plan(onNode(), want)
		require.NoError(t, err)
		found := plan.Diagnostics.WithCode(mirror.LossTLSVerify.Code)
		require.Len(t, found, 1)
		require.Equal(t, "registries[1].upstream.skip_verify", found[0].Field)
		require.Equal(t, mirror.Warning, found[0].Severity)
	}
}
