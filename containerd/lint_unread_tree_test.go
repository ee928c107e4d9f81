package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Trees that this client does not look into, wherever other programs do.
func TestLintTreesThatAreNotRead(t *testing.T) {
	const (
		containerdTree = "etc/containerd/certs.d/docker.io/hosts.toml"
		dockerTree     = "etc/docker/certs.d/docker.io/hosts.toml"
		dockerCerts    = "etc/docker/certs.d/reg.example/ca.crt"
		hosts          = "[host.\"https://m.example\"]\n"
		both           = "config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"\n"
		single         = "config_path = \"/etc/containerd/certs.d\"\n"
	)
	tests := []struct {
		name   string
		engine Engine
		config string
		files  []string
		code   string // of the one finding about trees, empty for none
		names  []string
		fix    string
	}{
		{"the default of two", Engine{Version: "2.2"}, "", []string{dockerTree}, "containerd/config-path-multi-root", []string{"/etc/docker/certs.d"}, `config_path = "/etc/docker/certs.d"`},
		{"both of them", Engine{Version: "2.4"}, "", []string{containerdTree, dockerTree}, "containerd/config-path-multi-root", []string{"/etc/containerd/certs.d and /etc/docker/certs.d are"}, `config_path = "/etc/containerd/certs.d"`},
		{"the default, written", Engine{Version: "2.3"}, "version = 3\n" + imagesRegistry + both, []string{dockerTree}, "containerd/config-path-multi-root", nil, ""},
		{"a local pull reads both", Engine{Version: "2.4"}, "version = 3\n[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true\n", []string{dockerTree}, "", nil, ""},
		{"no default before 2.2", Engine{Version: "2.1"}, "", []string{dockerTree}, "containerd/config-path-unset", []string{"/etc/docker/certs.d"}, `config_path = "/etc/docker/certs.d"`},
		{"nor on 1.7", Engine{Version: "1.7"}, "version = 2\n", []string{dockerTree}, "containerd/config-path-unset", []string{"/etc/docker/certs.d"}, ""},
		{"dockerd's certificates are its own", Engine{Version: "1.7"}, "version = 2\n", []string{dockerCerts}, "", nil, ""},
		{"one directory, empty", Engine{Version: "2.4"}, "version = 3\n" + imagesRegistry + single, []string{dockerTree}, "containerd/tree-elsewhere", []string{"/etc/docker/certs.d"}, ""},
		{"one directory, not empty", Engine{Version: "2.4"}, "version = 3\n" + imagesRegistry + single, []string{containerdTree, dockerTree}, "", nil, ""},
		{"nerdctl gives the transfer service its first alone", Engine{Version: "2.4", Client: Nerdctl}, "", []string{dockerTree}, "containerd/tree-elsewhere", []string{"/etc/docker/certs.d"}, ""},
		{"and all of them to 1.7", Engine{Version: "1.7", Client: Nerdctl}, "", []string{dockerTree}, "", nil, ""},
		{"nerdctl's own list", Engine{Version: "2.4", Client: Nerdctl, Paths: Paths{HostsDirs: []string{"/a", "/b"}}}, "", []string{"b/docker.io/hosts.toml", dockerTree}, "containerd/tree-elsewhere", []string{"/b"}, ""},
		{"ctr looks where it is told", Engine{Version: "2.4", Client: Ctr}, "", []string{containerdTree, dockerTree}, "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := map[string]string{}
			if tt.config != "" {
				node[configName] = tt.config
			}
			for _, f := range tt.files {
				node[f] = hosts
			}
			view, err := tt.engine.Read(configNode(node))
			require.NoError(t, err)
			var found mirror.Diagnostics
			for _, d := range view.Lint() {
				switch d.Code {
				case ruleConfigMultiRoot.Code, ruleConfigNoPath.Code, ruleTreeElsewhere.Code:
					found = append(found, d)
				}
			}
			if tt.code == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, tt.code, found[0].Code)
			for _, name := range tt.names {
				assert.Contains(t, found[0].Message, name)
			}
			assert.Contains(t, found[0].Fix, tt.fix)
			for _, edit := range found[0].Edits {
				assert.Equal(t, `"/etc/docker/certs.d"`, edit.Text)
			}
		})
	}
}

// What is skipped in an explanation is what such a tree says.
func TestExplainSkipsTreesThatAreNotRead(t *testing.T) {
	view, err := Engine{Version: "2.4"}.Read(configNode(map[string]string{"etc/docker/certs.d/docker.io/hosts.toml": "[host.\"https://m.example\"]\n"}))
	require.NoError(t, err)
	ref, err := mirror.ParseReference("alpine")
	require.NoError(t, err)
	skipped := view.Explain(ref, mirror.OpPull).Skipped
	require.Len(t, skipped, 1)
	assert.Equal(t, "m.example", skipped[0].Host)
	assert.Equal(t, "/etc/docker/certs.d/docker.io/hosts.toml", skipped[0].Source.File)
}
