package containerd

import (
	"fmt"
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

// TestMigrateLists has the lists whose requests are easily changed on the way.
func TestMigrateLists(t *testing.T) {
	const registry = `plugins."io.containerd.grpc.v1.cri".registry`
	list := func(ns string, endpoints ...string) string {
		return fmt.Sprintf("[%s.mirrors.%q]\nendpoint = [\"%s\"]\n", registry, ns, strings.Join(endpoints, `", "`))
	}
	skip := func(host string) string {
		return fmt.Sprintf("[%s.configs.%q.tls]\ninsecure_skip_verify = true\n", registry, host)
	}
	tests := []struct {
		name, version, config string
		ref                   string
		// dir is the one that holds the file for ref, told the diagnostic that
		// says how requests change.
		dir, told string
	}{
		{"an IPv6 mirror on 1.x", "1.7", list("docker.io", "http://[fd00::1]:5000", "https://m.example"), "alpine", "docker.io", ""},
		{"one host under two spellings", "2.4", list("docker.io", "https://m.example", "https://m.example/v2"), "alpine", "docker.io", ""},
		{"a host again, behind another", "2.4", list("docker.io", "https://m.example", "https://n.example", "m.example"), "alpine", "docker.io", "containerd/migrate-repeated"},
		{"one path with /v2 and without", "2.4", list("docker.io", "https://m.example/base/v2", "https://m.example/base"), "alpine", "docker.io", ""},
		{"and the other way round", "2.4", list("docker.io", "https://m.example/base", "https://m.example/base/v2"), "alpine", "docker.io", ""},
		{"escapes in a path", "1.7", list("docker.io", "https://m.example/v2/50%25/x"), "alpine", "docker.io", ""},
		{"TLS settings of docker.io, which is not its host", "1.7", skip("docker.io"), "alpine", "", ""},
		{"TLS settings of Docker Hub's host", "1.7", skip("registry-1.docker.io"), "alpine", "docker.io", ""},
		{"TLS settings of a mirror that is a registry too", "1.7", list("docker.io", "https://m.example") + skip("m.example"), "m.example/x", "m.example", ""},
		{"TLS settings beside a list for all", "1.7", list("*", "https://m.example") + skip("reg.example"), "reg.example/x", "reg.example", ""},
		{"TLS settings of a plain registry here", "1.7", list("localhost:5000", "https://m.example") + skip("localhost:5000"), "localhost:5000/x", "localhost_5000_", ""},
		{"the same without a list", "1.7", skip("localhost:5000"), "localhost:5000/x", "localhost_5000_", ""},
		{"a registry that the list for all names", "2.4", list("*", "https://m.example", "https://n.example"), "m.example/x", "m.example", ""},
		{"its last needs no file", "2.4", list("*", "https://m.example", "https://n.example"), "n.example/x", "", ""},
		{"but for its path", "2.4", list("*", "https://m.example/v2/all"), "m.example/x", "m.example", ""},
		{"docker.io's web site in the list for all", "2.4", list("*", "https://docker.io"), "alpine", "docker.io", ""},
		{"a list for all before _default", "1.6.16", list("*", "https://m.example"), "quay.io/x", "", "containerd/migrate-skipped"},
		{"a plain registry here", "2.4", list("docker.io", "https://m.example"), "localhost:5000/x", "", "containerd/migrate-localhost"},
		{"the same on 1.6", "1.6", list("docker.io", "https://m.example"), "127.0.0.1:5000/x", "", "containerd/migrate-localhost"},
		{"and before 1.6.9, where nothing changes", "1.6.8", list("docker.io", "https://m.example"), "127.0.0.1:5000/x", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, node := Engine{Version: tt.version}, configNode(map[string]string{configName: "version = 2\n" + tt.config})
			plan, err := e.Migrate(node)
			require.NoError(t, err)
			after := applied(node, plan)
			if tt.told != "" {
				assert.NotEmpty(t, plan.Diagnostics.WithCode(tt.told))
				assert.NotEqual(t, attemptsOf(t, e, node, tt.ref), attemptsOf(t, e, after, tt.ref))
			} else {
				assert.Equal(t, slices.Compact(attemptsOf(t, e, node, tt.ref)), slices.Compact(attemptsOf(t, e, after, tt.ref)))
			}
			view, err := e.read(after)
			require.NoError(t, err)
			dir := ""
			ref, err := mirror.ParseReference(tt.ref)
			require.NoError(t, err)
			if d, ok := view.trees[0].Own(ref.Domain); ok {
				dir = d.Name
			}
			assert.Equal(t, tt.dir, dir)
		})
	}
}

func TestMigrateNamesWhatComesIntoForce(t *testing.T) {
	node := configNode(map[string]string{
		configName: "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://m.example\"]\n",
		"etc/containerd/certs.d/quay.io/hosts.toml":   "[host.\"https://q.example\"]\n",
		"etc/containerd/certs.d/docker.io/hosts.toml": "[host.\"https://old.example\"]\n",
	})
	for _, version := range []string{"1.7", "2.4"} {
		plan, err := Engine{Version: version}.Migrate(node)
		require.NoError(t, err)
		found := plan.Diagnostics.WithCode("containerd/config-tree-in-force")
		require.Len(t, found, 1)
		assert.Equal(t, "/etc/containerd/certs.d/quay.io", found[0].File)
		assert.NotEmpty(t, plan.Diagnostics.WithCode("containerd/migrate-overwrites"))
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

// From 2.3 on each file is migrated on its own, so that two files may have the
// settings under two keys: each is edited under its own.
func TestMigrateFilesOfTwoVersions(t *testing.T) {
	const dropIn = "etc/containerd/conf.d/a.toml"
	node := configNode(map[string]string{
		configName: "imports = [\"conf.d/*.toml\"]\nversion = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://m.example\"]\n",
		dropIn:     "version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry.mirrors.\"quay.io\"]\nendpoint = [\"https://q.example\"]\n",
	})
	e := Engine{Version: "2.4"}
	plan, err := e.Migrate(node)
	require.NoError(t, err)
	after := applied(node, plan)
	for _, ref := range []string{"alpine", "quay.io/x"} {
		assert.Equal(t, attemptsOf(t, e, node, ref), attemptsOf(t, e, after, ref))
		assert.Len(t, attemptsOf(t, e, after, ref), 2)
	}
	assert.NotContains(t, string(after[configName].Data)+string(after[dropIn].Data), "mirrors")
	again, err := e.Migrate(after)
	require.NoError(t, err)
	assert.Empty(t, again.Changes)
}
