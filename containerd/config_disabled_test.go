package containerd

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func TestDisabledCRI(t *testing.T) {
	versions := []string{"1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4"}
	for _, tt := range []struct {
		file, plugin string
		from, until  string // the versions that serve no CRI then
	}{
		{"", "cri", "1.6", "9"},
		{"version = 1\n", "cri", "1.6", "9"},
		{"", "io.containerd.grpc.v1.cri", "2.0", "9"}, // containerd 1 compares ids there
		{"version = 2\n", "io.containerd.grpc.v1.cri", "1.6", "9"},
		{"version = 2\n", "io.containerd.cri.v1.images", "2.0", "9"},
		{"version = 2\n", "io.containerd.cri.v1.runtime", "2.0", "9"},
		{"version = 2\n", "io.containerd.transfer.v1.local", "2.1", "9"},
		{"", "io.containerd.cri.v1.images", "2.0", "9"},
		{"", "restart", "9", "9"},
		{"version = 2\n", "io.containerd.snapshotter.v1.zfs", "9", "9"},
	} {
		for _, version := range versions {
			t.Run(fmt.Sprintf("%s%s on %s", tt.file, tt.plugin, version), func(t *testing.T) {
				off := version >= tt.from && version < tt.until
				e := Engine{Version: version}
				node := configNode(map[string]string{configName: tt.file + "disabled_plugins = ['" + tt.plugin + "']\n"})
				assert.Equal(t, off, len(lintNode(t, e, node).WithCode(ruleConfigDisabled.Code)) > 0)
				got := explain(t, e, node, "alpine:3", mirror.OpPull)
				assert.Equal(t, off, len(got.Attempts) == 0)
				assert.Equal(t, off, len(got.Diagnostics.WithCode(ruleConfigDisabled.Code)) > 0)

				plan, err := e.Plan(node, hub(at("https://m.example")))
				require.NoError(t, err)
				assert.NotEmpty(t, plan.Changes)
				assert.Equal(t, off, len(plan.Diagnostics.WithCode(ruleConfigDisabled.Code)) > 0)

				e.Client = Nerdctl
				assert.NotEmpty(t, explain(t, e, node, "alpine:3", mirror.OpPull).Attempts)
			})
		}
	}
}

// The lists of imported files add up.
func TestDisabledCRIInAnImport(t *testing.T) {
	node := configNode(map[string]string{
		configName:                     "version = 2\nimports = ['conf.d/*']\ndisabled_plugins = ['a.b.c.d']\n",
		"etc/containerd/conf.d/a.toml": "version = 2\ndisabled_plugins = ['io.containerd.grpc.v1.cri']\n",
	})
	found := lintNode(t, Engine{Version: "2.4"}, node).WithCode(ruleConfigDisabled.Code)
	require.Len(t, found, 1)
	require.Equal(t, "/etc/containerd/conf.d/a.toml", found[0].File)
}
