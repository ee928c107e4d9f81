package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

func TestAllowList(t *testing.T) {
	list, found, err := catalog.ReadAllowList("allows.txt", strings.NewReader("\ufeff# by hand\n"+`
docker.io/*
docker.io/grafana/*
docker.io/library/redis
 quay.io/team/app
gcr.io/**
ghcr.io/org/**
reg.example:5000/a
docker.io/proj-*
`))
	require.NoError(t, err)
	require.Empty(t, found)
	assert.Equal(t, 8, list.Len())
	for _, tc := range []struct {
		image, pattern string
		line           int
	}{
		{"nginx", "docker.io/*", 3},
		{"docker.io/library/nginx:1.27", "docker.io/*", 3},
		{"docker.io/nginx@sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "docker.io/*", 3},
		{"redis:7", "docker.io/*", 3},
		{"grafana/grafana", "docker.io/grafana/*", 4},
		{"grafana/grafana/deep", "", 0},
		{"grafanalabs/grafana", "", 0},
		{"quay.io/team/app:v1", "quay.io/team/app", 6},
		{"quay.io/team/app2", "", 0},
		{"quay.io/team", "", 0},
		{"gcr.io/a", "gcr.io/**", 7},
		{"gcr.io/a/b/c/d:x", "gcr.io/**", 7},
		{"k8s.gcr.io/a", "", 0},
		{"ghcr.io/org/a/b", "ghcr.io/org/**", 8},
		{"ghcr.io/org", "", 0},
		{"ghcr.io/other/a", "", 0},
		{"reg.example:5000/a:1", "reg.example:5000/a", 9},
		{"reg.example/a", "", 0},
	} {
		t.Run(tc.image, func(t *testing.T) {
			p, ok, err := list.Match(tc.image)
			require.NoError(t, err)
			assert.Equal(t, tc.pattern != "", ok)
			assert.Equal(t, ok, list.Allows(tc.image))
			assert.Equal(t, tc.pattern, p.Text)
			assert.Equal(t, tc.line, p.Line)
		})
	}
	_, _, err = list.Match("No Reference")
	require.Error(t, err)
	assert.False(t, list.Allows("No Reference"))
}

func TestAllowListFaults(t *testing.T) {
	for _, tc := range []struct{ line, problem string }{
		{"docker.io/*/x", "has a * that is not at its end"},
		{"*", "has no registry"},
		{"library/nginx", "does not begin with a registry"},
		{"docker.io/library/nginx:1.27", "has a tag or digest, which is never compared"},
		{"docker.io/x@sha256:11", "has a tag or digest"},
		{"docker.io", "names no repository"},
	} {
		list, found, err := catalog.ReadAllowList("allows.txt", strings.NewReader("docker.io/**\n"+tc.line+"\n"))
		require.NoError(t, err)
		require.Len(t, found, 1, tc.line)
		assert.Contains(t, found[0].Message, tc.problem)
		assert.Equal(t, 2, found[0].Line)
		assert.Equal(t, "allows.txt", found[0].File)
		assert.Equal(t, 1, list.Len(), "the rest of the list holds")
		_, err = catalog.NewAllowList(tc.line)
		require.ErrorContains(t, err, tc.problem)
	}
	broken := errors.New("broken")
	_, _, err := catalog.ReadAllowList("x", iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	_, _, err = catalog.ReadAllowList("x", strings.NewReader(strings.Repeat("a", 1<<20)))
	require.Error(t, err)
	all, err := catalog.NewAllowList("**")
	require.NoError(t, err)
	assert.True(t, all.Allows("anything.example/at/all"))
	assert.False(t, new(catalog.AllowList).Allows("nginx"))
}

// TestEmbeddedAllowList: the list of July 2023, as quoted with the nerdctl logs
// that trace reads.
func TestEmbeddedAllowList(t *testing.T) {
	list := daoCloud(t).Allow
	require.NotNil(t, list)
	assert.Equal(t, 678, list.Len())
	assert.Equal(t, "2023-07-28", list.AsOf)
	for _, image := range []string{
		"registry.k8s.io/sig-storage/csi-provisioner:v3.5.0", "ubuntu:20.04", "alpine", "docker.io/library/alpine:latest",
		"docker.elastic.co/kibana/kibana", "registry.opensource.zalan.do/acid/spilo-15",
	} {
		assert.True(t, list.Allows(image), image)
	}
	for _, image := range []string{"quay.io/nobody/nothing", "lscr.io/linuxserver/plex", "docker.io/1panel/maxkb"} {
		assert.False(t, list.Allows(image), image)
	}
}

func BenchmarkAllows(b *testing.B) {
	list := daoCloud(b).Allow
	for b.Loop() {
		if !list.Allows("registry.k8s.io/sig-storage/csi-provisioner:v3.5.0") {
			b.Fatal()
		}
	}
}

func FuzzReadAllowList(f *testing.F) {
	f.Add("docker.io/**\n# x\nquay.io/a/*\n", "quay.io/a/b:1")
	f.Fuzz(func(t *testing.T, data, image string) {
		list, _, err := catalog.ReadAllowList("x", strings.NewReader(data))
		if err != nil {
			return
		}
		p, ok, err := list.Match(image)
		if ok != (p.Text != "") || err != nil && ok {
			t.Fatalf("%q: %v %v %v", image, p, ok, err)
		}
	})
}
