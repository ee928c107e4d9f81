package podman

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// One location with two settings would keep the file from loading; the plan
// leaves one of them out and says so.
func TestPlanConflictingLocations(t *testing.T) {
	insecure := mirror.TLS{SkipVerify: mirror.On}
	up := func(prefix string, tls mirror.TLS) mirror.Registry {
		return mirror.Registry{Prefix: prefix, Upstream: &mirror.Endpoint{URL: "https://far.example", TLS: tls}}
	}
	for name, row := range map[string]struct {
		registries []mirror.Registry
		lost       []string
	}{
		"the same twice":        {[]mirror.Registry{up("a.example", insecure), up("b.example", insecure)}, nil},
		"first of two":          {[]mirror.Registry{up("a.example", insecure), up("b.example", mirror.TLS{})}, []string{"registries[1].upstream"}},
		"registry of that name": {[]mirror.Registry{up("a.example", insecure), {Prefix: "far.example"}}, []string{"registries[0].upstream"}},
		"one after the other": {[]mirror.Registry{
			up("a.example", insecure), {Prefix: "far.example"},
			{Prefix: "b.example", Upstream: &mirror.Endpoint{URL: "https://a.example", TLS: insecure}},
		}, []string{"registries[0].upstream", "registries[2].upstream"}},
		"registry that is blocked": {[]mirror.Registry{{Prefix: "far.example", Blocked: true}, up("a.example", mirror.TLS{})}, []string{"registries[1].upstream"}},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := Engine{}.Plan(fstest.MapFS{}, mirror.Config{Registries: row.registries})
			require.NoError(t, err)
			var lost []string
			for _, d := range plan.Diagnostics.WithCode(mirror.LossUpstream.Code) {
				lost = append(lost, d.Field)
			}
			assert.Equal(t, row.lost, lost)
		})
	}
}
