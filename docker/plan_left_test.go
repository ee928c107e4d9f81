package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// An entry that a plan wrote for a mirror outlives the mirror, and the plan says so.
func TestInsecureEntryOfAMirrorThatGoes(t *testing.T) {
	insecure := func(url string) mirror.Endpoint {
		return mirror.Endpoint{URL: url, TLS: mirror.TLS{SkipVerify: mirror.On}}
	}
	e := Engine{Version: "27.5", ImageStore: Graphdriver}
	first, err := e.Plan(onNode(), hubOf(insecure("https://m:5000")))
	require.NoError(t, err)
	node := apply(onNode(), first)
	for _, tc := range []struct {
		name string
		want mirror.Config
		own  mirror.Ownership
		told bool
		left []string
	}{
		{"same", hubOf(insecure("https://m:5000")), mirror.Merge, false, []string{"m:5000"}},
		{"replaced", hubOf(at("https://b")), mirror.Merge, true, []string{"m:5000"}},
		{"replaced by an insecure one", hubOf(insecure("https://b")), mirror.Merge, true, []string{"m:5000", "b"}},
		{"a registry now", mirror.Config{Registries: append(hubOf(at("https://b")).Registries, insecureRegistry("m:5000"))}, mirror.Merge, false, []string{"m:5000"}},
		{"another registry", registryOf(insecureRegistry("r")), mirror.Merge, false, []string{"m:5000", "r"}},
		{"replaced, exclusive", hubOf(at("https://b")), mirror.Exclusive, false, []string{}},
		{"removed", hubOf(), mirror.Remove, true, []string{"m:5000"}},
		{"removed with the registry", mirror.Config{Registries: append(hubOf().Registries, mirror.Registry{Prefix: "m:5000"})}, mirror.Remove, false, []string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			plan, err := e.Plan(node, tc.want, mirror.Own(tc.own))
			require.NoError(t, err)
			assert.Equal(t, tc.told, len(plan.Diagnostics.WithCode("docker/insecure-left")) == 1)
			d, err := UnmarshalDaemon(apply(node, plan)["etc/docker/daemon.json"].Data)
			require.NoError(t, err)
			assert.Equal(t, tc.left, d.InsecureRegistries)
		})
	}
}
