package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// dockerd pushes to no mirror, and containerd that gets its registries does not either.
func TestMirrorsStayWithoutPush(t *testing.T) {
	for _, version := range []string{"20.10", "28.5", "29"} {
		node := list(`"https://a", "https://b"`)
		view, err := Engine{Version: version}.Read(node)
		require.NoError(t, err)
		plan, err := containerd.Engine{Version: "2.4"}.Plan(onNode(), view.Config())
		require.NoError(t, err)
		assert.Empty(t, plan.Diagnostics.AtLeast(mirror.Warning))
		other, err := containerd.Engine{Version: "2.4"}.Read(apply(onNode(), plan))
		require.NoError(t, err)
		ref, err := mirror.ParseReference("team/app:1")
		require.NoError(t, err)
		pushed := lines(other.Explain(ref, mirror.OpPush))
		assert.Equal(t, []string{"HEAD https://registry-1.docker.io/v2/team/app/manifests/1"}, pushed, version)

		same, err := Engine{Version: version}.Plan(node, view.Config())
		require.NoError(t, err)
		assert.Empty(t, same.Changes)
		assert.Empty(t, same.Diagnostics)
	}
}

// Mirrors of a hosts.toml, which has a key for it, stay unset.
func TestHostsFileStaysUnset(t *testing.T) {
	view, err := Engine{Version: "29"}.Read(onNode(hubToml, oneHost))
	require.NoError(t, err)
	config := view.Config()
	hub, ok := config.Find("docker.io")
	require.True(t, ok)
	assert.False(t, hub.Mirrors[0].Capabilities.IsSet())
}

func TestModelHasAMirrorOnce(t *testing.T) {
	view, err := Engine{}.Read(list(`"https://a", "https://a//", "https://a/x//", "https://a/x"`))
	require.NoError(t, err)
	require.NoError(t, view.Config().Validate().Err())
}
