package podman

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPullAction(t *testing.T) {
	for tool, want := range map[Tool][]string{
		Podman:  {"podman", "--log-level", "debug", "pull", "quay.io/a"},
		CRIO:    {"crictl", "pull", "quay.io/a"},
		Buildah: {"buildah", "--log-level", "debug", "pull", "quay.io/a"},
		Skopeo:  {"skopeo", "--debug", "inspect", "--no-tags", "docker://quay.io/a"},
	} {
		assert.Equal(t, want, Engine{Tool: tool}.PullAction("quay.io/a").Command)
	}
}
