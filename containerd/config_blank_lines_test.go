package containerd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// TestMigrateKeepsBlankLines: config_path takes the place of the tables that
// go, with one blank line where there was one and none where there was none.
func TestMigrateKeepsBlankLines(t *testing.T) {
	const (
		mirrors  = "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://m1.example\"]\n"
		quay     = "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"quay.io\"]\nendpoint = [\"https://m1.example\"]\n"
		hostTLS  = "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"h.example\".tls]\ninsecure_skip_verify = true\n"
		registry = "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n"
		path     = "config_path = \"/etc/containerd/certs.d\"\n"
		other    = "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\nsnapshotter = \"overlayfs\"\n"
		metrics  = "[metrics]\naddress = \"\"\n"
	)
	tests := []struct{ name, before, after string }{
		{"at the end", "version = 2\n\n" + mirrors, "version = 2\n\n" + registry + path},
		{"between tables", "version = 2\n\n" + other + "\n" + mirrors + "\n" + metrics, "version = 2\n\n" + other + "\n" + registry + path + "\n" + metrics},
		{"without blank lines", "version = 2\n" + mirrors + quay + metrics, "version = 2\n" + registry + path + metrics},
		{"several tables", "version = 2\n\n" + mirrors + "\n# quay\n" + quay + "\n" + hostTLS + "\n# metrics\n" + metrics,
			"version = 2\n\n" + registry + path + "\n# metrics\n" + metrics},
		{"tables apart", "version = 2\n\n" + mirrors + "\n" + metrics + "\n" + quay, "version = 2\n\n" + registry + path + "\n" + metrics},
		{"an empty registry table", "version = 2\n\n" + registry + "\n" + mirrors + "\n" + metrics, "version = 2\n\n" + registry + path + "\n" + metrics},
		{"a path that is there", "version = 2\n\n" + registry + "config_path = \"\"\n\n" + mirrors + "\n" + metrics, "version = 2\n\n" + registry + path + "\n" + metrics},
		{"two blank lines", "version = 2\n\n\n" + mirrors + "\n\n" + metrics, "version = 2\n\n\n" + registry + path + "\n\n" + metrics},
		{"carriage returns", strings.ReplaceAll("version = 2\n\n"+mirrors+"\n"+metrics, "\n", "\r\n"), strings.ReplaceAll("version = 2\n\n"+registry+path+"\n"+metrics, "\n", "\r\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := configNode(map[string]string{configName: tt.before})
			plan, err := Engine{Version: "1.7"}.Migrate(node)
			require.NoError(t, err)
			assert.Equal(t, tt.after, string(applied(node, plan)[configName].Data))
		})
	}
}

// TestRemovalKeepsBlankLines: the same where lists go and nothing comes.
func TestRemovalKeepsBlankLines(t *testing.T) {
	const (
		mirrors = "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://m1.example\"]\n"
		quay    = "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"quay.io\"]\nendpoint = [\"https://m1.example\"]\n"
		metrics = "[metrics]\naddress = \"\"\n"
	)
	tests := []struct{ name, before, after string }{
		{"at the end", "version = 2\n\n" + mirrors, "version = 2\n"},
		{"between tables", "version = 2\n\n" + mirrors + "\n" + metrics, "version = 2\n\n" + metrics},
		{"one of two", "version = 2\n\n" + mirrors + "\n" + quay + "\n" + metrics, "version = 2\n\n" + quay + "\n" + metrics},
		{"the last of two", "version = 2\n\n" + quay + "\n" + mirrors + "\n" + metrics, "version = 2\n\n" + quay + "\n" + metrics},
		{"without blank lines", "version = 2\n" + mirrors + quay + metrics, "version = 2\n" + quay + metrics},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := configNode(map[string]string{configName: tt.before})
			plan, err := Engine{Version: "1.7"}.Plan(node, mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io"}}}, mirror.Own(mirror.Remove))
			require.NoError(t, err)
			assert.Equal(t, tt.after, string(applied(node, plan)[configName].Data))
		})
	}
}
