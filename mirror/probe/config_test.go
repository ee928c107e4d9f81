package probe_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is asked, with base path, repository prefix and ?ns=.
func TestAddresses(t *testing.T) {
	content := newImage(1, 4096)
	for name, c := range map[string]struct {
		base, repository, namespace string
		want                        string
	}{
		"plain":      {"", "", "", "/v2/library/app/manifests/1?ns=hub.example"},
		"base":       {"/base/path", "", "", "/base/path/v2/library/app/manifests/1?ns=hub.example"},
		"repository": {"", "team/hub", "", "/v2/team/hub/library/app/manifests/1?ns=hub.example"},
		"both":       {"/b", "hub", "other.example:5000", "/b/v2/hub/library/app/manifests/1?ns=other.example%3A5000"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &registry{image: content, base: c.base, path: strings.TrimPrefix(c.repository+"/"+path, "/")}
			got := probeMirror(t, probe.Prober{Rounds: 1}, mirror.Endpoint{
				URL: start(t, g).URL + c.base, Repository: c.repository, Namespace: c.namespace,
			})
			require.Equal(t, probe.OK, got.Verdict, got.Reason)
			seen := g.seen()
			require.Len(t, seen, 5)
			assert.Equal(t, "GET "+c.base+"/v2/", seen[0].Method+" "+seen[0].URL.String())
			assert.Equal(t, "HEAD "+c.want, seen[1].Method+" "+seen[1].URL.String())
			for _, r := range seen[1:] {
				assert.Equal(t, strings.SplitN(c.want, "?", 2)[1], r.URL.RawQuery)
			}
			for _, r := range seen[1:4] {
				assert.Contains(t, r.Header.Values("Accept"), typeIndex)
			}
			assert.Equal(t, content.digest(), got.Digest)
			assert.Equal(t, int64(4096), got.Bytes)
			throughput, ok := got.Throughput()
			assert.True(t, ok)
			assert.Positive(t, throughput)
			assert.Positive(t, got.Connect)
		})
	}
}

// Whose digest is believed.
func TestDigests(t *testing.T) {
	right, wrong := newImage(1, 4096), newImage(2, 4096)
	server := func(i *image) mirror.Endpoint { return mirror.Endpoint{URL: start(t, &registry{image: i}).URL} }
	dead := mirror.Endpoint{URL: refusedURL(t, nil)}
	for name, c := range map[string]struct {
		reference string
		upstream  mirror.Endpoint
		mirrors   []mirror.Endpoint
		from      probe.DigestSource
		want      []probe.Verdict
	}{
		"the upstream against all":     {reference, server(right), []mirror.Endpoint{server(wrong), server(wrong), server(right)}, probe.FromUpstream, []probe.Verdict{probe.WrongDigest, probe.WrongDigest, probe.OK}},
		"most mirrors":                 {reference, dead, []mirror.Endpoint{server(wrong), server(right), server(right)}, probe.FromMirrors, []probe.Verdict{probe.WrongDigest, probe.OK, probe.OK}},
		"one against one":              {reference, dead, []mirror.Endpoint{server(wrong), server(right)}, "", []probe.Verdict{probe.OK, probe.OK}},
		"two against two":              {reference, dead, []mirror.Endpoint{server(wrong), server(right), server(right), server(wrong)}, "", []probe.Verdict{probe.OK, probe.OK, probe.OK, probe.OK}},
		"the reference against all":    {"hub.example/library/app@" + right.digest(), server(wrong), []mirror.Endpoint{server(right), server(wrong)}, probe.FromReference, []probe.Verdict{probe.OK, probe.NotFound}},
		"a reference of no registry":   {"other.example/app:1", server(right), []mirror.Endpoint{server(wrong), dead}, "", []probe.Verdict{probe.Alive, probe.Refused}},
		"a manifest that is not there": {"hub.example/library/none:1", server(right), []mirror.Endpoint{server(right)}, "", []probe.Verdict{probe.NotFound}},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := probe.Prober{References: []string{c.reference}, Rounds: 1}.Probe(context.Background(), mirror.Config{
				Registries: []mirror.Registry{{Prefix: "hub.example", Upstream: &c.upstream, Mirrors: c.mirrors}},
			})
			require.NoError(t, err)
			r := report.Registries[0]
			assert.Equal(t, c.from, r.DigestFrom)
			for i, m := range r.Mirrors {
				assert.Equal(t, c.want[i], m.Verdict, "mirror %d: %s", i, m.Reason)
			}
		})
	}
}

// A mirror that says one thing and then another is believed in nothing.
func TestDigestThatChanges(t *testing.T) {
	first, second := newImage(1, 4096), newImage(2, 4096)
	heads := 0
	url := start(t, &registry{image: first, wrap: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodHead {
			if heads++; heads > 1 {
				second.serveManifest(w, r, tag)
				return true
			}
		}
		return false
	}}).URL
	got := probeMirror(t, probe.Prober{Rounds: 2}, mirror.Endpoint{URL: url})
	assert.Equal(t, probe.WrongDigest, got.Verdict, got.Reason)
	assert.Contains(t, got.Reason, "and then to")
}

func TestWhoIsAsked(t *testing.T) {
	content := newImage(1, 4096)
	up := &registry{image: content}
	upstream := mirror.Endpoint{URL: start(t, up).URL}
	m := mirror.Endpoint{URL: start(t, &registry{image: content}).URL}
	for name, c := range map[string]struct {
		registry mirror.Registry
		prober   probe.Prober
		asked    bool
	}{
		"by default":          {mirror.Registry{}, probe.Prober{}, true},
		"blocked":             {mirror.Registry{Blocked: true}, probe.Prober{}, false},
		"no fallback":         {mirror.Registry{Fallback: mirror.Off}, probe.Prober{}, false},
		"left alone":          {mirror.Registry{}, probe.Prober{SkipUpstream: true}, false},
		"fallback is allowed": {mirror.Registry{Fallback: mirror.On}, probe.Prober{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(up.seen())
			c.registry.Prefix, c.registry.Upstream, c.registry.Mirrors = "hub.example", &upstream, []mirror.Endpoint{m}
			c.prober.References = []string{reference}
			var progress []probe.Progress
			c.prober.Progress = func(p probe.Progress) { progress = append(progress, p) }
			report, err := c.prober.Probe(context.Background(), mirror.Config{Registries: []mirror.Registry{c.registry}})
			require.NoError(t, err)
			assert.Equal(t, c.asked, len(up.seen()) > before)
			assert.Equal(t, c.asked, report.Registries[0].Upstream != nil)
			want := 1
			if c.asked {
				want = 2
			}
			require.Len(t, progress, want)
			for i, p := range progress {
				assert.Equal(t, i+1, p.Done)
				assert.Equal(t, want, p.Total)
				assert.Equal(t, "hub.example", p.Prefix)
			}
		})
	}
}

// Each registry takes the reference that an engine would serve through it.
func TestReferenceOfEachRegistry(t *testing.T) {
	c := mirror.Config{}
	for _, prefix := range []string{"*", "*.example.com", "quay.io", "quay.io/team", "docker.io"} {
		c.Registries = append(c.Registries, mirror.Registry{Prefix: prefix, Fallback: mirror.Off})
	}
	report, err := probe.Prober{References: []string{
		"alpine", "quay.io/team/app:2", "quay.io/teamwork/app", "eu.example.com/x", "ghcr.io/y", "busybox",
	}}.Probe(context.Background(), c)
	require.NoError(t, err)
	var got []string
	for _, r := range report.Registries {
		got = append(got, r.Reference)
	}
	assert.Equal(t, []string{"ghcr.io/y:latest", "eu.example.com/x:latest", "quay.io/teamwork/app:latest", "quay.io/team/app:2", "docker.io/library/alpine:latest"}, got)

	_, err = probe.Prober{References: []string{"Not A Reference"}}.Probe(context.Background(), c)
	assert.Error(t, err)
}

func TestRanked(t *testing.T) {
	speed := func(v probe.Verdict, latency time.Duration, throughput float64) probe.Result {
		return probe.Result{Verdict: v, Latencies: []time.Duration{latency}, Throughputs: []float64{throughput}}
	}
	all := []struct {
		url  string
		caps mirror.Capabilities
		r    probe.Result
	}{
		{"https://dead1", mirror.Pull, probe.Result{Verdict: probe.Timeout, Reason: "no answer"}},
		{"https://slow", mirror.Pull, speed(probe.Slow, time.Millisecond, 1000)},
		{"https://lies", mirror.Pull | mirror.Resolve, speed(probe.WrongDigest, time.Microsecond, 1<<40)},
		{"https://fast", mirror.Pull | mirror.Resolve, speed(probe.OK, 50*time.Millisecond, 50<<20)},
		{"https://near", 0, speed(probe.OK, time.Millisecond, 1<<20)},
		{"https://alive", 0, probe.Result{Verdict: probe.Alive}},
		{"https://liesunset", 0, speed(probe.WrongDigest, time.Millisecond, 1<<40)},
		{"https://liesonly", mirror.Resolve, speed(probe.WrongDigest, time.Millisecond, 1<<40)},
		{"https://dead2", mirror.Pull, probe.Result{Verdict: probe.DNS}},
	}
	c := mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io"}, {Prefix: "quay.io", Mirrors: []mirror.Endpoint{{URL: "https://q"}}}}}
	report := probe.Report{Registries: []probe.RegistryReport{{Prefix: "docker.io"}}}
	for _, m := range all {
		c.Registries[0].Mirrors = append(c.Registries[0].Mirrors, mirror.Endpoint{URL: m.url, Capabilities: m.caps})
		m.r.URL = m.url
		report.Registries[0].Mirrors = append(report.Registries[0].Mirrors, m.r)
	}
	urls := func(r mirror.Registry) (out []string) {
		for _, m := range r.Mirrors {
			out = append(out, strings.TrimPrefix(m.URL, "https://"))
		}
		return out
	}
	before := c.Clone()

	kept, ds := report.Ranked(c, probe.KeepDead)
	assert.Equal(t, []string{"fast", "near", "alive", "slow", "lies", "liesunset", "dead1", "liesonly", "dead2"}, urls(kept.Registries[0]))
	assert.Equal(t, mirror.Pull, kept.Registries[0].Mirrors[4].Capabilities)
	assert.Equal(t, mirror.Pull, kept.Registries[0].Mirrors[5].Capabilities)
	assert.Len(t, ds.WithCode("probe/dead-mirror"), 3)
	assert.Len(t, ds.WithCode("probe/wrong-digest"), 2)
	assert.Equal(t, "registries[0].mirrors[0]", ds[0].Field)
	assert.Equal(t, before, c, "the input is left alone")

	dropped, _ := report.Ranked(c, probe.DropDead)
	assert.Equal(t, []string{"fast", "near", "alive", "slow", "lies", "liesunset"}, urls(dropped.Registries[0]))
	assert.Equal(t, []string{"q"}, urls(dropped.Registries[1]), "what was not probed stays")
}

// A registry without a fallback never loses its last mirror: engines would go
// to the upstream.
func TestDroppingAllOfThem(t *testing.T) {
	report := probe.Report{Registries: []probe.RegistryReport{{Prefix: "docker.io", Mirrors: []probe.Result{{URL: "https://dead", Verdict: probe.Refused}}}}}
	for name, c := range map[string]struct {
		registry mirror.Registry
		left     int
		code     string
	}{
		"fallback":    {mirror.Registry{}, 0, "probe/dead-mirror"},
		"no fallback": {mirror.Registry{Fallback: mirror.Off}, 1, "probe/none-left"},
		"blocked":     {mirror.Registry{Blocked: true}, 1, "probe/none-left"},
	} {
		t.Run(name, func(t *testing.T) {
			c.registry.Prefix, c.registry.Mirrors = "docker.io", []mirror.Endpoint{{URL: "https://dead"}}
			got, ds := report.Ranked(mirror.Config{Registries: []mirror.Registry{c.registry}}, probe.DropDead)
			assert.Len(t, got.Registries[0].Mirrors, c.left)
			assert.NotEmpty(t, ds.WithCode(c.code))
			assert.NoError(t, got.Validate().Err())
		})
	}
}

func TestVerdictNames(t *testing.T) {
	for _, v := range probe.Verdicts() {
		var back probe.Verdict
		require.NoError(t, back.UnmarshalText([]byte(v.String())))
		assert.Equal(t, v, back)
	}
	assert.Error(t, new(probe.Verdict).UnmarshalText([]byte("fine")))
}

func TestRulesAreWhole(t *testing.T) {
	for _, r := range probe.Rules() {
		assert.True(t, strings.HasPrefix(r.Code, "probe/"))
		assert.NotEmpty(t, r.Summary)
		assert.NotEmpty(t, r.Consequence)
		assert.NotEmpty(t, r.Fix)
	}
}
