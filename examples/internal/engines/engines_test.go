package engines_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
)

func TestParse(t *testing.T) {
	for spec, want := range map[string]string{
		"containerd@2.4": "containerd@2.4", "docker@28.5": "docker@28.5", "podman@6.0": "podman@6.0",
		"cri-o@1.36": "cri-o@1.36", "buildah@1.42": "buildah@1.42", "skopeo@1.20": "skopeo@1.20",
	} {
		e, err := engines.Parse(spec, engines.Options{})
		require.NoError(t, err, spec)
		assert.Equal(t, want, e.Name())
	}
	for _, name := range engines.Names() {
		_, err := engines.Parse(name, engines.Options{Client: "ctr", ImageStore: "auto"})
		assert.NoError(t, err, "%s without a version is the newest", name)
	}
}

func TestParseFaults(t *testing.T) {
	for _, tt := range []struct {
		spec string
		opts engines.Options
		want string
	}{
		{"contanerd@2.4", engines.Options{}, `did you mean "containerd"?`},
		{"crio", engines.Options{}, `did you mean "cri-o"?`},
		{"rkt", engines.Options{}, "known are containerd, docker"},
		{"", engines.Options{}, "known are containerd, docker"},
		{"docker@", engines.Options{}, "without a version"},
		{"containerd", engines.Options{Client: "kubectl"}, "kubectl"},
		{"docker", engines.Options{ImageStore: "overlay"}, "overlay"},
	} {
		_, err := engines.Parse(tt.spec, tt.opts)
		assert.ErrorContains(t, err, tt.want, tt.spec)
	}
}
