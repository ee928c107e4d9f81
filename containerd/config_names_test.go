package containerd

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What containerd 1.7.35 and 2.4.2 say of these files, put to them in
// mirror/verify.
func TestConfigNames(t *testing.T) {
	for text, refused := range map[string][2]bool{ // by 1.7, by 2.4
		"disabled_plugins = [\"cri\"]\n":                                        {false, false},
		"version = 2\ndisabled_plugins = [\"cri\"]\n":                           {true, true},
		"version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n":     {false, false},
		"version = 2\ndisabled_plugins = [\"a.b\"]\n":                           {true, false},
		"version = 2\nrequired_plugins = [\"cri\"]\n":                           {true, true},
		"version = 2\ndisabled_plugins = [\"restart\"]\n":                       {true, true},
		"version = 2\n[plugins.linux]\nshim_debug = true\n":                     {true, false},
		"version = 2\n[plugins.\"io.containerd.runtime.v1.linux\"]\nshim = 1\n": {false, false},
		"[plugins.linux]\nshim_debug = true\n":                                  {false, false},
		"version = \"2\"\n":                                                     {true, true},
		"version = 2.0\n":                                                       {true, true},
		"version = -1\n":                                                        {false, true},
	} {
		for i, version := range []string{"1.7", "2.4"} {
			reg, ds := criOf(t, version, map[string]string{configName: text})
			assert.Equal(t, refused[i], reg.Broken, "%s: %q: %v", version, text, ds)
			assert.Equal(t, refused[i], len(ds.WithCode("containerd/config-version")) > 0, "%s: %q: %v", version, text, ds)
		}
	}
}
