package docker

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What no file says stays unset, so that a round trip writes nothing new.
func TestCapabilitiesStayUnset(t *testing.T) {
	for _, node := range []fstest.MapFS{onNode(hubToml, oneHost), list(`"https://a"`)} {
		view, err := Engine{Version: "29"}.Read(node)
		require.NoError(t, err)
		config := view.Config()
		hub, ok := config.Find("docker.io")
		require.True(t, ok)
		assert.False(t, hub.Mirrors[0].Capabilities.IsSet())
	}
}

func TestModelHasAMirrorOnce(t *testing.T) {
	view, err := Engine{}.Read(list(`"https://a", "https://a//", "https://a/x//", "https://a/x"`))
	require.NoError(t, err)
	require.NoError(t, view.Config().Validate().Err())
}
