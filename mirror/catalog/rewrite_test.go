package catalog_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

func daoCloud(t testing.TB) catalog.Provider {
	p, ok := catalog.Default().Provider("daocloud")
	require.True(t, ok)
	return p
}

func TestRewrite(t *testing.T) {
	p := daoCloud(t)
	const digest = "@sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	for _, tc := range []struct{ ref, added, replaced, back string }{
		{"k8s.gcr.io/coredns/coredns", "m.daocloud.io/k8s.gcr.io/coredns/coredns", "k8s-gcr.m.daocloud.io/coredns/coredns", "k8s.gcr.io/coredns/coredns"},
		{"docker.io/library/busybox", "m.daocloud.io/docker.io/library/busybox", "docker.m.daocloud.io/library/busybox", "docker.io/library/busybox"},
		{"nginx", "m.daocloud.io/docker.io/library/nginx", "docker.m.daocloud.io/library/nginx", "docker.io/library/nginx"},
		{"index.docker.io/team/app:v1", "m.daocloud.io/docker.io/team/app:v1", "docker.m.daocloud.io/team/app:v1", "docker.io/team/app:v1"},
		{"quay.io/team/app:v1" + digest, "m.daocloud.io/quay.io/team/app:v1" + digest, "quay.m.daocloud.io/team/app:v1" + digest, "quay.io/team/app:v1" + digest},
		{"cr.l5d.io/linkerd/proxy:v1", "m.daocloud.io/cr.l5d.io/linkerd/proxy:v1", "l5d.m.daocloud.io/linkerd/proxy:v1", "cr.l5d.io/linkerd/proxy:v1"},
		{"lscr.io/linuxserver/plex", "m.daocloud.io/lscr.io/linuxserver/plex", "", "lscr.io/linuxserver/plex"},
	} {
		t.Run(tc.ref, func(t *testing.T) {
			added, err := p.AddPrefix(tc.ref)
			require.NoError(t, err)
			assert.Equal(t, tc.added, added)
			back, err := p.Original(added)
			require.NoError(t, err)
			assert.Equal(t, tc.back, back)

			replaced, err := p.ReplacePrefix(tc.ref)
			if tc.replaced == "" {
				require.ErrorContains(t, err, "the provider has no mirror of lscr.io")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.replaced, replaced)
			back, err = p.Original(replaced)
			require.NoError(t, err)
			assert.Equal(t, tc.back, back)
		})
	}
}

func TestRewriteErrors(t *testing.T) {
	p := daoCloud(t)
	_, err := p.AddPrefix("UPPER/Case")
	var rewrite *catalog.RewriteError
	require.ErrorAs(t, err, &rewrite)
	assert.Equal(t, "daocloud", rewrite.Provider)
	assert.ErrorContains(t, errors.Unwrap(err), "must be lowercase")

	_, err = p.AddPrefix("reg.example:5000/a")
	require.ErrorContains(t, err, "a registry with a port cannot stand in a path")

	_, err = p.AddPrefix("docker.io/" + strings.Repeat("a/", 122) + "abc")
	require.ErrorContains(t, err, "cannot be rewritten", "with the prefix it is longer than a reference may be")

	_, err = p.Original("docker.io/library/nginx")
	require.ErrorContains(t, err, "not at one of the provider's mirrors")
	_, err = p.Original("m.daocloud.io/library/nginx")
	require.ErrorContains(t, err, "no registry follows the prefix")

	other, _ := catalog.Default().Provider("1ms")
	_, err = other.AddPrefix("nginx")
	require.ErrorContains(t, err, "no rule that adds a prefix")
}

// A catalog need not have been parsed, and may hold anything.
func TestRewriteWithoutURL(t *testing.T) {
	for _, url := range []string{"", "x", "mirror.example"} {
		p := catalog.Provider{Tables: []catalog.Table{{Mirrors: []catalog.Mirror{{Registry: "docker.io", URL: url}}}}}
		assert.NotPanics(t, func() {
			_, _ = p.Original("docker.io/library/nginx")
			_, _ = p.ReplacePrefix("docker.io/library/nginx")
		}, url)
	}
}

// TestRewriteBelowAPath: two registries on one host are told apart by path.
func TestRewriteBelowAPath(t *testing.T) {
	p := catalog.Provider{Name: "corp", Tables: []catalog.Table{{Mirrors: []catalog.Mirror{
		{Registry: "quay.io", URL: "https://harbor.corp"},
		{Registry: "docker.io", URL: "https://harbor.corp", Repository: "hub"},
	}}}}
	replaced, err := p.ReplacePrefix("alpine:3.20")
	require.NoError(t, err)
	assert.Equal(t, "harbor.corp/hub/library/alpine:3.20", replaced)
	back, err := p.Original(replaced)
	require.NoError(t, err)
	assert.Equal(t, "docker.io/library/alpine:3.20", back)
	back, err = p.Original("harbor.corp/team/app")
	require.NoError(t, err)
	assert.Equal(t, "quay.io/team/app", back)
}

// TestRewriteRoundTrip: whatever reference, both rules lead back to it.
func TestRewriteRoundTrip(t *testing.T) {
	p := daoCloud(t)
	registries := []string{"reg.example:5000", "localhost:5000", "lscr.io"}
	for _, m := range p.Mirrors() {
		registries = append(registries, m.Registry, m.Registry, m.Registry)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		ref := randomReference(random, registries)
		named, err := reference.ParseNormalizedNamed(ref)
		require.NoError(t, err, ref)
		want := named.String()

		added, err := p.AddPrefix(ref)
		if strings.Contains(reference.Domain(named), ":") {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
			back, err := p.Original(added)
			require.NoError(t, err)
			require.Equal(t, want, back)
		}

		replaced, err := p.ReplacePrefix(ref)
		if err != nil {
			require.Empty(t, catalog.Default().MirrorsFor(reference.Domain(named)), ref)
			continue
		}
		require.NotEqual(t, want, replaced)
		back, err := p.Original(replaced)
		require.NoError(t, err)
		require.Equal(t, want, back)
	}
}

func randomReference(random *rand.Rand, registries []string) string {
	part := func() string {
		s := string(rune('a' + random.IntN(26)))
		for range random.IntN(6) {
			s += []string{"a", "7", "-b", ".c", "__d", "z"}[random.IntN(6)]
		}
		return s
	}
	ref := registries[random.IntN(len(registries))]
	for range 1 + random.IntN(3) {
		ref += "/" + part()
	}
	if random.IntN(2) == 0 {
		ref += ":v" + fmt.Sprint(random.IntN(100)) + "-RC.1"
	}
	if random.IntN(3) == 0 {
		ref += fmt.Sprintf("@sha256:%064x", random.Uint64())
	}
	return ref
}

func FuzzRewrite(f *testing.F) {
	for _, ref := range []string{"nginx", "docker.io/library/nginx:1@sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "m.daocloud.io/docker.io/x", "docker.m.daocloud.io/y", "localhost/x"} {
		f.Add(ref)
	}
	p := daoCloud(f)
	f.Fuzz(func(t *testing.T, ref string) {
		for _, rewrite := range []func(string) (string, error){p.AddPrefix, p.ReplacePrefix} {
			out, err := rewrite(ref)
			if err != nil {
				continue
			}
			back, err := p.Original(out)
			if err != nil {
				t.Fatalf("%q became %q: %v", ref, out, err)
			}
			named, err := reference.ParseNormalizedNamed(ref)
			if err != nil || named.String() != back {
				t.Fatalf("%q became %q and then %q", ref, out, back)
			}
		}
	})
}
