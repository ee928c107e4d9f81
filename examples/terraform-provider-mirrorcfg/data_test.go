package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outputs returns the outputs of the last apply.
func (w *workspace) outputs() map[string]any {
	w.t.Helper()
	var shown map[string]struct{ Value any }
	require.NoError(w.t, json.Unmarshal([]byte(w.must(0, "output", "-json")), &shown))
	out := map[string]any{}
	for name, o := range shown {
		out[name] = o.Value
	}
	return out
}

func TestFilesForMachinesToBe(t *testing.T) {
	w := newWorkspace(t)
	w.use("examples/cloudinit/main.tf")
	w.must(0, "apply", "-auto-approve")
	out := w.outputs()
	assert.Equal(t, map[string]any{
		"/etc/containerd/certs.d/docker.io/hosts.toml": "0644", "/etc/containerd/certs.d/quay.io/hosts.toml": "0644",
		"/etc/containerd/config.toml": "0644", "/etc/containers/registries.conf": "0644",
	}, out["paths"])
	assert.Contains(t, out["user_data"], "#cloud-config\n")
	assert.Contains(t, out["user_data"], "/etc/containers/registries.conf")
	assert.Equal(t, map[string]any{
		"containerd@2.4": []any{
			"HEAD https://docker.m.daocloud.io/v2/library/alpine/manifests/3.20?ns=docker.io",
			"HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3.20",
		},
		"podman@5.4": []any{
			"GET https://docker.m.daocloud.io/v2/library/alpine/manifests/3.20",
			"GET https://registry-1.docker.io/v2/library/alpine/manifests/3.20",
		},
	}, out["asked_for_alpine"])
	w.must(0, "plan", "-detailed-exitcode")
}

func TestSecretFilesStandApart(t *testing.T) {
	w := newWorkspace(t)
	w.write("main.tf", `terraform {
  required_providers {
    mirrorcfg = { source = "mirrorcfg/mirrorcfg" }
  }
}
data "mirrorcfg_files" "f" {
  engines    = ["containerd@2.4"]
  registries = [{ prefix = "docker.io", mirrors = [{ url = "https://m.example", headers = { X-Token = ["c2VjcmV0"] } }] }]
}
output "open" { value = keys(data.mirrorcfg_files.f.files) }
output "secret" { value = nonsensitive(keys(data.mirrorcfg_files.f.secret_files)) }
output "modes" { value = data.mirrorcfg_files.f.modes }
`)
	shown := w.must(0, "apply", "-auto-approve")
	assert.NotContains(t, shown, "c2VjcmV0")
	out := w.outputs()
	assert.Equal(t, []any{"/etc/containerd/config.toml"}, out["open"])
	assert.Equal(t, []any{"/" + hubHosts}, out["secret"])
	assert.Equal(t, "0600", out["modes"].(map[string]any)["/"+hubHosts])
}

func TestExplainFilesThatDoNotLoad(t *testing.T) {
	w := newWorkspace(t)
	root := node(t, map[string]string{
		daemonJSON:                   "{,}\n",
		"etc/containerd/config.toml": "version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n",
		hubHosts:                     "[host.\"https://m.example\"\n",
	})
	explain := func(engine string) {
		w.write("main.tf", `terraform {
  required_providers {
    mirrorcfg = { source = "mirrorcfg/mirrorcfg" }
  }
}
data "mirrorcfg_explain" "e" {
  root      = `+quoted(root)+`
  engine    = "`+engine+`"
  reference = "alpine"
}
output "first" { value = data.mirrorcfg_explain.e.attempts[0].host }
`)
	}
	explain("docker@28.5") // dockerd does not start with such a file
	code, out := w.run("plan")
	assert.Equal(t, 1, code)
	assert.Contains(t, unwrapped(out), "/"+daemonJSON+", line 1, column 2")

	explain("containerd@2.4") // containerd goes on without it
	out = w.must(0, "plan")
	assert.Contains(t, unwrapped(out), "Warning: Containerd ignores the whole file")
	assert.Contains(t, out, `first = "registry-1.docker.io"`)
}
