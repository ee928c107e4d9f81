package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What recipes have in place of an address is a URL by its form, and no host.
func TestPlaceholderForAHost(t *testing.T) {
	for _, host := range []string{"https://<your_id>.mirror.aliyuncs.com", "https://$MIRROR", "$(the-mirror,such-as-https://x.mirror.aliyuncs.com)", "$MIRROR"} {
		view, err := Engine{Version: "2.4"}.Read(configNode(map[string]string{"etc/containerd/certs.d/docker.io/hosts.toml": "[host.\"" + host + "\"]\n"}))
		require.NoError(t, err)
		found := view.Lint().WithCode(ruleNoHost.Code)
		if assert.Len(t, found, 1, host) {
			assert.Equal(t, "write the host itself", found[0].Fix)
		}
	}
}
