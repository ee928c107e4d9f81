package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Where the older plugin key replaces the registry table of the newer, nobody
// decodes what stood there.
func TestTypesInAReplacedTableDoNotMatter(t *testing.T) {
	const odd = "version = 3\n" + "[plugins.'io.containerd.cri.v1.images'.registry.headers]\nx = 1\n"
	ref, err := mirror.ParseReference("quay.io/a:1")
	require.NoError(t, err)
	for text, attempts := range map[string]int{odd: 0, odd + grpcRegistry: 1} {
		view, err := Engine{Version: "2.4"}.Read(configNode(map[string]string{configName: text}))
		require.NoError(t, err)
		assert.Len(t, view.Explain(ref, mirror.OpPull).Attempts, attempts, text)
	}
}

// A certificate file that is not there stops pulls from the registries that
// ask its host, and no others.
func TestMissingCertOfConfigs(t *testing.T) {
	text := "version = 2\n" + "[plugins.'io.containerd.grpc.v1.cri'.registry.mirrors.'quay.io']\nendpoint = ['https://m.example']\n" +
		"[plugins.'io.containerd.grpc.v1.cri'.registry.configs.'m.example'.tls]\nca_file = '/etc/ca.pem'\n"
	node := map[string]string{configName: text}
	for _, there := range []bool{false, true} {
		if there {
			node["etc/ca.pem"] = "x"
		}
		view, err := Engine{Version: "1.7"}.Read(configNode(node))
		require.NoError(t, err)
		for name, want := range map[string]int{"quay.io/a:1": 2, "ghcr.io/a:1": 1} {
			ref, err := mirror.ParseReference(name)
			require.NoError(t, err)
			e := view.Explain(ref, mirror.OpPull)
			if name == "quay.io/a:1" && !there {
				assert.Empty(t, e.Attempts)
				assert.NotEmpty(t, e.Diagnostics.WithCode(ruleConfigMissingCert.Code))
				continue
			}
			assert.Len(t, e.Attempts, want, name)
		}
	}
}
