package corpus

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/docker"
)

const (
	nvidiaTest    = "nvidia-container-toolkit d34b304 pkg/config/engine/docker/docker_test.go "
	dragonflyTest = "dragonflyoss/client ff17c0b dragonfly-client-init/src/container_runtime/docker.rs "
)

// TestPeersDaemonEdits: what other projects set in a daemon.json in their
// tests. No other key may go, which some of them did lose.
func TestPeersDaemonEdits(t *testing.T) {
	const others = `"exec-opts": ["native.cgroupdriver=systemd"], "log-driver": "json-file", "log-opts": {"max-size": "100m"}, "storage-driver": "overlay2"`
	const runtime1, runtime2 = `"runtime1": {"args": [], "path": "/test/runtime/dir/runtime1"}`, `"runtime2": {"args": [], "path": "/test/runtime/dir/runtime2"}`
	const foreign = `"not-nvidia": {"path": "some-other-path", "args": []}`
	const proxy = `{"http-proxy": "http://127.0.0.1:5000", "https-proxy": "http://127.0.0.1:5000"}`
	for _, row := range []struct{ name, source, before, key, value, after string }{
		{"default runtime, not set", nvidiaTest + "TestUpdateConfigDefaultRuntime", `{}`, "", "", `{}`},
		{"default runtime", nvidiaTest + "TestUpdateConfigDefaultRuntime", `{}`, "default-runtime", `"NAME"`, `{"default-runtime": "NAME"}`},
		{"default runtime, kept", nvidiaTest + "TestUpdateConfigDefaultRuntime", `{"default-runtime": "ALREADY_SET"}`, "", "", `{"default-runtime": "ALREADY_SET"}`},
		{"default runtime, replaced", nvidiaTest + "TestUpdateConfigDefaultRuntime", `{"default-runtime": "ALREADY_SET"}`, "default-runtime", `"NAME"`, `{"default-runtime": "NAME"}`},
		{"two runtimes", nvidiaTest + "TestUpdateConfigRuntimes", `{}`, "runtimes", `{` + runtime1 + `, ` + runtime2 + `}`, `{"runtimes": {` + runtime1 + `, ` + runtime2 + `}}`},
		{"a runtime replaced", nvidiaTest + "TestUpdateConfigRuntimes", `{"runtimes": {"runtime1": {"path": "runtime1", "args": []}}}`, "runtimes", `{` + runtime1 + `, ` + runtime2 + `}`, `{"runtimes": {` + runtime1 + `, ` + runtime2 + `}}`},
		{"a runtime beside another", nvidiaTest + "TestUpdateConfigRuntimes", `{"runtimes": {` + foreign + `}}`, "runtimes", `{` + foreign + `, ` + runtime1 + `}`, `{"runtimes": {` + runtime1 + `, ` + foreign + `}}`},
		{"a runtime beside other keys", nvidiaTest + "TestUpdateConfigRuntimes", `{` + others + `}`, "runtimes", `{` + runtime1 + `}`, `{` + others + `, "runtimes": {` + runtime1 + `}}`},
		{"other keys alone", nvidiaTest + "TestUpdateConfigRuntimes", `{` + others + `}`, "", "", `{` + others + `}`},
		{"proxies in an empty file", dragonflyTest + "test_docker_config_empty", ``, "proxies", proxy, `{"proxies": ` + proxy + `}`},
		{"proxies beside other keys", dragonflyTest + "test_docker_config_existing", "\n        {\n            \"log-driver\": \"json-file\",\n            \"experimental\": true\n        }\n        ", "proxies", proxy,
			`{"log-driver": "json-file", "experimental": true, "proxies": ` + proxy + `}`},
		{"proxies replaced", dragonflyTest + "test_docker_config_proxies_existing", `{"proxies": {"http-proxy": "http://old-proxy:3128", "https-proxy": "https://old-proxy:3129", "no-proxy": "old-no-proxy"}, "log-driver": "json-file"}`, "proxies", proxy,
			`{"proxies": ` + proxy + `, "log-driver": "json-file"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, err := docker.ParseDaemonFile("daemon.json", []byte(row.before))
			require.NoError(t, err, row.source)
			if row.key != "" {
				require.NoError(t, f.Set(row.key, []byte(row.value)), row.source)
			}
			// Whatever was set, a mirror is one value more.
			set := f.Format()
			assert.Equal(t, leaves(t, daemonKind, []byte(row.after)), leaves(t, daemonKind, set), row.source)
			require.NoError(t, f.AddMirror("https://m.example"), row.source)
			onlyBelow(t, daemonKind, set, f.Format(), "/registry-mirrors")
			require.NoError(t, f.DropMirror("https://m.example"))
			onlyBelow(t, daemonKind, set, f.Format(), "/registry-mirrors")
		})
	}
	f, err := docker.ParseDaemonFile("daemon.json", []byte("{\n  \"log-driver\": \"json-file\",\n  \"experimental\": true,\n}\n"))
	require.NoError(t, err) // it can be edited all the same
	require.Error(t, f.Check("29.7").Err(), dragonflyTest+"test_docker_config_invalid_json")
}
