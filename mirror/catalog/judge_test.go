package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		registry, url string
		want          catalog.Doubt
	}{
		{"docker.io", "https://docker.m.daocloud.io", catalog.NoDoubt},
		{"quay.io", "https://docker.m.daocloud.io", catalog.OtherRegistry},
		{"*", "https://docker.m.daocloud.io", catalog.OtherRegistry},
		{"docker.io", "https://registry.docker-cn.com", catalog.KnownDead},
		{"docker.io", "https://mirror.example.com", catalog.NoDoubt},
		{"quay.io", "https://m.daocloud.io", catalog.NoDoubt},
		{"docker.io", "no url", catalog.NoDoubt},
	} {
		got, entry := catalog.Judge(tt.registry, mirror.Endpoint{URL: tt.url})
		assert.Equal(t, tt.want, got, "%s of %s", tt.url, tt.registry)
		assert.Equal(t, tt.want != catalog.NoDoubt, entry.Source != "")
	}
	for _, r := range catalog.DaoCloud().Registries {
		for _, m := range r.Mirrors {
			got, _ := catalog.Judge(r.Prefix, m)
			assert.Equal(t, catalog.NoDoubt, got, m.URL)
		}
	}
}
