package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A recipe's fragment that says where hosts.toml files are, and what the
// finding says to write: the fragment in the place that it names is read.
func TestFixOfUnreadTreeNamesThePlace(t *testing.T) {
	const tree = "etc/containerd/certs.d/quay.io/hosts.toml"
	for _, tt := range []struct{ name, version, config, fix, mended string }{
		{"no file, 1.7", "1.7", "", `write a file with version = 2 and config_path = "/etc/containerd/certs.d" below [plugins."io.containerd.grpc.v1.cri".registry]`, "version = 2\n" + grpcRegistry},
		{"no file, 2.4", "2.4", "", `write a file with version = 3 and config_path = "/etc/containerd/certs.d" below [plugins."io.containerd.cri.v1.images".registry]`, "version = 3\n" + imagesRegistry},
		{"at the top, 2.1", "2.1", "config_path = '/etc/containerd/certs.d'\nversion = 2\n", `write config_path = "/etc/containerd/certs.d" below [plugins."io.containerd.grpc.v1.cri".registry]`, "version = 2\n" + grpcRegistry},
		{"version 3, 2.2", "2.2", "version = 3\n", `write config_path = "/etc/containerd/certs.d" below [plugins."io.containerd.cri.v1.images".registry]`, "version = 3\n" + imagesRegistry},
		{"no version, 1.6", "1.6", grpcRegistry + "config_path = '/etc/containerd/certs.d'\n", "write version = 2 as the first line", "version = 2\n" + grpcRegistry},
		{"no version, 2.2", "2.2", grpcRegistry + "config_path = '/etc/containerd/certs.d'\n", "write version = 2 as the first line", "version = 2\n" + grpcRegistry},
		{"no version, old keys beside it", "1.7", "[plugins.linux]\n" + grpcRegistry + "config_path = '/etc/containerd/certs.d'\n", `write it under plugins."cri"`, "[plugins.linux]\n[plugins.cri.registry]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			node := map[string]string{tree: "server = \"https://quay.io\"\n"}
			fixes := func(config string) []string {
				if config != "" {
					node[configName] = config
				}
				view, err := Engine{Version: tt.version}.Read(configNode(node))
				require.NoError(t, err)
				var out []string
				for _, d := range view.Lint() {
					if d.Code == ruleConfigMultiRoot.Code || d.Code == ruleConfigNoPath.Code || d.Code == ruleConfigKeyUnread.Code {
						out = append(out, d.Fix)
					}
				}
				return out
			}
			assert.Contains(t, fixes(tt.config), tt.fix)
			assert.Empty(t, fixes(tt.mended+"config_path = '/etc/containerd/certs.d'\n"))
		})
	}
}
