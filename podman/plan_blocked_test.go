package podman

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// A location below a blocked prefix is never asked, and the plan says so.
func TestPlanBlockedMirrors(t *testing.T) {
	only := func(prefix string) mirror.Registry {
		return mirror.Registry{Prefix: prefix, Fallback: mirror.Off, Mirrors: []mirror.Endpoint{{URL: "https://far.example"}}}
	}
	with := func(mirrors ...string) mirror.Registry {
		r := mirror.Registry{Prefix: "reg.example"}
		for _, u := range mirrors {
			r.Mirrors = append(r.Mirrors, mirror.Endpoint{URL: u})
		}
		return r
	}
	for name, row := range map[string]struct {
		registries []mirror.Registry
		node       string
		want       []string
	}{
		"nothing blocked":      {[]mirror.Registry{with("https://m.example")}, "", nil},
		"mirror-only registry": {[]mirror.Registry{with("https://a.example", "https://m.example"), only("m.example")}, "", []string{"registries[0].mirrors[1].url"}},
		"blocked registry":     {[]mirror.Registry{with("https://m.example"), {Prefix: "m.example", Blocked: true}}, "", []string{"registries[0].mirrors[0].url"}},
		"blocked wildcard":     {[]mirror.Registry{with("https://m.example"), {Prefix: "*.example", Blocked: true}}, "", []string{"registries[0].mirrors[0].url"}},
		"blocked in part":      {[]mirror.Registry{with("https://m.example"), {Prefix: "m.example/team", Blocked: true}}, "", []string{"registries[0].mirrors[0].url"}},
		"blocked elsewhere":    {[]mirror.Registry{with("https://m.example"), {Prefix: "m.example:5000", Blocked: true}}, "", nil},
		"upstream":             {[]mirror.Registry{{Prefix: "reg.example", Upstream: &mirror.Endpoint{URL: "https://m.example", Repository: "x"}}, only("m.example")}, "", []string{"registries[0].upstream.url"}},
		"blocked on the node":  {[]mirror.Registry{with("https://m.example")}, "[[registry]]\nlocation = \"m.example\"\nblocked = true\n", []string{"registries[0].mirrors[0].url"}},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			if row.node != "" {
				fsys["etc/containers/registries.conf"] = &fstest.MapFile{Data: []byte(row.node)}
			}
			plan, err := Engine{}.Plan(fsys, mirror.Config{Registries: row.registries})
			require.NoError(t, err)
			var got []string
			for _, d := range plan.Diagnostics.WithCode("podman/mirror-blocked") {
				got = append(got, d.Field)
			}
			assert.Equal(t, row.want, got)
		})
	}
}
