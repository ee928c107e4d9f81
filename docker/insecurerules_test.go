package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The first 14 cases are those of TestLoadInsecureRegistries (moby/v2 2.0.0-beta.24 daemon/pkg/registry/config_test.go),
// the next three those of TestNewServiceConfig and a default.
func TestValidateInsecureRegistry(t *testing.T) {
	invalid, scheme := []string{"docker/insecure-registry"}, []string{"docker/insecure-registry-scheme"}
	for _, tc := range []struct {
		entry, host, network string
		codes                []string
	}{
		{"127.0.0.1", "127.0.0.1", "", nil},
		{"127.0.0.1:8080", "127.0.0.1:8080", "", nil},
		{"2001:db8::1", "2001:db8::1", "", nil},
		{"[2001:db8::1]:80", "[2001:db8::1]:80", "", nil},
		{"http://myregistry.example.com", "myregistry.example.com", "", scheme},
		{"https://myregistry.example.com", "myregistry.example.com", "", scheme},
		{"HTTP://myregistry.example.com", "myregistry.example.com", "", scheme},
		{"svn://myregistry.example.com", "", "", invalid},
		{"-invalid-registry", "", "", invalid},
		{"mytest-.com", "", "", invalid},
		{"1200:0000:AB00:1234:0000:2552:7777:1313:8080", "", "", invalid},
		{"myregistry.example.com:500000", "", "", invalid},
		{`"myregistry.example.com"`, "", "", invalid},
		{`"myregistry.example.com:5000"`, "", "", invalid},

		{"[fe80::]/64", "", "", invalid},
		{"102.10.8.1/24", "", "102.10.8.0/24", nil},
		{"::1/128", "", "::1/128", nil},

		{"", "", "", invalid},
		{"bad host", "", "", invalid},
		{"10.0.0.0/33", "", "", invalid},
		{"reg.internal:5000/", "", "", invalid},
		{"https://x/path", "", "", append([]string{"docker/insecure-registry-scheme"}, invalid...)},
		{"*.internal", "", "", invalid},
		{"docker.io", "docker.io", "", []string{"docker/insecure-registry-hub"}},
		{"reg", "reg", "", nil},
	} {
		t.Run(tc.entry, func(t *testing.T) {
			r, ds := ValidateInsecureRegistry(tc.entry)
			assert.Equal(t, tc.host, r.Host)
			if tc.network == "" {
				assert.False(t, r.Network.IsValid())
			} else {
				assert.Equal(t, tc.network, r.Network.String())
			}
			assert.Equal(t, append([]string{}, tc.codes...), codes(ds))
		})
	}
}
