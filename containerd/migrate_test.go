package containerd

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// applied returns a node after a plan.
func applied(node fstest.MapFS, plan mirror.Plan) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range node {
		out[name] = f
	}
	for _, c := range plan.Changes {
		name := strings.TrimPrefix(c.Path, "/")
		if c.Kind == mirror.Delete {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: c.After, Mode: c.Mode}
	}
	return out
}

func attemptsOf(t *testing.T, e Engine, node fstest.MapFS, ref string) []string {
	t.Helper()
	view, err := e.Read(node)
	require.NoError(t, err)
	attempts, err := mirror.Attempts(view, ref, mirror.OpPull)
	require.NoError(t, err)
	var out []string
	for _, a := range attempts {
		out = append(out, a.Method+" "+a.URL+" "+a.TLS.String())
	}
	return out
}

const listsV2 = `# kept
version = 2
oom_score = -999 # kept too

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "pause:3.9"
  [plugins."io.containerd.grpc.v1.cri".registry]
    [plugins."io.containerd.grpc.v1.cri".registry.mirrors]
      [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
        endpoint = ["https://m1.example", "http://127.0.0.1:5000/v2/hub", "https://registry-1.docker.io"]
      [plugins."io.containerd.grpc.v1.cri".registry.mirrors."only.example"]
        endpoint = ["https://only.example", "https://m2.example/base/v2"]
      [plugins."io.containerd.grpc.v1.cri".registry.mirrors."none.example"]
        endpoint = []
      [plugins."io.containerd.grpc.v1.cri".registry.mirrors."*"]
        endpoint = ["m3.example:5000", "127.0.0.1:5001"]
    [plugins."io.containerd.grpc.v1.cri".registry.configs."m1.example".auth]
      username = "u"
      password = "hunter2"
    [plugins."io.containerd.grpc.v1.cri".registry.configs."m1.example".tls]
      insecure_skip_verify = true
    [plugins."io.containerd.grpc.v1.cri".registry.configs."self.example:8443".tls]
      ca_file = "/etc/ssl/self.pem"

[metrics]
  address = ""
`

func TestMigrateMakesTheSameRequests(t *testing.T) {
	for _, version := range []string{"1.6", "1.7", "2.0", "2.2", "2.4"} {
		t.Run(version, func(t *testing.T) {
			e := Engine{Version: version}
			node := configNode(map[string]string{configName: listsV2, "etc/ssl/self.pem": "x"})
			plan, err := e.Migrate(node)
			require.NoError(t, err)
			after := applied(node, plan)
			for _, ref := range []string{"alpine:3", "docker.io/library/alpine@sha256:" + strings.Repeat("0", 64), "only.example/x", "none.example/x", "other.example/x:1"} {
				// The list's own upstream is followed by the default one: asked
				// twice before, once after.
				assert.Equal(t, slices.Compact(attemptsOf(t, e, node, ref)), attemptsOf(t, e, after, ref), ref)
			}
			text := string(after[configName].Data)
			for _, kept := range []string{"# kept", "oom_score = -999 # kept too", `sandbox_image = "pause:3.9"`, `password = "hunter2"`, "[metrics]"} {
				assert.Contains(t, text, kept)
			}
			assert.NotContains(t, text, "mirrors")
			assert.Contains(t, text, `config_path = "/etc/containerd/certs.d"`)
			assert.NotEmpty(t, plan.Diagnostics.WithCode("containerd/migrate-auth"))
			assert.Equal(t, []string{"systemctl", "restart", "containerd"}, plan.Actions[0].Command)
			for _, c := range plan.Changes {
				if c.Path == "/"+configName {
					assert.True(t, c.Secret, "the file holds a password")
				}
			}

			again, err := e.Migrate(after)
			require.NoError(t, err)
			assert.Empty(t, again.Changes, "a second run changes nothing")
			if strings.HasPrefix(version, "1.") {
				assert.Contains(t, string(after["etc/containerd/certs.d/self.example_8443_/hosts.toml"].Data), `ca = "/etc/ssl/self.pem"`)
				assert.NotContains(t, text, "insecure_skip_verify")
			}
		})
	}
}

func TestMigrateNothing(t *testing.T) {
	plan, err := Engine{Version: "2.4"}.Migrate(fstest.MapFS{})
	require.NoError(t, err)
	assert.Empty(t, plan.Changes)
}

func TestPlanPutsTheTreeInForce(t *testing.T) {
	want := mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://q.example", Capabilities: mirror.Pull | mirror.Resolve}}}}}
	const first = "HEAD https://q.example/v2/a/manifests/latest?ns=quay.io verified"
	tests := []struct {
		name, version, config string
		contains, lacks       []string
		unchanged             bool
	}{
		{name: "no file, 1.7", version: "1.7", contains: []string{"version = 2", `[plugins."io.containerd.grpc.v1.cri".registry]`}},
		{name: "no file, 2.4", version: "2.4", contains: []string{"version = 3", `[plugins."io.containerd.cri.v1.images".registry]`}},
		{name: "version 4", version: "2.4", config: "version = 4\n", contains: []string{`[plugins."io.containerd.cri.v1.images".registry]`}},
		{name: "version 2 on 2.0", version: "2.0", config: "version = 2\n", contains: []string{`[plugins."io.containerd.grpc.v1.cri".registry]`}},
		{name: "no version on 1.7", version: "1.7", config: "root = \"/x\"\n", contains: []string{`[plugins.cri.registry]`}},
		{name: "no version on 2.0", version: "2.0", config: "root = \"/x\"\n", contains: []string{`[plugins."io.containerd.cri.v1.images".registry]`}},
		{name: "two directories become one", version: "2.4", config: "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d:/etc/docker/certs.d' # here\n",
			contains: []string{"  config_path = '/etc/containerd/certs.d' # here\n"}},
		{name: "another directory is used as it is", version: "2.4", config: "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/opt/certs'\n", unchanged: true},
		{name: "lists of other registries move", version: "2.4", config: "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'ghcr.io']\nendpoint = ['https://g.example']\n",
			contains: []string{"config_path"}, lacks: []string{"mirrors"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{}
			if tt.config != "" {
				files[configName] = tt.config
			}
			e, node := Engine{Version: tt.version}, configNode(files)
			before := attemptsOf(t, e, node, "ghcr.io/x")
			plan, err := e.Plan(node, want)
			require.NoError(t, err)
			after := applied(node, plan)
			text := string(after[configName].Data)
			for _, s := range tt.contains {
				assert.Contains(t, text, s)
			}
			for _, s := range tt.lacks {
				assert.NotContains(t, text, s)
			}
			if tt.unchanged {
				assert.Equal(t, tt.config, text)
			}
			assert.Equal(t, first, attemptsOf(t, e, after, "quay.io/a")[0])
			assert.Equal(t, before, attemptsOf(t, e, after, "ghcr.io/x"), "other registries keep their requests")
			again, err := e.Plan(after, want)
			require.NoError(t, err)
			assert.Empty(t, again.Changes)
		})
	}
}

func TestPlanRefusesAConfigThatContainerdRefuses(t *testing.T) {
	want := mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://q.example"}}}}}
	plan, err := Engine{Version: "1.7"}.Plan(configNode(map[string]string{configName: "version = 3\n"}), want)
	require.Error(t, err)
	assert.Empty(t, plan.Changes)
	assert.NotEmpty(t, plan.Diagnostics.WithCode("containerd/config-stuck"))
}

func TestPlanUsesADropInWhereThatIsSafe(t *testing.T) {
	want := mirror.Config{Registries: []mirror.Registry{{Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://q.example"}}}}}
	const dropIn = "/etc/containerd/conf.d/50-mirrors.toml"
	node := configNode(map[string]string{configName: "version = 3\nimports = ['/etc/containerd/conf.d/*.toml']\n"})
	e := Engine{Version: "2.4", Paths: Paths{ConfigDropIn: dropIn}}
	plan, err := e.Plan(node, want)
	require.NoError(t, err)
	after := applied(node, plan)
	assert.Contains(t, string(after[dropIn[1:]].Data), "config_path")
	assert.Equal(t, node[configName].Data, after[configName].Data)
	assert.Equal(t, "HEAD https://q.example/v2/a/manifests/latest?ns=quay.io verified", attemptsOf(t, e, after, "quay.io/a")[0])

	node[configName].Data = []byte("version = 3\n") // nothing imports it
	plan, err = e.Plan(node, want)
	require.NoError(t, err)
	assert.NotContains(t, applied(node, plan), dropIn[1:])
}
