package probe_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample is a report of every kind of row.
func sample() probe.Report {
	ms := func(values ...float64) (out []time.Duration) {
		for _, v := range values {
			out = append(out, time.Duration(v*float64(time.Millisecond)))
		}
		return out
	}
	const digest = "sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1"
	mib := func(values ...float64) (out []float64) {
		for _, v := range values {
			out = append(out, v*(1<<20))
		}
		return out
	}
	return probe.Report{
		Elapsed: 5210 * time.Millisecond,
		Registries: []probe.RegistryReport{
			{
				Prefix: "docker.io", Reference: "docker.io/library/alpine:3.20", Digest: digest, DigestFrom: probe.FromUpstream,
				Upstream: &probe.Result{URL: "https://registry-1.docker.io", Verdict: probe.OK, Phase: probe.PhaseDone, Digest: digest,
					DNS: 12 * time.Millisecond, Connect: 41 * time.Millisecond, Handshake: 90 * time.Millisecond, Latencies: ms(212, 190, 240), Throughputs: mib(3.1, 2.8, 3.4)},
				Mirrors: []probe.Result{
					{URL: "https://dead.mirror.example", Verdict: probe.Refused, Phase: probe.PhaseConnect, Reason: "nothing listens at the port: connection refused"},
					{URL: "https://slow.mirror.example", Verdict: probe.Slow, Digest: digest, Reason: "blob sha256:4bcff63911fc: 98304 of 1048576 bytes in 5s, 19.2 KiB/s", Latencies: ms(420), Throughputs: []float64{19660}},
					{URL: "https://docker.m.daocloud.io", Verdict: probe.OK, Digest: digest, DNS: 9 * time.Millisecond, Connect: 20 * time.Millisecond, Handshake: 44 * time.Millisecond, Latencies: ms(38, 41, 77), Throughputs: mib(11.2, 9.8, 12.4)},
					{URL: "https://harbor.corp.example:8443/base", Repository: "proxy-of-the-docker-hub/cache", Verdict: probe.OK, Digest: digest, Latencies: ms(3.1, 2.9, 3), Throughputs: mib(84, 97, 101)},
					{URL: "https://stale.mirror.example", Verdict: probe.WrongDigest, Digest: "sha256:0123", Reason: "resolves to sha256:0123, the upstream says sha256:4bcff63911fc", Latencies: ms(55), Throughputs: mib(6)},
					{URL: "https://page.mirror.example", Verdict: probe.NotRegistry, HTTPStatus: 200, Reason: `/v2/ is a web page <script>alert("&")</script>`},
				},
			},
			{Prefix: "quay.io", Mirrors: []probe.Result{{URL: "https://quay.m.daocloud.io", Verdict: probe.Alive, Reason: "answers /v2/; no image was named to ask for", Latencies: ms(31)}}},
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func TestGolden(t *testing.T) {
	golden(t, "report.txt", []byte(sample().Table()))
	golden(t, "report.svg", sample().SVG())
	golden(t, "report.html", sample().HTML())
}

func TestSVGIsXML(t *testing.T) {
	d := xml.NewDecoder(bytes.NewReader(sample().SVG()))
	elements := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	assert.Greater(t, elements, 60)
}

func TestReportsLoadNothing(t *testing.T) {
	for _, page := range []string{string(sample().SVG()), string(sample().HTML())} {
		assert.NotContains(t, page, "<script")
		for _, attribute := range []string{"src=", "href=", "url(", "@import"} {
			assert.NotContains(t, page, attribute)
		}
		assert.Equal(t, strings.Count(page, "http://"), strings.Count(page, `xmlns="http://www.w3.org/2000/svg"`))
	}
}
