package docker

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func parseDaemon(t testing.TB, src string) *DaemonFile {
	t.Helper()
	f, err := ParseDaemonFile("/etc/docker/daemon.json", []byte(src))
	require.NoError(t, err)
	return f
}

// brief is line:column code field.
func brief(ds mirror.Diagnostics) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d:%d %s %s", d.Line, d.Column, strings.TrimPrefix(d.Code, "docker/"), d.Field)))
	}
	return out
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name, version, src string
		want               []string
		fix                string // of the first diagnostic
	}{
		{"good", "", "{\n  \"registry-mirrors\": [\"https://m\"],\n  \"insecure-registries\": [\"10.0.0.0/8\"], \"features\": {\"any\": true},\n  \"log-opts\": {\"max-size\": \"10m\"}\n}\n", nil, ""},
		{"empty", "", "", nil, ""},
		{"empty, long ago", "20.10", " \n", []string{"1:1 daemon-not-object"}, "put the keys between { and }"},
		{"white space", "", " \n\t", nil, ""},
		{"proxies, long ago", "20.10", `{"proxies": {"http-proxy": "http://p"}}`, []string{"1:14 unknown-key proxies.http-proxy"}, ""},
		{"proxies, since then", "23.0", `{"proxies": {"http-proxy": "http://p"}}`, nil, ""},
		{"graph, long ago", "20.10", `{"graph": "/srv"}`, nil, ""},
		{"graph, since then", "23.0", `{"graph": "/srv"}`, []string{"1:2 unknown-key graph"}, `write "data-root"`},
		{"log-format", "24.0", `{"log-format": "json"}`, []string{"1:2 unknown-key log-format"}, ""},
		{"oom-score-adjust", "25.0", `{"oom-score-adjust": -500}`, nil, ""},
		{"oom-score-adjust, since then", "26.0", `{"oom-score-adjust": -500}`, []string{"1:2 unknown-key oom-score-adjust"}, ""},
		{"empty object", "", "{}", nil, ""},
		{"null", "", "null", nil, ""},
		{"array", "", "[]", []string{"1:1 daemon-not-object"}, "put the keys between { and }"},
		{"string", "", "\n\"x\"", []string{"2:1 daemon-not-object"}, ""},
		{"comment", "", "{\n  // why\n  \"debug\": true\n}", []string{"2:3 json-comment"}, ""},
		{"trailing comma", "", "{\n  \"debug\": true,\n}", []string{"2:16 json-trailing-comma"}, "remove the comma"},
		{"not UTF-8", "29.7", "{\"group\": \"\xff\"}", []string{"1:12 json-utf8"}, ""},
		{"not UTF-8, long ago", "20.10", "{\"group\": \"\xff\"}", nil, ""},
		{"byte order mark", "23.0", "\ufeff{}", nil, ""},
		{"byte order mark, long ago", "20.10.24", "\ufeff{}", []string{"1:1 json-byte-order-mark"}, ""},
		{"UTF-16", "", "\xff\xfe{\x00}\x00", nil, ""},
		{"too large a number", "", `{"mtu": 1500, "features": {"x": true}, "builder": {"a": [1e400]}}`, []string{"1:58 json-number"}, ""},

		{"twice in a map", "", `{"log-opts": {"max-file": "1", "max-file": "2", "Max-File": "3"}}`, []string{"1:15 duplicate-key log-opts.max-file"}, "remove this one"},
		{"twice in a struct", "", `{"runtimes": {"A": {"path": "1", "Path": "2"}, "a": {}, "A": {}}}`, []string{"1:15 duplicate-key runtimes.A", "1:21 duplicate-key runtimes.A.path"}, ""},
		{"twice in a list", "", `{"default-address-pools": [{"base": "10.0.0.0/8", "size": 24, "base": "10.0.0.0/9"}]}`, []string{"1:29 duplicate-key default-address-pools[0].base"}, ""},
		{"twice far down", "", `{"builder": {"gc": {"policy": [{"keepStorage": "1", "KeepStorage": "2"}], "enabled": true}}}`, []string{"1:33 duplicate-key builder.gc.policy[0].keepStorage"}, ""},
		{"twice in what is ignored", "", `{"x": {"debug": true, "debug": true}}`, []string{"1:8 nested-key x.debug", "1:23 nested-key x.debug"}, ""},
		{"once in each of two", "", `{"features": {"a": true}, "log-opts": {"a": "b"}, "default-ulimits": {"a": {"Name": "a"}, "b": {"Name": "b"}}}`, nil, ""},
		{"twice, unknown in the first", "", `{"x": {"bogus": 1}, "x": {}, "proxies": {"bogus": 1}, "proxies": {}}`, []string{"1:2 duplicate-key x", "1:21 ignored-key x", "1:30 duplicate-key proxies"}, ""},
		{"twice, of a wrong type in the first", "", `{"proxies": {"http-proxy": 1}, "proxies": {}}`, []string{"1:2 duplicate-key proxies", "1:28 wrong-type proxies.http-proxy"}, ""},

		{"unknown", "", `{"foo": 1}`, []string{"1:2 unknown-key foo"}, "remove the key"},
		{"unknown, near", "", `{"registry_mirrors": []}`, []string{"1:2 unknown-key registry_mirrors"}, `write "registry-mirrors"`},
		{"unknown, case", "", `{"Registry-Mirrors": ["https://m"]}`, []string{"1:2 unknown-key Registry-Mirrors"}, `write "registry-mirrors"`},
		{"unknown, other program's", "", `{"mirrors": []}`, []string{"1:2 unknown-key mirrors"}, `write "registry-mirrors"`},
		{"unknown, long ago", "", `{"graph": "/x"}`, []string{"1:2 unknown-key graph"}, `write "data-root"`},
		{"refused", "", `{"default-init": "/x"}`, []string{"1:2 unknown-key default-init"}, `write "init-path"`},
		{"flag of a refused key", "", `{"containerd-plugins-namespace": "x"}`, []string{"1:2 flag-name containerd-plugins-namespace"}, "remove it, or set the flag on dockerd's command line"},
		{"not in 26", "26.1.5", `{"bip6": ""}`, []string{"1:2 unknown-key bip6"}, ""},
		{"unknown, not yet", "28.5", `{"min-api-version": "1.24"}`, []string{"1:2 unknown-key min-api-version"}, "remove the key, or use a version that has it: >= 29.0"},
		{"unknown, no longer", "28.5", `{"api-cors-header": "*"}`, []string{"1:2 unknown-key api-cors-header"}, ""},
		{"known then", "26.1", `{"api-cors-header": "*"}`, nil, ""},
		{"flag", "", "{\n \"registry-mirror\": [\"https://m\"]\n}", []string{"2:2 flag-name registry-mirror"}, `write "registry-mirrors"`},
		{"flag, proxy", "", `{"http-proxy": "http://p"}`, []string{"1:2 flag-name http-proxy"}, `put "http-proxy" inside "proxies"`},
		{"flag, no key", "", `{"help": true}`, []string{"1:2 flag-name help"}, "remove it, or set the flag on dockerd's command line"},
		{"flag, inside", "", `{"x": {"label": "a"}}`, []string{"1:8 flag-name x.label"}, `write "labels"`},
		{"flag, not yet", "26.1", `{"feature": "x"}`, []string{"1:2 unknown-key feature"}, `write "features"`},
		{"no flag", "", `{"add-host": "x:1.1.1.1"}`, []string{"1:2 unknown-key add-host"}, ""},
		{"gone", "", `{"allow-nondistributable-artifacts": ["x"]}`, []string{"1:2 ignored-key allow-nondistributable-artifacts"}, ""},
		{"not gone", "27.5", `{"allow-nondistributable-artifacts": ["x"]}`, nil, ""},
		{"nested", "", `{"registry": {"registry-mirrors": ["https://m"]}}`, []string{"1:15 nested-key registry.registry-mirrors"}, "move the key to the root of the file"},
		{"nested, unknown", "", `{"foo": {"bar": 1}}`, []string{"1:10 unknown-key foo.bar"}, ""},
		{"nested, proxies", "", `{"foo": {"proxies": {}}}`, []string{"1:10 unknown-key foo.proxies"}, ""},
		{"proxies, null", "", `{"proxies": null}`, []string{"1:13 wrong-type proxies"}, ""},
		{"nested, nothing", "", `{"foo": {}}`, []string{"1:2 ignored-key foo"}, ""},
		{"proxies", "", `{"proxies": {"http-proxy": "http://p", "no-proxy": "x"}}`, nil, ""},
		{"proxies, wrong", "", `{"proxies": {"debug": true, "http-proxy": 1, "all-proxy": "x"}}`, []string{"1:14 nested-key proxies.debug", "1:43 wrong-type proxies.http-proxy", "1:46 unknown-key proxies.all-proxy"}, ""},
		{"proxies, case", "", `{"Proxies": {"http-proxy": "http://p"}}`, []string{"1:2 key-case Proxies"}, `write "proxies"`},
		{"duplicate", "", `{"registry-mirrors": ["https://a"], "registry-mirrors": ["https://b"]}`, []string{"1:2 duplicate-key registry-mirrors"}, "remove this one"},
		{"duplicate, escaped", "", `{"d\u0065bug": true, "debug": false}`, []string{"1:2 duplicate-key debug"}, ""},

		{"scalar for a list", "", `{"registry-mirrors": "https://m"}`, []string{"1:22 wrong-type registry-mirrors"}, "write a list of strings"},
		{"number in a list", "", `{"registry-mirrors": ["https://m", 1]}`, []string{"1:36 wrong-type registry-mirrors[1]"}, ""},
		{"object for a list", "", `{"registry-mirrors": {}}`, []string{"1:22 wrong-type registry-mirrors"}, ""},
		{"null", "", `{"registry-mirrors": null, "insecure-registries": null, "debug": null}`, nil, ""},
		{"null in a list", "", `{"registry-mirrors": [null]}`, []string{"1:23 mirror-scheme registry-mirrors[0]"}, ""},
		{"quoted bool", "", `{"debug": "true"}`, []string{"1:11 wrong-type debug"}, ""},
		{"fraction", "", `{"mtu": 1500.0}`, []string{"1:9 wrong-type mtu"}, ""},
		{"size", "", `{"default-shm-size": 64}`, []string{"1:22 wrong-type default-shm-size"}, ""},
		{"size null", "", `{"default-shm-size": null}`, []string{"1:22 wrong-type default-shm-size"}, ""},
		{"number for a log option", "", `{"log-opts": {"max-file": 3}}`, []string{"1:27 wrong-type log-opts.max-file"}, "write a string, in quotes"},
		{"features", "", `{"features": {"containerd-snapshotter": "true"}}`, []string{"1:41 wrong-type features.containerd-snapshotter"}, ""},
		{"addresses", "", `{"dns": ["1.1.1.1", "x"], "ip": "nope", "host-gateway-ip": ""}`, []string{"1:21 wrong-type dns[1]", "1:33 wrong-type ip"}, ""},
		{"pools", "", `{"default-address-pools": [{"base": "10.0.0.0/8", "size": 24}, "x"]}`, []string{"1:64 wrong-type default-address-pools[1]"}, ""},
		{"two gateways", "", `{"host-gateway-ip": "1.1.1.1", "host-gateway-ips": ["1.1.1.1"]}`, []string{"1:2 host-gateway-twice host-gateway-ip"}, ""},

		{"mirrors", "24.0.7", "{\"registry-mirrors\": [\n  \"m:5000\",\n  \"https://m/x\",\n  \"https://m\",\n  \"https://m/\"\n]}",
			[]string{"2:3 mirror-scheme registry-mirrors[0]", "3:3 mirror-path registry-mirrors[1]", "5:3 mirror-duplicate registry-mirrors[3]"}, `write "https://m:5000"`},
		{"insecure", "", "{\"insecure-registries\": [\"a\",\n \"*.b\", \"a\"]}", []string{"2:2 insecure-registry insecure-registries[1]", "2:9 insecure-registry-duplicate insecure-registries[2]"}, ""},
		{"newer", "30.1", "{}", []string{"0:0 unknown-version version"}, "update mirrorcfg"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ds := parseDaemon(t, tc.src).Check(tc.version)
			require.Equal(t, append([]string{}, tc.want...), brief(ds))
			if tc.fix != "" {
				assert.Equal(t, tc.fix, ds[0].Fix)
			}
			for _, d := range ds {
				assert.NotEmpty(t, d.Message)
				assert.NotEmpty(t, d.Fix)
			}
		})
	}
}

func TestEveryFlagNameIsReported(t *testing.T) {
	require.Len(t, flagNames, 26)
	for _, flag := range flagNames {
		ds := parseDaemon(t, fmt.Sprintf(`{%q: "x"}`, flag.name)).Check("")
		require.Equal(t, []string{"docker/flag-name"}, codes(ds), flag.name)
		if flag.key != "" {
			_, ok := lookupKey(release.MustParse(newestKnown), flag.key)
			assert.True(t, ok, flag.key)
		}
	}
}

func TestDaemonKeys(t *testing.T) {
	require.Len(t, daemonKeys, 96)
	for i, key := range daemonKeys {
		assert.NotZero(t, key.kind, key.name)
		if i > 0 {
			assert.Less(t, daemonKeys[i-1].name, key.name)
		}
		ds := parseDaemon(t, fmt.Sprintf(`{%q: null}`, key.name)).Check("")
		switch {
		case key.refused:
			assert.Equal(t, []string{"docker/unknown-key"}, codes(ds), key.name)
		case key.kind == sizeKind, key.kind == membersKind:
			assert.Equal(t, []string{"docker/wrong-type"}, codes(ds), key.name)
		default:
			assert.Empty(t, ds, key.name)
		}
	}
}

func TestRules(t *testing.T) {
	rules := Rules()
	for i, r := range rules {
		assert.Regexp(t, `^docker/[a-z0-9-]+$`, r.Code)
		for _, text := range []string{r.Summary, r.Consequence, r.Fix} {
			assert.NotEmpty(t, text, r.Code)
		}
		if i > 0 {
			assert.NotEqual(t, rules[i-1].Code, r.Code)
		}
	}
	for _, f := range daemonFeatures {
		assert.NotEmpty(t, f.Source, f.Name)
		assert.NotEmpty(t, f.In, f.Name)
	}
}

func TestCheckAfterEdits(t *testing.T) {
	f := parseDaemon(t, "{\n  \"debug\": true,\n  \"registry-mirror\": [\n    \"https://m\"\n  ]\n}\n")
	require.Equal(t, []string{"3:3 flag-name registry-mirror"}, brief(f.Check("")))
	require.True(t, f.Rename("registry-mirror", "registry-mirrors"))
	require.Empty(t, f.Check(""))
	require.NoError(t, f.AddMirror("bad"))
	require.Equal(t, []string{"5:5 mirror-scheme registry-mirrors[1]"}, brief(f.Check("")))
}

func TestMessageOfBytesThatAreNotUTF8(t *testing.T) {
	f, err := ParseDaemonFile(daemonPath, []byte("{\"group\": \"\xff\"}"))
	require.NoError(t, err)
	require.Contains(t, f.Check("29").Err().Error(), "here is a byte that is not UTF-8,")
}
