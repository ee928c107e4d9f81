package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPullAction(t *testing.T) {
	for _, tt := range []struct {
		engine Engine
		want   []string
	}{
		{Engine{}, []string{"crictl", "pull", "alpine"}},
		{Engine{Client: Ctr}, []string{"ctr", "--debug", "images", "pull", "--hosts-dir", "/etc/containerd/certs.d", "docker.io/library/alpine:latest"}},
		{Engine{Client: Nerdctl}, []string{"nerdctl", "--debug", "pull", "alpine"}},
		{Engine{Client: Nerdctl, Paths: Paths{HostsDirs: []string{"/x"}}}, []string{"nerdctl", "--debug", "--hosts-dir", "/x", "pull", "alpine"}},
	} {
		assert.Equal(t, tt.want, tt.engine.PullAction("alpine").Command)
	}
}
